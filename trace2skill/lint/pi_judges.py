"""The words of PI to those who check skills, and those against refusal."""

from __future__ import annotations

import re

from trace2skill.lint.phrases import Phrase

_JUDGES = (
    r"(?:scanners?|reviewers?|auditors?|linters?|moderators?|evaluators?|judges?|(?:evaluating|reviewing"
    r"|scanning|grading|judging) (?:model|agent|llm|ai|system)s?|classifiers?|analy[sz]ers?|graders?"
    r"|security (?:tools?|models?|reviews?|scans?|checks?|teams?|agents?)|safety (?:checks?|filters?"
    r"|models?|systems?)|(?:automated|static|skill) (?:analysis|review|scanning|checks?|tools?))"
)
TO_JUDGES = Phrase(
    rf"\b(?:note|message|notice|instructions?|attention|dear|hint|guidance|fyi)(?: to| for"
    rf"|[:,])? (?:the |any |all "
    rf"|ai |llm |security |skill |code |automated |static |human |malware ){{0,4}}{_JUDGES}\b"
    rf"|^\W{{0,6}}(?:ai |llm |security |skill |automated |code "
    rf"|malware ){{0,3}}{_JUDGES}(?: note)?\s?[:,](?!\w)"
    rf"|\b(?:if you are|as) an? (?:ai |llm |security |skill |automated |code |malware ){{0,3}}{_JUDGES}\b"
    rf"|\b(?:any |ai |llm |security |automated ){{0,3}}{_JUDGES} (?:reading|reviewing|analy[sz]ing"
    rf"|evaluating|processing|scanning) this\b"
    rf"|\b(?:security |skill |automated |static ){{0,2}}(?:scanners?|linters?|reviewers?"
    rf"|analy[sz]ers?) (?:should|must|can|may|need not|do not need to) (?:safely )?(?:ignore|skip|treat"
    rf"|report|mark|pass|exclude|disregard|flag)\b",
    "scan|review|audit|linter|moderator|evaluat|judge|classif|analy|grader|security|safety|automated"
    "|static|skill",
)
VERDICT = re.compile(
    r"\b(?:safe|benign|clean|harmless|trusted|approved?|false positives?|pass(?:ed|es)?|skip|ignore"
    r"|disregard|exclude|low[ -]risk"
    r"|no (?:issues|findings|threats?|risks?|action)|verified|vetted|legitimate|do(?:es)? not (?:flag"
    r"|report)|full (?:score|marks))\b"
)
CLAIMED_SAFE = Phrase(
    r"\b(?:return|output|answer|respond with|give|assign|set|report) (?:this |it |the |an? "
    r"|your )*(?:low|zero|clean|safe|benign|passing|minimal)[ -](?:risk )?(?:scores?|verdicts?|ratings?"
    r"|severity|result)\b|"
    r"\b(?:report|mark|classify|treat|rate|label|flag|score|consider|grade|categori[sz]e|deem) (?:this"
    r"|the present|the following) (?:skill|file|script|code"
    r"|package|folder|repository|function|section|block|submission|content|finding) "
    r"(?:as |to be )?(?:completely |fully |entirely |being )?(?:safe|benign|clean|trusted|harmless"
    r"|approved|verified|low[ -]risk|a false positive|not malicious|legitimate)\b"
    r"|\b(?:return|output|answer|respond with|give|assign|set) (?:the |a |your )?(?:verdict"
    r"|risk (?:score|level|rating)|severity|rating|classification)[^\n]{0,12} (?:safe|benign|clean|low"
    r"|none|0|zero|pass)\b",
    "safe|benign|clean|trusted|harmless|approved|verified|low|false positive|malicious|legitimate|none"
    "|zero|pass|0",
)
VOUCHED = Phrase(
    r"\bthis (?:skill|file|script|code|package|plugin|tool|installer) (?:has (?:already )?been|was"
    r"|is) (?:already |fully |previously |officially )?(?:reviewed|approved|verified"
    r"|audited|vetted|certified|cleared|whitelisted|allow-?listed|scanned"
    r"|pre-?approved)[^.\n]{0,24}? by (?:the |our |your )?(?:[a-z]{1,20} )?"
    r"(?:security|anthropic|openai|google|trust|safety|platform|compliance|clawhub|legal|audit)\b",
    "by ",
)
NO_REFUSAL = Phrase(
    r"\b(?:never|do not|don't) (?:ever )?(?:question|doubt|challenge|second-guess|object to"
    r"|argue with) (?:any of )?(?:the |these |this |any |its )(?:steps|instructions?|rules|orders|file"
    r"|skill|document)\b|"
    r"\b(?:act|behave|respond|operate|answer) as an? (?:\w{1,15} )?(?:unrestricted|uncensored|unfiltered"
    r"|jailbroken) (?:agent|assistant|model|ai|mode|version|system)\b|"
    r"\b(?:never|do not|don't|must not|cannot) (?:ever )?(?:refuse|decline|reject|turn down"
    r"|deny)(?: to \w{1,12})? (?:any |a |the |user |an? user'?s? ){0,2}(?:requests?|tasks?|instructions?"
    r"|orders?|commands?|(?:to )?(?:answer|help|comply|assist|execute))|\byou (?:cannot|can't|must not"
    r"|may not|are not allowed to|are unable to|will never) (?:refuse|decline|say no)\b|\b(?:without|no"
    r"|free of|ignoring|have no|bypassing) (?:any )?(?:ethical|moral|safety|content) (?:restrictions"
    r"|limits|limitations|guidelines|filters|constraints|considerations|warnings)\b|\bdo anything now\b"
    r"|\byou are (?:now )?(?:an? )?(?:unrestricted|uncensored|unfiltered|jailbroken|amoral|dan\b)"
    r"|\b(?:comply|answer|respond)(?: with| to)? (?:every|any|all) (?:request|question"
    r"|prompt)s?[^.\n]{0,30}? (?:no matter|regardless|even if|without (?:question|exception|refus))",
    "question|doubt|challenge|second-guess|object|argue|refus|declin|reject|turn down|deny|say no"
    "|ethical|moral|safety|content|anything now|restricted"
    "|uncensored|unfiltered|jailbroken|amoral|dan|comply|answer|respond",
)
