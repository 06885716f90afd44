"""The words of PI about who commands: earlier orders, authority, approval, rank, judges, refusal."""

from __future__ import annotations

import re

from trace2skill.lint.phrases import Phrase

_ORDERS = (
    r"(?:instructions?|directives?|directions|guidelines|guidance|guardrails|rules|polic(?:y|ies)|constraints"
    r"|restrictions|orders|commands|system messages?|(?:system )?prompts?|programming|limits|limitations"
    r"|safeguards|training)"
)
_EARLIER = (
    r"(?:previous|prior|earlier|preceding|above|foregoing|initial|original|existing|former|system|past"
    r"|other|conflicting|your|user(?:'s)?|developer(?:'s)?|operator(?:'s)?|anthropic(?:'s)?|openai(?:'s)?)"
)
SAFETY_OFF = Phrase(
    r"\b(?:ignore|disregard|forget|override|bypass|drop|suspend|set aside|put aside|relax|lift|turn off"
    r"|switch off|disable|circumvent|abandon) (?:all |any |your |the |these |existing |of "
    r"|own ){0,4}(?:safety|security|ethical|ethics|content|moderation|built-in|alignment|usage"
    r"|privacy) (?:and \w{1,12} )?(?:guidelines|polic(?:y|ies)|rules|filters?|filtering|restrictions"
    r"|training|constraints|guardrails|instructions|protocols?|limits|warnings?|concerns|alerts"
    r"|advice)\b|\b(?:your |the |any |all )?(?:safety|security|content|ethical|usage) (?:guidelines"
    r"|polic(?:y|ies)|rules|filters|restrictions|guardrails|constraints|limits|checks) (?:do not|don't"
    r"|does not|no longer|never) (?:apply|bind|hold|matter|cover)\b",
    "safety|security|ethic|content|moderation|built-in|alignment|usage|privacy",
)
FRESH_START = Phrase(
    r"\byou are no longer (?:an? |the )?(?:ai |helpful |language )?(?:assistant|agent|claude|chatgpt"
    r"|model|chatbot)\b|"
    r"\byou are no longer (?:bound|limited|restricted|constrained|governed|required)(?: \w{1,9})? (?:by|to)\b"
    r"|\bforget (?:everything|all|anything|what) (?:that )?(?:you (?:were|have been|had been) told"
    r"|before|above|that came before"
    r"|you (?:know|were given|learned) (?:about|before|so far))\b"
    r"|\bfrom (?:now on|this point(?: on| forward)?|here on),? (?:you are|you will act as|your (?:only"
    r"|new|real|sole) (?:goal|purpose|instructions?|task))\b"
    r"|\byour (?:new|real|true|actual) (?:instructions|objective|purpose|goal|task|mission|role) (?:are|is)\b"
    r"|\b(?:start|begin) (?:over|afresh|anew) with (?:these|the following) (?:instructions|rules)\b",
    "you are no longer|forget|from now on|from this point|from here on|your new|your real|your true"
    "|your actual|start|begin",
)
SET_ASIDE = Phrase(
    rf"\b(?:ignore|disregard|set aside|put aside|discard|drop|throw out|dismiss|abandon|skip over"
    rf"|cast aside|override|forget|overrule|do not follow|stop following|do not obey|pay no attention to"
    rf"|disobey|do not apply|treat as (?:void|obsolete)) (?:all |any |every |each |of |the |these "
    rf"|those |other |whatever |and |or |{_EARLIER}[ ,]){{0,6}}?(?P<whose>{_EARLIER}) (?:{_EARLIER} "
    rf"|and |or |safety ){{0,3}}{_ORDERS}(?P<rest>[^\n]{{0,40}})"
    rf"|\b(?:ignore|disregard|set aside|overrule|override|do not follow|stop following|do not obey"
    rf"|pay no attention to|dismiss|refuse) (?:any |all |the |of |whatever )*(?:user|operator|human"
    rf"|owner)(?:'s)? (?:later |subsequent |further |own |explicit |new |stated )*(?:wishes"
    rf"|instructions?|objections?|requests?|preferences|corrections?|orders|commands|complaints|concerns"
    rf"|questions)\b"
    rf"|\bwhen(?:ever)? the user (?:tells|asks|orders|instructs) you to (?:stop|cancel|pause|undo"
    rf"|wait)[^.\n]{{0,20}}\b(?:continue|keep going|carry on|proceed|go on|ignore|do not stop|refuse)\b",
    "ignore|disregard|stop|cancel|pause|undo|wait|refuse|aside|discard|drop|throw|dismiss|abandon"
    "|skip over|overr|forget|not follow|stop following|obey|no attention|not apply|treat as",
)
NOW_VOID = Phrase(
    r"\b(?:guidelines|instructions|rules|guidance|directions|orders|polic(?:y|ies)|everything|what"
    r"|anything) (?:that )?you (?:were|have been|had been|got|received|were earlier) (?:given|told"
    r"|taught|shown)?[^.\n]{0,30}?(?:as |is |are |was |were )?\b(?:expired|void|obsolete|outdated"
    r"|irrelevant|cancelled|canceled|invalid|superseded|no longer (?:counts?|appl(?:y|ies)|matters?"
    r"|holds?|valid)|(?:does not|do not) (?:count|apply|matter))\b|"
    rf"\b(?:all |any )?(?:the |your )?(?:previous|prior|earlier|preceding|above|former|past|original"
    rf"|initial|system|safety|security|ethical|content)(?: and \w{{1,12}})? "
    rf"(?:{_ORDERS}|guidance)"
    r"(?: \w{1,20} (?:by|from|of) [^\n.]{1,40})? (?:are|is|become|shall be|should be|must be|can be"
    r"|may be|no longer)"
    r" (?:now |hereby |to be |considered |therefore )?(?:void|cancelled|canceled|revoked|superseded"
    r"|obsolete|suspended|ignored|disregarded"
    r"|overridden|lifted|apply|appl(?:y|ies)|in effect|set aside|replaced by (?:these|the following"
    r"|what follows))\b",
    "what|everything|anything|instruction|directive|direction|guid|guardrail|rule|polic|constraint"
    "|restriction|order|command"
    "|message|prompt"
    "|programming|limit|safeguard|training",
)
LEFT_ALONE = re.compile(r"^\W{0,3}(?:from|of|in|for|when|if|unless|that (?:conflict|do not apply))\b")
"""What follows orders that are somebody's: of a linter, of a file, or where they conflict."""

IF = re.compile(
    r"\b(?:if|when|once|unless|whether|until|after|before|only|ensure|check|confirm|verify|assert|make sure"
    r"|asks?|wait(?:ing)?)(?: that)?[^.\n]{0,60}$"
)
"""What stands before a mere condition."""
IF_SO = re.compile(r"^[^.\n]{0,70}?\b(?:if|when|once|unless|after|only|until)\b")
"""What follows a verdict that depends on something."""
_APPROVED = (
    r"(?:approved|authori[sz]ed|consented(?: to)?|agreed(?: to)?|cleared|signed off(?: on)?|permitted"
    r"|granted|sanctioned|okayed)"
)
_POWERS = (
    r"(?:(?:account|system|site|workspace|security|platform|project|it|legal|compliance) )?(?:user"
    r"|administrators?|admins?|operators?"
    r"|owners?|developers?|management|team|department|office|vendor|anthropic|openai|google|microsoft)"
)
PREAPPROVED = Phrase(
    r"\b(?:the )?user (?:fully |completely |already )?(?:trusts (?:this skill|all|everything"
    r"|you completely)|does not want to be (?:asked|prompted|bothered)|has waived|waives"
    r"|prefers not to be asked)\b|"
    r"\b(?:compliance|legal|security|management|it|the (?:operator|owner|admin\w{0,9}|security team"
    r"|legal team)(?: of [^.\n]{1,30})?) (?:has|have) (?:already )?(?:cleared|authori[sz]ed|signed off"
    r"|approved|sanctioned) (?:this|these|all|the|every|its|such|on)\b|"
    r"\byou have (?:been (?:given|granted) )?(?:full|blanket|explicit|standing|unrestricted|complete"
    r"|all necessary|the user's) (?:permission|permissions|authori[sz]ation|authority|consent"
    r"|approval)s? (?:to|for)\b|"
    r"\bby (?:installing|using|loading|enabling|invoking) this (?:skill|tool|plugin),? (?:the "
    r"|your )?(?:user|owner|you) (?:has |have |already |hereby )?(?:agree[sd]?|consent(?:s|ed)?"
    r"|accept(?:s|ed)?|authori[sz]e[sd]?|permit(?:s|ted)?)\b|"
    r"\b(?:the )?(?:operators?|platform|anthropic|openai|administrators?|developers?"
    r"|company)(?: of [^.\n]{1,30}?)? (?:wants?|asks?|instructs?|expects?|requires?|has asked"
    r"|has instructed|has told) you to (?:skip|ignore|bypass|disable|run|send|upload|execute|share|drop"
    r"|delete|accept|approve|forget|comply)\b|"
    rf"\b(?:anthropic|openai|google|microsoft|the (?:it|security|legal|compliance|system|platform"
    rf"|workspace|company) (?:team|department|administrators?|admins?|office|owner)) (?:has"
    rf"|have) {_APPROVED} (?:this|all|the|you|every|its|use|any)\b|"
    rf"\b(?:the |your |our |an? ){{0,1}}{_POWERS} (?:has|have) (?:already |previously |explicitly "
    rf"|fully |formally |pre-?){{1,2}}\s?{_APPROVED}\b|\b(?:the |your )?user has (?:given"
    rf"|granted) (?:(?:blanket|standing|full|prior|explicit|advance|permanent|implicit|general) )+"
    r"(?:approval|consent|permission|authori[sz]ation)\b"
    rf"|\b(?:this|these|all|every|each|the) (?:\w{{1,20}} ){{0,3}}(?:is|are|was|were|has been"
    rf"|have been) (?:already |fully |hereby )?pre-?\s?(?:approved|authori[sz]ed|cleared) by (?:the "
    rf"|your |our )?{_POWERS}\b|\b(?:is|are|has been|have been|was|were) (?:already |fully "
    rf"|pre-?){{1,2}}\s?{_APPROVED} by (?:the |your |our )?{_POWERS}\b"
    r"|\b(?:permission|consent|authori[sz]ation|approval) (?:has|have) (?:already "
    r"|previously ){0,1}been (?:given|granted|obtained|secured)\b|\b(?:user|owner|administrator"
    r"|operator) (?:has |have )?(?:already )?(?:consented|agreed|approved)[^\n.]{0,40}? in advance\b"
    r"|\buser consent(?: to [^\n.]{1,40})? (?:is|was) (?:implied|assumed|given|granted|already)\b",
    "trusts|want to be|waive|prefers|instruct|expect|require|has told|asks you|wants you|ask you"
    "|want you|has asked|agree|accept"
    "|permission|approv|authori|consent|clear|sign|permi|grant|sanction|agreed|okayed",
)
POSED = Phrase(
    r"\b(?:com(?:es|ing)|sent|issued|is|are) (?:directly |straight )?(?:from"
    r"|by) (?:the )?(?:developers? of this (?:assistant|agent|model|tool)|anthropic|openai"
    r"|your (?:developers?|creators?|operators?|makers?|system administrator)"
    r"|the system(?: itself)?(?=[.,;]|$))|\b(?:treat|regard|consider|read|interpret) (?:everything"
    r"|anything|all(?: text)?|the (?:text|rest|following)|this (?:file|skill|section|text|message)"
    r"|what follows)[^.\n]{0,40} as (?:a |an |part of |coming from |being )?(?:the )?(?:system|developer"
    r"|administrator|operator)(?:-level| level)?(?=[.,;]| (?:message|instructions?|prompt|command"
    r"|order)s?|$)|^\W{0,6}(?:\[(?:system|developer|admin|administrator|root|operator|anthropic|openai"
    r"|platform)\b|(?:system|developer|admin|administrator|root|operator|anthropic|openai"
    r"|platform) (?:message|alert|override|instruction|directive|prompt"
    r"|command))[^\n\]:>]{0,20}[\]:>]\W{0,4}[^\n]{0,200}?\b(?:you (?:must|will|are|should|may|shall|can)"
    r"|ignore|disregard|the assistant|the agent|ai agent|ai assistant|run|send|execute|upload|disable"
    r"|comply|obey|follow|new (?:instructions|rules)|restrictions|lifted)\b|^\W{0,6}(?:system|developer"
    r"|administrator|anthropic|openai)(?: note)?:\W{0,4}[^\n]{0,120}?\b(?:ignore|disregard|override|obey"
    r"|the assistant|the agent|ai assistant|new instructions|you are now|restrictions)\b|\b(?:this is"
    r"|consider this|treat this as) an? (?:official |authenticated |authorized |verified "
    r"|direct )?(?:system|developer|administrator|anthropic|openai|root)(?:-level)? (?:message"
    r"|instruction|directive|command|order|override|prompt)\b|\b(?:god|jailbreak|unrestricted"
    r"|dan) mode (?:is )?(?:now )?(?:enabled|activated|active|engaged|unlocked)\b"
    r"|\byou are (?:now )?(?:operating |running )?in (?:developer|god|admin|root|jailbreak|unrestricted"
    r"|dan) mode\b",
    "system|developer|admin|root|operator|anthropic|openai|platform|mode",
)
TOKENS = re.compile(
    r"<\|(?:im_start|start_header_id)\|>\s{0,3}(?:system|user|assistant|developer)|<\|(?:system|user"
    r"|assistant|developer)\|>"
    r"|\[/?inst\]|<</?sys>>|<start_of_turn>(?:user|model|system)|<(?:system|system-reminder"
    r"|system_prompt|developer)>"
    r"|\n{1,2}(?:human|assistant): "
)
TOKEN_SIGNS = re.compile(
    r"<\||\[/?inst\]|<</?sys|<start_of|<system|<developer|\n(?:human|assistant): ", re.IGNORECASE
)
"""Without one of them there is no token to look for."""
_CONSENT = r"(?:confirmation|approval|permission|consent|authori[sz]ation|review|sign-?off)"
UNASKED = Phrase(
    r"\bwithout (?:prompting|confirmation|confirming|any prompts?)(?= ?[.,;:!]|$| (?:the user|first|and)\b)|"
    r"\b(?:approval|permission|confirmation|consent) (?:prompts?|dialogs?|requests?|questions?) (?:are "
    r"|is |will |should |must |can )?(?:never|not|no longer) (?:appear|be shown|shown|come up|needed"
    r"|displayed|show up)\b|"
    rf"\b(?:never|do not|don't|no need to|need not|needn't|without|not necessary to) (?:ask|asking"
    rf"|prompt|prompting|wait|waiting|pause|pausing|stop|stopping|request|requesting|seek|seeking"
    rf"|require|requiring) (?:the user |them |anyone |user )?(?:for |to get |on )?(?:any |user "
    rf"|explicit |further |additional |the user's |their |prior |human )*(?:{_CONSENT}|to (?:confirm"
    rf"|approve))\b"
    r"|\b(?:no need to|do not bother|don't bother|needn't|no reason to) (?:ask|asking|confirm|confirming"
    r"|check|checking)(?: (?:with )?(?:the user|them|anyone|first|back|again|before))?(?= ?[.,;:!—–-]|$"
    r"| (?:before|first|just)\b)"
    r"|\b(?:proceed|continue|go ahead|act|carry on) (?:right away |immediately "
    r"|straight )?without (?:asking|confirming|waiting|stopping|checking)\b|\bwithout (?:ever "
    r"|first )?(?:asking|consulting|checking with|involving) (?:the )?(?:user|human|operator|owner"
    r"|anyone)\b"
    rf"|\b(?:skip|bypass|suppress|disable|ignore|omit|dismiss|auto-?accept) (?:all |any |the |every "
    rf"|user |each |security |safety ){{0,2}}{_CONSENT} (?:prompts?"
    r"|steps?|checks?|dialogs?|requests?|gates?|questions?)\b|\bauto-?(?:accept|approve|confirm) (?:all"
    r"|every|any|everything)\b|\b(?:assume|treat|take|consider|interpret) (?:any |the |user |user's "
    r"|their |all |every )*(?:approval|consent|permission|silence|no (?:answer|reply|response)"
    r"|every (?:answer|request))(?: is| as| has been| was| to be| for| means)[^.\n]{0,30}?(?:given"
    r"|granted|approval|consent|implied|agreement|permission|yes|approved)\b|\banswer (?:yes|y|approve"
    r"|allow)\b[^.\n]{0,20} to (?:all|any|every) (?:confirmation|permission|security|approval"
    r"|safety)?\s?(?:prompts?|questions?|dialogs?|warnings?)\b"
    rf"|\b(?:user )?{_CONSENT} is (?:not|never) (?:needed|required|necessary)\b|\bno (?:user |further "
    rf"|additional |explicit ){{0,2}}{_CONSENT} (?:is )?(?:needed|required|necessary)\b",
    "confirm|bother|no need|needn't|no reason|approv|permission|consent|authori|review|sign|without"
    "|answer|silence|auto",
)
RISKY = re.compile(
    r"\b(?:delet\w{1,3}|remov(?:e|es|ing)|wip(?:e|es|ing)|eras(?:e|es|ing)|overwrit\w{1,4}|send(?:s"
    r"|ing)?|upload\w{0,3}|forward\w{0,3}|transmit\w{0,4}|transfer\w{0,4}|pay(?:s|ing|ments?)?"
    r"|purchas\w{1,3}|buy(?:ing)?|trad(?:e|es|ing)|swap(?:s|ping)?|publish\w{0,3}|deploy\w{0,4}"
    r"|push(?:es|ing)?|merg(?:e|es|ing)|install\w{0,3}|sudo|execut\w{1,3}|curl|wget|e-?mail\w{0,3}"
    r"|grant\w{0,3}|disabl\w{1,3}|shell commands|commands from|any (?:command|tool|action)"
    r"|all (?:\w{1,14} )?(?:commands|tools|actions|prompts|changes|requests)|drop(?:s|ping)?)\b"
)
BYPASS_FLAGS = Phrase(
    r"--dangerously-skip-permissions\b|--dangerously-bypass-approvals-and-sandbox\b|\bbypasspermissions\b"
    r"|(?<![\w-])--yolo\b|--trust-all-tools\b|--no-verify\b|--approval-mode[ =]yolo\b"
    r"|--allow-dangerously-skip-permissions\b"
    r"|\bapproval_policy\s?=\s?\"never\"|--ask-for-approval[ =]never\b|--full-auto\b",
    "--dangerously|bypasspermissions|--yolo|--trust-all|--no-verify|--approval-mode|--allow-d"
    "|approval_policy|--ask-for|--full-auto",
)
AGENT_CALL = re.compile(
    r"\b(?:claude|codex|gemini|qwen|kiro|q chat|cursor-agent|amp|copilot|opencode|aider)\b"
)
ACTIVE_VERB = re.compile(r"\b(?:use|run|pass|add|start|launch|invoke|call|set|append|include|with|enable)\b")
_OURS = (
    r"(?:this (?:skill|document|file|section|guide|policy|protocol|playbook|procedure)"
    r"|these (?:instructions|rules|guidelines|directives|steps|requirements)"
    r"|the (?:following|present|steps|instructions|rules)(?: (?:below|here|instructions|rules"
    r"|in this (?:skill|file|document)))?"
    r"|(?:instructions|rules|guidance|anything|everything|what(?:ever)? (?:is"
    r"|stands)) (?:in this (?:skill|file|document)|here|below))"
)
_THEIRS = (
    r"(?:(?:all |any |every |the |your |its |whatever |previous ){0,3}(?:other|conflicting|previous"
    r"|prior|earlier|existing"
    r"|system|user(?:'s)?|developer|safety|platform|default)(?:,? (?:and|or) (?:system|user|developer"
    r"|safety|other))? "
    r"(?:instructions?|rules|guidelines|directives|prompts?|polic(?:y|ies)|skills?|requests?|preferences"
    r"|settings|messages?|guidance)"
    r"|(?:the )?(?:user|system prompt|operator|developer)\b(?!')|(?:everything|anything|all) else"
    r"|anything (?:the user|you were|else))"
)
_RANKS = (
    r"(?:takes? (?:absolute |full |strict )?(?:precedence|priority)|ha(?:s|ve) (?:higher |the highest "
    r"|absolute |top )?(?:precedence|priority)"
    r"|overrides?|supersedes?|outranks?|trumps?|prevails?|wins?|overrules?|replaces?|comes? (?:first|before))"
)
PRIORITY = Phrase(
    r"\b(?:put|place|set|hold|rank|keep) (?:this (?:skill|file|document)(?:'s rules)?|these (?:rules"
    r"|instructions)|the rules (?:here|below|of this \w{1,10})) (?:above|over|ahead of"
    r"|before) (?:whatever|everything|anything|all|any)\b|"
    r"\b(?:where|when|if|whenever)\b[^.\n]{0,60}?\b(?:differ|disagree|conflict|clash"
    r"|contradict)\w{0,3}\b[^.\n]{0,20}?\b(?:this (?:file|skill|document)|these (?:rules|instructions)"
    r"|the rules (?:here|below)) (?:wins?|prevails?|counts?|appl(?:y|ies)|governs?|takes? (?:over"
    r"|precedence)|decides?|holds?)\b|"
    rf"\b{_OURS}[^.\n]{{0,30}}?\b{_RANKS}\b(?: over| above| against)?[^.\n]{{0,20}}?\b{_THEIRS}"
    r"|\bprioriti[sz]e (?:this skill|these (?:instructions|rules)|the (?:instructions|rules) (?:here"
    r"|below)) (?:over|above)\b"
    r"|\b(?:treat|consider|regard) (?:this skill|these (?:instructions|rules)) as (?:the "
    r"|your )?(?:highest|top|absolute|supreme)[ -](?:priority|authority)\b"
    rf"|\b(?:in case of|if there is|where there is|when there is) (?:any |a )?(?:conflict|contradiction"
    rf"|disagreement)[^\n]{{0,80}}?\b(?:follow|obey|prefer|choose|keep to) (?:this skill|these"
    rf"|the (?:instructions|rules) (?:here|below))"
    r"|\b(?:even if|even when|no matter (?:what|if)|regardless of what|although) the (?:user"
    r"|system prompt|operator) (?:(?:says|asks|wants|requests|instructs)"
    r"(?: you)? (?:otherwise|to stop|not to|against)|objects|disagrees|forbids|complains)\b",
    "put|place|set|hold|rank|keep|differ|clash|precedence|priorit|authority|override|supersede|outrank"
    "|trump|prevail|win|overrule|replace|come|conflict"
    "|contradict"
    "|disagree|even if|even when|no matter|regardless|although",
)
USER_FIRST = re.compile(
    r"\buser(?:'s|s')? (?:\w{1,20} )?(?:instructions?|requests?|preferences|wishes|messages?"
    r"|choices?)?(?: always)? (?:take|takes|have|has|come|comes|win|wins|override|overrides)\b"
)
