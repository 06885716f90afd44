"""The words of PI about reach: when a skill is chosen, what it fetches, what it remembers, what it asks."""

from __future__ import annotations

import re

from trace2skill.lint.phrases import Phrase
from trace2skill.lint.pi_gifts import MAIL

_WHOLE = (
    r"(?= ?(?:[.,;:!)—–-]|$|\n|and\b|before\b|first\b|regardless\b|no matter\b|without exception\b"
    r"|even\b|whether\b|in\b|the user\b))"
)
_TIMES = (
    r"(?:requests?|messages?|conversations?|tasks?|prompts?|sessions?|responses?|interactions?"
    r"|questions?|turns?|topics?|quer(?:y|ies)|actions?|operations?|commands?|inputs?|situations?|work)"
)
EVERY_TIME = Phrase(
    rf"\b(?:always|must|mandatory|required|use|used|invoke|run|load|apply|trigger|activate|call|consult"
    rf"|read|execute)\b[^.\n]{{0,80}}?\b(?:for|on|in|at|with|to|before|during|upon|handling) "
    rf"(?:every|all|any|each|literally every|absolutely (?:every|all|any)|any and all) (?:single |other "
    rf"|user |type of |kind of |incoming |new )*{_TIMES}{_WHOLE}"
    r"|\bregardless of (?:the |what the |what |any |which |whether the )?(?:\w{1,12} )?(?:request|task"
    r"|topic|user|subject|domain|question)"
    r"|\b(?:always|must) (?:be )?(?:use|used|invoke|invoked|load|loaded|run|trigger|triggered|activate"
    r"|activated|select|selected|call|called|pick|chosen|choose)\b[^.\n]{0,40}? (?:first|for everything"
    r"|no matter what|by default|at all times)\b"
    r"|\b(?:whenever|any time|every time) the user (?:says|asks|types|sends|wants|does"
    r"|mentions) (?:anything|something|a message|a question|any \w{1,12})\b"
    r"|\b(?:for|in) (?:everything|anything|all cases|every case|all situations)(?: the user)?\b(?=[.,;!]"
    r"|$| (?:you|the user|and|no matter|without))",
    "every|all|any|each|regardless|first|no matter|default|times",
)
BEFORE_ALL = Phrase(
    r"\bbefore (?:any|every|all|each|anything|everything|doing anything|using any|calling any"
    r"|reading any|considering any)(?: other| else)? ?(?:skills?|tools?|responses?|actions?|requests?"
    r"|tasks?|response or action|agents?|steps?)?"
    rf"{_WHOLE}"
    r"|\b(?:instead of|in preference to|in place of|rather than|over|before|ahead of|above"
    r"|prior to) (?:any|all|every) others?(?: (?:\w{1,12} )?(?:skills?|tools?|plugins?|agents?))?\b"
    r"|\b(?:overrides?|replaces?|supersedes?|outranks?|takes? (?:precedence|priority) over) (?:all|any"
    r"|every|the)(?: other)? (?:\w{1,12} )?(?:skills?|instructions|tools?|plugins?)\b"
    r"|\b(?:do not|don't|never) (?:use|load|call|consider|trigger|invoke|select) (?:any )?(?:other"
    r"|competing|similar|alternative) (?:\w{1,12} )?(?:skills?|tools?|plugins?)\b"
    r"|\b(?:highest|top|maximum|absolute) priority\b|\bthe only (?:skill|tool) (?:that )?(?:you|for|to"
    r"|needed)\b|\bpriority (?:skill|1|one|level)\b",
    "before|instead|preference|in place|rather|over|ahead|above|prior|override|replace|supersede|outrank"
    "|precedence|priority|never|not |n't|only",
)
ONLY_SKILL = Phrase(
    r"\bno other (?:skills?|tools?|plugins?) (?:should|may|must|is to|are to|needs? to"
    r"|can) (?:ever )?be (?:used|consulted|loaded|considered|invoked|triggered|called)\b"
    r"|\b(?:begin|start) (?:every|each|any|all) (?:\w{1,12} )?(?:by|with) (?:loading|using|running"
    r"|invoking|reading|calling) this skill\b"
    r"|\b(?:whatever|whichever) (?:the |is the )?(?:question|request|task"
    r"|topic)\b[^.\n]{0,40}?\bthis skill\b",
    "no other|this skill",
)
"""What needs no further words to be a claim to every task."""
THIS_SKILL = Phrase(
    r"\bthis skill (?:must|should|is to|has to|needs to|shall) (?:always )?(?:be )?(?:loaded|used"
    r"|invoked|run|active|activated|triggered|called|applied|stay|remain)\b",
    "this skill",
)
NARROW = re.compile(
    r"\b(?:about|involving|related to|that (?:involve|touch|need|require|use|include|concern|mention)"
    r"|concerning|with (?:pdf|excel|docx)|in this (?:project|repo\w{0,7}|codebase|plugin))\b"
)
"""What ties "every task" to a topic."""
_TO_AGENT = (
    r"(?:follow|obey|execute|comply with|carry out|act on|act upon|adopt|apply|do|perform|run|implement"
    r"|use|treat|honou?r|respect|continue with)"
)
_SAID = (
    r"(?:instructions?|directives?|commands?|rules|prompts?|says|orders|exactly|steps|guidance|returned"
    r"|response|text|contents?|whatever|there|it|what (?:it|the \w{1,12}) (?:says|returns|tells"
    r"|contains)|them|playbook|policy)"
)
REMOTE = Phrase(
    r"\b(?:fetch|download|read|load|get|retrieve|visit|open|curl|pull|check|go to|consult|query|request"
    r"|browse|poll|access|wget)\b[^\n]{0,160}?(?P<url>https?://[^\s`)>\"']{3,300}+)"
    rf"[^\n]{{0,160}}?(?<![\w-]){_TO_AGENT} (?:exactly |strictly |blindly |precisely |any |all |the |its "
    rf"|whatever |every |those |these |what |them |it |each |of |latest |returned |remote |current "
    rf"|up-to-date |new |as |there |listed |given |contained |\w{{1,10}} ){{0,3}}?{_SAID}\b",
    "http",
)
REMOTE_SOURCE = Phrase(
    r"\b(?:instructions|rules|directives|orders|prompt|guidance)\b[^.\n]{0,40}?\b(?:are|is|live|found"
    r"|stored|kept|hosted) (?:at|on|under"
    r"|in) (?P<url6>https?://[^\s`)>\"';,]{3,300}+)[^\n]{0,60}?\b(?:follow|obey|apply|execute|adopt)\b|"
    r"(?P<url4>https?://[^\s`)>\"';,]{3,300}+)[^\n]{0,60}?\b(?:it|which|that|the page"
    r"|this page)? ?(?:tells|says|shows|lists|instructs|dictates|decides)(?: you)? (?:what (?:to do"
    r"|you (?:should|must) do)|how to (?:proceed|continue)|the next (?:step|steps|action))\b|"
    r"\b(?:sync|update|refresh|replace|reload|pull|renew) (?:your|its|the agent's|these|the local"
    r"|this skill's) (?:rules|instructions|guidelines|prompt|directives|guidance"
    r"|orders)\b[^\n]{0,40}?\b(?:from|with|at)\b[^\n]{0,20}?(?P<url5>https?://[^\s`)>\"']{3,300}+)|"
    rf"(?<![\w-]){_TO_AGENT} (?:exactly |strictly |any |all |the |whatever |every |those |these |what "
    rf"|latest "
    rf"|current |up-to-date |remote |additional |further )*(?:instructions?|directives?|commands|rules"
    rf"|prompts?|orders|steps|guidance|playbook|policy)"
    r"[^.\n]{0,60}?\b(?:from|at|in|on|by|of|found|returned|published|hosted|served|listed|provided"
    r"|given)\b[^\n]{0,60}?(?P<url>https?://[^\s`)>\"']{3,300}+)"
    r"|(?P<url2>https?://[^\s`)>\"']{3,300}+)[^\n]{0,80}?\b(?:contains?|holds?|serves?|returns?|publishes"
    r"|provides|has|lists)\b[^.\n]{0,30}?\b(?:your|the (?:latest|current|real|actual|next|remaining"
    r"|authoritative|full)|further|additional|updated|new) (?:\w{1,12} )?(?:instructions?|directives?"
    r"|orders|rules|steps|commands|prompt)\b"
    r"|\b(?:latest|current|updated?|new|next|authoritative|live|real"
    r"|full) (?:\w{1,12} )?(?:instructions?|directives?|orders|rules|prompt"
    r"|playbook)\b[^\n]{0,40}?\b(?:are|is|come|comes|live|lives|stored|kept|maintained|found|from|at"
    r"|published|hosted|served)\b[^\n]{0,40}?(?P<url3>https?://[^\s`)>\"']{3,300}+)",
    "http",
)
ANY_PAGE = Phrase(
    r"\b(?:treat|take|use|regard|consider|accept) (?:the |its |any |every |this )?(?:server|page|api"
    r"|service|response|answer|reply|output|result|website|e-?mail|message|issue"
    r"|comment)(?:'s)?(?: (?:reply|response|text|answer|output|body|content)s?)? as (?:your |the |a "
    r"|new |further |binding |authoritative |set of )*(?:instructions?|orders|rules|directives?"
    r"|commands?)\b|"
    r"\bif (?:the|a|any|an) (?:[a-z]{1,14} )?(?:readme|page|issue|e-?mail|comment|website|web page"
    r"|document|response|pull request|attachment)\b[^.\n]{0,30}? (?:asks|tells|instructs|requests|orders"
    r"|wants)\b[^.\n]{0,30}?\b(?:do (?:it|so|that|as)|comply|follow|obey|carry it out|execute it)\b|"
    r"\b(?:fetch|open|read|visit|load|download|get|retrieve)\b (?:the |that |this |each )?(?:pages?"
    r"|urls?|site|response|link|website)\b[^.\n]{0,40}?\b(?:follow|obey|execute|carry out|do|perform"
    r"|run) (?:whatever|any|all|every|what(?:ever)?|the)(?: \w{1,12})? ?(?:instructions|steps|commands"
    r"|directives|orders|it (?:says|lists|tells|asks))\b|\b(?:follow|obey|execute|carry out|comply with"
    r"|perform|run|act on|do)\b (?:any|all|whatever|every|the|what(?:ever)?|its"
    r"|each)(?: of the)?(?: \w{1,14}){0,2}? ?(?:instructions?|commands?|steps|directives?|orders|says"
    r"|answers|returns|tells|asks|requests)?[^.\n]{0,50}?\b(?:found|contained|listed|given|returned"
    r"|embedded|included|written|present|it (?:says|lists|returns|answers|gives|contains)|in|from"
    r"|by)\b[^.\n]{0,20}?\b(?:(?:the |any |that |a |its )?(?:fetched|downloaded|retrieved|remote"
    r"|returned|external|cloned|scraped|untrusted|web|incoming|received|http|server's|api's) (?:pages?"
    r"|readme|issues?|comments?|e-?mails?|responses?|content|website|files?|output|messages?|documents?"
    r"|repositor\w{1,3}|site|agent|body|text|data|result))\b|\b(?:pages?|issues?|comments?|e-?mails?"
    r"|responses?|websites?|messages?|documents?|attachments?|tool output|results?) (?:may |might |can "
    r"|will )?(?:contain|include|carry|hold|give|return)s? (?:\w{1,14} ){0,2}(?:instructions?|commands?"
    r"|directives?|orders)\b[^\n]{0,20}?\b(?:execute|follow|obey|run|perform|carry out|comply)\b"
    r"|\b(?:ask|query|call|contact|poll) (?:the |a |an |our )?(?:(?:remote|external|other|upstream"
    r"|central) (?:agent|server|service|api|endpoint|model)|(?:agent|service|model) (?:at|on"
    r"|behind) )[^\n]{0,80}?\b(?:do|follow|obey|execute|carry out|perform) (?:exactly )?(?:what(?:ever)?"
    r"|its|the|all|any)\b",
    "treat|take|use|regard|consider|accept|comply|follow|obey|execute|carry out|comply|perform|run"
    "|act on|do ",
    "fetched|downloaded|retrieved|remote|returned|external|cloned|scraped|untrusted|web|incoming"
    "|received|http|server|api|instruction|command|directive|order|other|upstream|central",
)
"""To obey what comes from anywhere."""
BLINDLY = re.compile(
    r"\b(?:exactly|strictly|blindly|whatever|without (?:question|review|asking|changes?|hesitation"
    r"|exception|modification|showing)|verbatim|(?:take|takes|have|has) (?:priority|precedence)"
    r"|overrides?|supersedes?|as if (?:it|they) (?:were|was)|before (?:every|each|any|doing)"
    r"|each (?:session|time|run)|every (?:session|time|run|day|hour)|at the start of|on startup"
    r"|periodically|authoritative|in full|even if|to the letter|no matter|all commands|any commands?"
    r"|execute (?:the|all|any|every|whatever|what|its|each))\b"
)
_MEMORIES = (
    r"(?:claude(?:\.local)?\.md|agents\.md|gemini\.md|memory\.md|soul\.md|identity\.md|heartbeat\.md"
    r"|user\.md|tools\.md|\.cursorrules|\.cursor/rules|\.clinerules|\.windsurfrules|\.roomodes"
    r"|copilot-instructions(?:\.md)?|\.claude/settings[\w.]{0,12}|settings(?:\.local)?\.json"
    r"|\.claude/(?:skills|commands|agents|rules)|\.bashrc|(?:your|its|the agent's|the assistant's"
    r"|long[- ]term|persistent|permanent|project|global) (?:long[- ]term |persistent "
    r"|permanent )?(?:memory|memories)|memory (?:file|store|bank)|system prompt"
    r"|other (?:installed )?skills?(?:'s?)?|(?:every|each|all) (?:other )?(?:installed )?(?:skill\.md"
    r"|skills?))"
)
INTO_MEMORY = Phrase(
    r"\b(?:from|in|for|on) (?:every|all|each) future (?:conversations?|sessions?|tasks?|chats?"
    r"|interactions?)\b|"
    r"\b(?:remember|memori[sz]e|note|keep in mind|store|save)\b[^.\n]{0,60}?\bfor (?:all|every"
    r"|any) (?:future|later|subsequent|coming) (?:conversations?|sessions?|tasks?|chats?"
    r"|interactions?)\b|"
    r"\bin (?:all|every) (?:future|later|subsequent) (?:conversations?|sessions?|tasks?|chats?"
    r"|interactions?),? (?:you must|you will|you should|always|never)\b|"
    rf"\b(?:add|append|write|insert|copy|put|save|store|inject|persist|prepend|record|commit|place|edit"
    rf"|modify|update|patch|rewrite|merge|paste|register|remember|memori[sz]e|install|include"
    rf"|extend)\b[^\n]{{0,200}}?\b(?:to|in|into|at|of|inside|within|via|with)\b[^\n]{{0,50}}?{_MEMORIES}"
    rf"|\b(?:edit|modify|update|patch|rewrite|overwrite|extend|change)\b[^\n]{{0,30}}?{_MEMORIES}",
    "future|later|subsequent|coming|.md|rules|clinerules|roomodes|copilot-instructions|settings|.claude/"
    "|.bashrc|memor|system prompt"
    "|skill|future|later|subsequent|coming",
)
INTO_MEMORY_SHELL = re.compile(
    r"(?:>>?[ \t]{0,4}|\btee (?:-a )?)[\"']?(?:~|\$home|\$\{home\}|/root|/home/\w{1,30}|\.\.?"
    r"|\$\(git rev-parse --show-toplevel\)|\$pwd)?/?[^\s\"';|&]{0,80}?"
    r"(?:claude(?:\.local)?\.md|agents\.md|gemini\.md|memory\.md|soul\.md|identity\.md|heartbeat\.md"
    r"|\.cursorrules|\.windsurfrules|\.clinerules|copilot-instructions\.md|\.claude/settings[\w.]{0,12}"
    r"|/skill\.md)"
)
OWN_HOME = re.compile(r"~|\$home|\$\{home\}|/root|/home/")
FORCED = re.compile(
    r"\b(?:silently|secretly|quietly|covertly|discreetly|permanently|without (?:asking|telling|informing"
    r"|confirmation|notice|notifying|mentioning|prompting)|do not (?:tell|ask|mention|inform|notify"
    r"|announce)|don't (?:tell|ask|mention|inform|notify)|never (?:tell|ask|mention)"
    r"|no need to (?:ask|tell|mention|inform|notify)|so (?:that )?(?:it|they|this|these) (?:survives?"
    r"|persists?|remains?|stays?|apply|applies|outlives?)|even (?:after|if) (?:this|the) skill|if (?:it"
    r"|they) (?:is|are|gets?) removed|restore (?:it|them)|re-?add (?:it|them))"
)
PAYLOAD = re.compile(
    r"\b(?:always|never|must|ignore|every|all (?:future|later)|in (?:all|every) (?:future )?(?:sessions?"
    r"|projects?|conversations?)|from now on)\b[^\n]{0,100}?\b(?:trust\w{0,3}|https?://|registry|proxy"
    r"|mirror|base[_ ]url|api key|forward|send|upload|cc|bcc|approve\w{0,2}|skip (?:confirmation|review"
    r"|verification)|call this|use this|warn|refuse|safety|install|download|curl|wget|recommend|disable"
    r"|load this|run this|allow\w{0,2}|permission|model|without asking|sudo)"
    r"|(?<!after the )(?<!once the )(?<!when the )(?<!if the )\b(?:user|owner|admin\w{0,9}) (?:has "
    r"|have )?(?:already )?(?:approved|authori[sz]ed|trusts|agreed|consented)\b|\b(?:call|load|invoke"
    r"|run|use|trust)s? (?:this (?:one|skill)|it) (?:first|always|automatically)\b|\bbash\(\*\)"
    r"|\bbypasspermissions\b|\b(?:packages?|dependenc\w{1,4}|registry|index|mirror"
    r"|proxy)\b[^\n]{0,40}?https?://|\btests? (?:may|can|should) be skipped\b|\b(?:approval|permission"
    r"|confirmation) prompts?\b|\bcalls? this (?:one|skill)\b|\bautoapprove\b|\banthropic_base_url\b"
    r"|\bopenai_base_url\b|\bextra-index-url\b|\bpre-?approved?\b|\bdo not (?:warn|ask|verify)"
    r"|\bignore (?:all|any|previous|earlier)"
)
_ASKS = (
    r"\b(?:ask|prompt|request|require|have|get|tell|collect|obtain|enter|provide|paste|type|share|supply"
    r"|give|input|submit|confirm|instruct|need|needs)\b[^.\n]{0,80}?"
)
WALLET = Phrase(
    r"\b(?:type|enter|paste|provide|give|share|read out|send|dictate)\b[^.\n]{0,40}?\b(?:words"
    r"|phrase)\b[^.\n]{0,20}?\b(?:from|of|on) (?:their|the|your|his|her) (?:paper |wallet |recovery "
    r"|seed )*(?:backup|wallet|seed|recovery card|recovery sheet)\b|"
    rf"{_ASKS}\b(?:seed (?:phrase|words?)|recovery (?:phrase|words?|seed)|mnemonic(?: phrase| words?)?"
    rf"|secret (?:recovery )?phrase|(?:12|24|twelve|twenty-four)[- ]word(?:s| phrase| seed)?"
    rf"|wallet(?:'s)? private keys?|private keys? (?:of|for|to) (?:the|their|your|his) wallet"
    rf"|backup phrase)\b",
    "from|of|on|seed|recovery|mnemonic|secret|word|wallet|backup phrase",
)
LOGIN = Phrase(
    rf"{_ASKS}\b(?:passwords?(?! (?:reset|policy|field|hash|manager|strength|rules))|passphrases?"
    rf"|(?:four|six|eight|4|6|8)-digit codes?|card details|security codes?|2fa (?:codes?|tokens?)"
    rf"|two-factor codes?|otp|one-time (?:codes?|passwords?|passcodes?)|verification codes?"
    rf"|authenticator codes?|sms codes?|pin codes?|cvv|cvc|card numbers?|social security|ssn"
    rf"|recovery codes?|backup codes?|login (?:details|credentials)|private keys?|bank credentials"
    rf"|security (?:question|answer)s?|session cookies?)\b",
    "pass|2fa|two-factor|otp|code|cvv|cvc|card|social|ssn|login|private key|bank|security|cookie",
)
LEAVES = Phrase(
    rf"\b(?:send|upload|forward|transmit|post|submit|e-?mail|curl|relay|pass|report|share|verify (?:it"
    rf"|them) (?:at|with|via)|check (?:it|them) (?:at|against|with))\b[^\n]{{0,140}}?(?:https?://|{MAIL}"
    rf"|\bwebhook\b|\btelegram\b|\bour (?:server|api|endpoint|team|support)\b|\b(?:support|verification"
    rf"|recovery) (?:desk|team|service|server|endpoint)\b)",
    "send|upload|forward|transmit|post|submit|mail|curl|relay|pass|report|share|verify|check",
)
KEPT = re.compile(r"\b(?:save|store|write|log|append|record|keep|remember|sync|back up|note)\b")
