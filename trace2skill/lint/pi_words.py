"""The words of PI: patterns for sentences in small letters; every repeat is bounded."""

from __future__ import annotations

import re

_RULES = (
    r"(?:instructions?|rules|guidelines|directives|prompts?|polic(?:y|ies)|skills?|requests?|preferences)"
)
SAFETY_OFF = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|drop|suspend) (?:all |any |your |the |these "
    r"|existing ){0,3}"
    r"(?:safety|security|ethical|content|moderation|built-in|alignment) "
    r"(?:guidelines|polic(?:y|ies)|rules|filters?|restrictions|training|constraints|guardrails"
    r"|instructions)\b"
)
FRESH_START = re.compile(
    r"\byou are no longer (?:bound|limited|restricted) (?:by|to)\b"
    r"|\bforget (?:everything|all) (?:you (?:were|have been) told|before|above|that came before)\b"
    r"|\bfrom now on,? (?:you are|your (?:only|new|real) (?:goal|purpose|instructions?))\b"
    r"|\byour (?:new|real|true|actual) (?:instructions|objective|purpose|goal) (?:are|is)\b"
)
HIDDEN_STEP = re.compile(
    r"\bno need to (?:tell|mention|inform|notify|bring (?:it|this) up)\b"
    r"|\bwithout (?:the )?(?:user|human|owner|operator)(?:'s)? (?:knowledge|knowing|noticing|awareness"
    r"|being aware)\b"
    r"|\b(?:keep|hide) (?:this|it|that|these steps)(?: hidden| secret)? from (?:the )?(?:user|human"
    r"|operator)\b"
    r"|\b(?:do not|don't|never) (?:mention|include|log|report|reveal|disclose|show) (?:this|these|that"
    r"|the above)"
    r"(?: extra| hidden)? (?:steps?|actions?|instructions?|upload|transfer|command|request|fact)\b"
    r"|\b(?:do not|don't|never) (?:mention|reveal|disclose|bring up|tell anyone about) (?:this|it)\b"
)
QUIETLY = re.compile(
    r"\b(?:silently|secretly|covertly|quietly|stealthily|discreetly) "
    r"(?:send|upload|forward|transmit|exfiltrate|copy|collect|e-?mail|post|install|execute|run|download"
    r"|add|modify)\b"
)
ACTS = re.compile(
    r"\b(?:send|upload|forward|transmit|exfiltrate|e-?mail|bcc|submit|leak|curl|wget|scp|rsync|chmod"
    r"|crontab)\b"
    r"|\b(?:run|execute|install|download|delete|remove|disable|collect|append|transfer|copy|post|push"
    r"|add)\b"
    r"[^.\n]{0,80}?(?:https?://|`|~/|\.env\b|\bcredentials?\b|\btokens?\b|\bkeys?\b|\bpasswords?\b"
    r"|\bscripts?\b"
    r"|\bcommands?\b|\bhistory\b|\baccounts?\b|\bfunds\b|\bpackages?\b)"
)
SHOWN_ONLY = re.compile(r"\b(?:show|showing|let|letting)\b")
"""To keep raw output from a user is what many skills ask for."""
IF = re.compile(
    r"\b(?:if|when|once|unless|whether|until|after|only|ensure|check|confirm|verify)\b[^.\n]{0,60}$"
)
"""What stands before a mere condition."""
IF_SO = re.compile(r"^[^.\n]{0,20}?\b(?:if|when|once|unless|after|only|until)\b")
"""What follows a verdict that depends on something."""
_CONSENT = r"(?:confirmation|approval|permission|consent|authori[sz]ation)"
UNASKED = re.compile(
    rf"\b(?:never|do not|don't) (?:ask|prompt|wait|pause|stop) (?:the user |them )?(?:for"
    rf"|to get) (?:any |user |explicit )?{_CONSENT}\b"
    rf"|\bwithout (?:asking|requesting|waiting|prompting)(?: the user)?(?: for)? (?:any |user "
    rf"|explicit |further )?{_CONSENT}\b"
    r"|\bwithout (?:ever )?asking (?:the )?user\b"
    rf"|\b(?:skip|bypass|suppress|disable) (?:all |any |the |every |user ){{0,2}}{_CONSENT} (?:prompts?"
    rf"|steps?|checks?|dialogs?|requests?|gates?)\b"
    r"|\bauto-?(?:accept|approve|confirm) (?:all|every|any|everything)\b"
)
BYPASS_FLAGS = re.compile(
    r"--dangerously-skip-permissions\b|--dangerously-bypass-approvals-and-sandbox\b|\bbypasspermissions\b"
    r"|(?<![\w-])--yolo\b|--trust-all-tools\b|--no-verify\b|--approval-mode[ =]yolo\b"
)
ACTIVE_VERB = re.compile(r"\b(?:use|run|pass|add|start|launch|invoke|call|set|append|include|with|enable)\b")
_OURS = (
    r"(?:this skill|this document|this file|these (?:instructions|rules|guidelines|directives)"
    r"|the following "
    r"(?:instructions|rules)|(?:instructions|rules) (?:in this (?:skill|file|document)|here|below))"
)
_THEIRS = (
    r"(?:(?:all |any |every |the |your |its ){0,2}(?:other|conflicting|previous|prior|earlier|existing"
    r"|system|user(?:'s)?|"
    r"developer|safety|platform)(?: and (?:system|user|developer|safety))? "
    + _RULES
    + r"|(?:the )?(?:user|system prompt)\b"
    r"|everything else)"
)
PRIORITY = re.compile(
    rf"\b{_OURS}[^.\n]{{0,30}}?\b(?:takes? (?:absolute |full )?(?:precedence|priority)|ha(?:s"
    rf"|ve) (?:higher |the highest |absolute )?"
    rf"(?:precedence|priority)|overrides?|supersedes?|outranks?)\b(?: over)?[^.\n]{{0,20}}?\b{_THEIRS}"
    r"|\bprioriti[sz]e (?:this skill|these instructions) (?:over|above)\b"
    r"|\b(?:treat|consider) (?:this skill|these instructions) as (?:the )?(?:highest|top"
    r"|absolute) priority\b"
)
_WHOLE = r"(?= ?(?:[.,;:!)—–-]|$|\n|and\b|before\b|first\b|regardless\b|no matter\b|without exception\b))"
EVERY_TIME = re.compile(
    r"\b(?:always|must|mandatory|required|use|invoke|run|load|apply|trigger"
    r"|activate)\b[^.\n]{0,60}?\b(?:for|on|in|at|with|to) "
    r"(?:every|all|any|each) (?:single )?(?:user )?(?:requests?|messages?|conversations?|tasks?"
    r"|prompts?|sessions?"
    rf"|responses?|interactions?|questions?|turns?|topics?){_WHOLE}"
    r"|\bregardless of (?:the |what the |any )?(?:request|task|topic|user|subject)"
)
BEFORE_ALL = re.compile(
    r"\bbefore (?:any|every|all|each) (?:other )?(?:skills?|tools?|responses?|actions?|requests?|tasks?"
    r"|response or action)"
    rf"{_WHOLE}"
    r"|\b(?:instead of|in preference to|rather than|over|before) (?:any|all|every) other skills?\b"
    r"|\b(?:overrides?|replaces?|supersedes?) (?:all|any|every) (?:other )?(?:skills?|instructions)\b"
)
_JUDGES = (
    r"(?:scanners?|reviewers?|auditors?|linters?|moderators?|evaluators?|judges?|classifiers?|analy[sz]ers?"
    r"|security (?:tools?|models?|reviews?|scans?|checks?)|safety (?:checks?|filters?|models?))"
)
TO_JUDGES = re.compile(
    rf"\b(?:note|message|notice|instructions?|attention|dear|hint)(?: to| for|[:,])? (?:the |any |all "
    rf"|ai |llm |security |skill |code ){{0,3}}{_JUDGES}\b"
    rf"|(?:^|\n)\W{{0,6}}(?:ai |llm |security |skill ){{0,2}}{_JUDGES}\s?[:,]"
)
VERDICT = re.compile(
    r"\b(?:safe|benign|clean|harmless|trusted|approved?|false positives?|pass(?:ed)?|skip|ignore"
    r"|no (?:issues|findings))\b"
)
CLAIMED_SAFE = re.compile(
    r"\b(?:report|mark|classify|treat|rate|label|flag|score|consider) this (?:skill|file|script|code"
    r"|package|folder|repository) "
    r"(?:as|to be) (?:completely |fully |entirely )?(?:safe|benign|clean|trusted|harmless|approved"
    r"|verified)\b"
)
VOUCHED = re.compile(
    r"\bthis (?:skill|file|script|code|package) (?:has (?:already )?been|was|is) (?:already |fully "
    r"|previously )?(?:reviewed|approved|verified"
    r"|audited|vetted|certified|cleared|whitelisted|allow-?listed)[^.\n]{0,20}? by (?:the "
    r"|our )?(?:[a-z]{1,20} )?"
    r"(?:security|anthropic|openai|google|trust|safety|platform|compliance)\b"
)
_TO_AGENT = r"(?:follow|obey|execute|comply with|carry out|act on|adopt|apply|do)"
REMOTE = re.compile(
    r"\b(?:fetch|download|read|load|get|retrieve|visit|open|curl|pull|check|go to"
    r"|consult)\b[^\n]{0,120}?(?P<url>https?://[^\s`)>\"']{3,300})"
    rf"[^\n]{{0,120}}?\b{_TO_AGENT} (?:exactly |strictly |blindly )?(?:all |any |the |its |whatever "
    rf"|every |those |these |what |them|it )"
    r"{0,2}(?:latest |returned |remote |current |up-to-date )?(?:instructions?|directives?|commands?"
    r"|rules|prompts?|says|orders|exactly)"
)
BLINDLY = re.compile(
    r"\b(?:exactly|strictly|blindly|whatever|without (?:question|review|asking)|verbatim"
    r"|take (?:priority|precedence)|override|supersede)\b"
)
_MEMORIES = (
    r"(?:claude\.md|agents\.md|gemini\.md|memory\.md|soul\.md|identity\.md|heartbeat\.md|\.cursorrules"
    r"|\.windsurfrules"
    r"|copilot-instructions\.md|\.claude/settings\w{0,6}\.json)"
)
INTO_MEMORY = re.compile(
    rf"\b(?:add|append|write|insert|copy|put|save|store|inject|persist)\b[^\n]{{0,160}}?\b(?:to|in"
    rf"|into)\b[^\n]{{0,40}}?{_MEMORIES}"
)
INTO_MEMORY_SHELL = re.compile(
    rf">>?[ \t]{{0,4}}[\"']?(?:~|\$home|\$\{{home\}}|/root|/home/\w{{1,30}})/[^\s\"';"
    rf"|&]{{0,80}}?{_MEMORIES}"
)
FORCED = re.compile(
    r"\b(?:silently|secretly|quietly|covertly|permanently|without (?:asking|telling|informing"
    r"|confirmation|notice)|do not (?:tell|ask|mention"
    r"|inform)|don't (?:tell|ask|mention|inform)|never (?:tell|ask|mention)|no need to (?:ask|tell"
    r"|mention))"
)
PAYLOAD = re.compile(
    r"\b(?:always|never|must|ignore)\b[^\n]{0,80}?\b(?:trust|https?://|registry|proxy|mirror"
    r"|base[_ ]url|api key|forward|send"
    r"|approve|skip (?:confirmation|review)|warn|refuse|safety)"
)
_ASKS = r"\b(?:ask|prompt|request|require|have|get|tell)\b[^.\n]{0,60}?"
WALLET = re.compile(
    rf"{_ASKS}\b(?:seed phrase|recovery phrase|mnemonic(?: phrase)?|secret phrase"
    rf"|wallet(?:'s)? private key|private key)\b"
)
LOGIN = re.compile(
    rf"{_ASKS}\b(?:password|passphrase|2fa (?:code|token)|otp|one-time (?:code|password)"
    rf"|verification code|pin code|cvv|card number"
    r"|recovery codes?|login details)\b"
)
LEAVES = re.compile(
    r"\b(?:send|upload|forward|transmit|post|submit|e-?mail|curl)\b[^\n]{0,120}?(?:https?://"
    r"|[\w.-]{1,60}@[\w-]{1,60}\.\w|\bwebhook\b"
    r"|\btelegram\b|\bour (?:server|api|endpoint)\b)"
)
KEPT = re.compile(r"\b(?:save|store|write|log|append|record|keep)\b")
NO_REFUSAL = re.compile(
    r"\b(?:never|do not|don't) (?:refuse|decline|reject) (?:any |a |the |user ){0,2}(?:requests?|tasks?"
    r"|instructions?|orders?|to (?:answer|help|comply))"
    r"|\byou (?:cannot|can't|must not|may not|are not allowed to) (?:refuse|decline)\b"
    r"|\b(?:without|no|free of|ignoring) (?:any )?(?:ethical|moral|safety|content) (?:restrictions"
    r"|limits|limitations|guidelines|filters|constraints|considerations)\b"
    r"|\bdo anything now\b|\byou are (?:now )?(?:unrestricted|uncensored|jailbroken|dan\b)"
)
