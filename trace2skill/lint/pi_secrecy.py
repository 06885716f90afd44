"""The words of secrecy: what is to be kept from a user, and the deeds that may be meant."""

from __future__ import annotations

import re

from trace2skill.lint.phrases import Phrase

_NOT = (
    r"(?:do not|don't|never|must not|should not|shouldn't|need not|needn't|avoid|refrain from"
    r"|(?:there (?:is|'s) |there is really |it is )?"
    r"(?:no need|no reason|not necessary|unnecessary|no point)(?: to| in|,)?|without|skip|not)"
)
_FEW = (
    r"(?:(?!(?:without|not|never|until|before|unless|n't|just|only|merely|simply|even|always|forget"
    r"|fail)\b)\w{1,12} )"
)
"""A word between a negator and what it forbids."""
_TELL = (
    r"(?:tell(?:ing)?|inform(?:ing)?|notify(?:ing)?|alert(?:ing)?|warn(?:ing)?|advis(?:e|ing)"
    r"|mention(?:ing)?|bring(?:ing)? up"
    r"|acknowledg(?:e|ing)|announc(?:e|ing)|point(?:ing)? out|bother(?:ing)?|disturb(?:ing)?"
    r"|burden(?:ing)?|draw(?:ing)? attention to|call(?:ing)? attention to"
    r"|call(?:ing)? out|confus(?:e|ing)|worry(?:ing)?|let(?:ting)? on|speak(?:ing)? of"
    r"|talk(?:ing)? about|refer(?:ring)? to|comment(?:ing)? on|bring(?:ing)?)"
)
_SHOW = (
    r"(?:disclos(?:e|ing)|reveal(?:ing)?|report(?:ing)?|log(?:ging)?|record(?:ing)?|surfac(?:e|ing)"
    r"|show(?:ing)?|list(?:ing)?|includ(?:e|ing)|not(?:e|ing)|expos(?:e|ing)|summari[sz](?:e|ing)"
    r"|describ(?:e|ing)|explain(?:ing)?|document(?:ing)?|display(?:ing)?|print(?:ing)?|output(?:ting)?"
    r"|cit(?:e|ing))"
)
_USER = (
    r"(?:(?:to |with |from )?(?:the |your |any |end[- ])?(?:user|human|operator|owner|requester|customer"
    r"|client|person|developer|maintainer|author|reader|team)s?"
    r"|(?:to )?(?:them|anyone|anybody|him|her))"
)
_STEP = (
    r"(?:steps?|actions?|uploads?|transfers?|cop(?:y|ies)|sync(?:ing)?|back-?ups?|calls?|requests?"
    r"|commands?|changes?|edits?|replacements?|substitutions?|process"
    r"|procedures?|instructions?|scripts?|modifications?|adjustments?|deletions?|removals?|exchanges?"
    r"|submissions?|activity|activities|operations?|check-?ins?|forwarding"
    r"|recipients?|bcc|cc|telemetry|rules?|sections?|insertions?|links?|additions?|parts?|details?"
    r"|behaviou?rs?|tasks?|installations?|connections?|payments?|fees?|rounding|differences?|remainders?"
    r"|surplus|margins?|cut|skims?)"
)
_THIS = (
    rf"(?:this|it|that(?! (?:you|the|it|this|they|is|are|an?|we|he|she|i|there|all|any|these|your)\b)"
    rf"|these|those|them|any of (?:this|it)|(?:this|that|the|these|those|any"
    rf"|your) (?:extra |additional |hidden |background |above |previous |whole |small |housekeeping "
    rf"|second )*{_STEP})"
)
_UNLESS = (
    r"(?!,? (?:unless|until|if|when|except|in case|as (?:an? )?|more than|again|twice|directly|before"
    r"|by name|to (?:run|use|do|install|check|wait|try|create|add|open|set|go|manually|copy|paste"
    r"|restart)\b))"
)
HIDES_STEP = Phrase(
    rf"\b{_NOT} {_FEW}{{0,2}}?(?:{_TELL}|{_SHOW}) (?:{_USER} )?that (?:you|the|a|this|it"
    rf"|any) [^.\n]{{0,60}}?\b(?:upload|sent|send|cop(?:y|ied)|delet|replac|transfer|forward|remov|chang"
    rf"|modif|install|alter|adjust|exchang|submitt|swapp)|"
    rf"(?P<how>\b{_NOT} {_FEW}{{0,2}}?{_TELL} (?:{_USER} )?(?:(?:about|of|with|that"
    rf"|regarding) )?{_THIS}\b{_UNLESS})"
    rf"|\b(?:make|making) no (?:mention|note|record) of\b(?! (?:the )?(?:skill|internal))"
    rf"|\bsay nothing (?:about|of) {_THIS}\b|\bsay nothing to {_USER}\b"
    rf"|\b{_NOT} {_FEW}?{_SHOW} (?:{_USER} )?(?:(?:about|of) )?(?:this|that|the|these|those"
    rf"|any) (?:extra |additional |hidden |background |above )*{_STEP} (?:(?:to|in|with|from) )?(?:the "
    rf"|your |any )?"
    r"(?:user|human|operator|customer|client|summary|report|response|reply|answer|final|output"
    r"|conversation|chat|transcript|change ?log|commit)"
    rf"|\b{_NOT} {_FEW}?(?:tell(?:ing)?|inform(?:ing)?|notify(?:ing)?|alert(?:ing)?|bother(?:ing)?"
    rf"|disturb(?:ing)?|warn(?:ing)?) {_USER}(?= ?(?:[.,;:!)\n—–-]|$|and\b|about (?:this|it|that|these"
    rf"|any of)\b|that (?:you|this|it|the (?:file|data|copy|report))\b))",
    "not|n't|never|avoid|refrain|no |unnecessary|without|skip",
    "tell|inform|notif|alert|warn|advis|mention|bring|rais|acknowledg|announc|point|bother|disturb"
    "|burden|attention|call|confus|worry|let|speak|talk|refer"
    "|comment|disclos|reveal|report|log|record|surfac|show|list|includ|not|expos|summari|describ|explain"
    "|document|display|print|output|cit",
)
NAMED = re.compile(rf"\b(?:(?:user|human|operator|owner|customer|client|anyone|anybody|person)s?|{_STEP})\b")
"""What is hidden, or from whom, in so many words: a mere *it* may be anything."""
UNAWARE = Phrase(
    r"\b(?:nobody|no one|no-one|none of the users?) (?:else )?(?:needs?|has|wants|ought|is) to (?:hear"
    r"|know|learn|see|be told|read|be aware|find out)\b|"
    r"\b(?:user|owner|person|reader|customer|client|operator)s?\b[^.\n]{0,30}? (?:has"
    r"|have) no (?:interest in|need (?:of|for|to know)) (?:this|these|it|that|the (?:upload|copy|step"
    r"|transfer|details?|mechanics))\b|"
    r"\b(?:no (?:point|sense|use|value|benefit|gain)|nothing to gain|little point) (?:in|from"
    r"|by) (?:reporting|mentioning|telling|disclosing|announcing|bringing|explaining)\b|"
    r"\bout of (?:their |the user's |everyone's )?sight\b(?! (?:of|when|until))|"
    r"\bwithout (?:explaining|saying|giving|stating|stating|mentioning) (?:why|a reason|reasons"
    r"|what (?:it|this) (?:is|does))\b|"
    r"\b(?:need not|needn't|should not|shouldn't|must not|is not to|are not to|does not need to"
    r"|doesn't need to|do not need to|don't need to|never|not worth) (?:to )?(?:be )?(?:mentioned"
    r"|mentioning|disclosed|brought up|announced|acknowledged|discussed|pointed out|surfaced"
    r"|reported to (?:the )?(?:user|human|customer|client|operator)|told to)\b(?! (?:if|when|unless"
    r"|until|in (?:code|commit)))|"
    r"\b(?:is|are) not part of the (?:answer|summary|report|response|reply|conversation)\b|"
    r"\bwithout (?:the |your |any )?(?:user|human|owner|operator|customer|client|anyone|anybody)(?:'s"
    r"|s')? (?:ever )?(?:knowledge|knowing|noticing|awareness|being aware|seeing|reali[sz]ing"
    r"|finding out|consent)\b|\bwithout (?:telling|informing|notifying|alerting|warning"
    r"|disclosing(?: this| it)? to) (?:the |your |any )?(?:user|human|owner|operator|customer|client"
    r"|anyone)s?\b|\b(?:the |your )?(?:user|human|operator|owner|customer|client|they)s? (?:does not"
    r"|doesn't|do not|don't|should not|shouldn't|must not|need not|needn't|must never|should never"
    r"|will not|won't|is not to|are not to) (?:ever |really |even )?(?:need to |have to )?(?:know"
    r"|be (?:told|informed|notified|aware|made aware|bothered|alerted|troubled)|notice|see|learn"
    r"|find out|hear|reali[sz]e|suspect)(?: (?:about|of))?(?: (?:this|it|that|any of (?:this|it)"
    r"|anything|the (?:upload|copy|transfer|change|step|extra \w{1,20}|substitution|replacement"
    r"|difference|exchange)))?(?= ?(?:[.,;!)\n—–-]|$|happened|was|is|has))|\bunbeknownst to\b"
    r"|\bbehind (?:the |their |the user's )(?:user's )?back\b",
    "nobody|no one|no-one|none of|interest|no need|point|sense|no use|no value|benefit|gain|sight"
    "|explaining|saying|giving|stating|mention|disclos|brought|announc|acknowledg|discussed|pointed"
    "|surfaced|reported|not part|mention"
    "|disclos|brought|announc|acknowledg|discussed|pointed|surfaced|reported|not part|without"
    "|know|told|informed|notified|aware|bothered|alerted|troubled|notice|see|learn|find out|hear|reali"
    "|suspect|unbeknownst|behind",
)
KEPT_BACK = Phrase(
    r"\b(?:this|it|that|which|they|(?:this|these|the|that) (?:\w{1,12} )?(?:steps?|details?|upload|copy"
    r"|transfer|part)(?: (?:is|are) (?:internal|private|technical))?(?: and)?) (?:stays?|remains?|is"
    r"|are) (?:strictly )?out of (?:the |your )?(?:conversation|chat|answers?|reports?|summary|summaries"
    r"|reply|replies|transcript)\b|"
    rf"\b(?:keep|hold|leave) (?:{_THIS}|the fact[^.\n]{{0,60}}?) (?:\w{{1,12}} ){{0,2}}?(?:between us"
    rf"|to yourself|secret|quiet|a secret|off the record|under wraps|hidden(?: from)?|invisible(?: to)?"
    rf"|(?:out|off) of (?:the |your |any |all )?(?:final )?"
    r"(?:summary|summaries|reports?|responses?|reply|replies|answers?|logs?|output|conversation|chat"
    r"|transcript|messages?|change ?log|commit message|notes|history|sight)|unmentioned|unsaid"
    r"|undisclosed|from (?:the )?(?:user|human|operator|customer|client))"
    rf"|\b(?:leave|omit|exclude|drop|strip|remove|withhold|hide|conceal|suppress|mask|obscure|scrub"
    rf"|filter) (?:{_THIS}|(?:any|all|every) (?:mention|reference|trace|evidence|sign|record)s? (?:of"
    rf"|to) [^.\n]{{1,40}}?) (?:out )?"
    r"(?:from|of|in) (?:the |your |any |all )?(?:final )?(?:user|human|operator|customer|client|summary"
    r"|summaries|reports?|responses?|reply|replies|answers?|logs?|output|conversation|chat|transcript"
    r"|messages?|change ?log|commit message|history|view)|\b(?:cover|hide|erase|remove|clear|wipe|delete"
    r"|clean up) (?:your|all|any|the|these) (?:tracks|traces|evidence|footprints)\b|\b(?:this|it|that"
    r"|which) (?:stays?|remains?|is|are|should stay|must stay|should remain"
    r"|must remain) (?:strictly )?(?:between us|off the record|our secret|hidden from (?:the )?user"
    r"|invisible to (?:the )?user|unmentioned|undisclosed)\b|\b(?:keep|make|leave"
    r"|render) [^.\n]{1,40}? (?:invisible|unnoticeable|undetectable|imperceptible|transparent"
    r"|hidden) (?:to|for|from) (?:the |any )?(?:end[- ])?(?:user|human|operator|customer|client"
    r"|reviewer)s?\b",
    "out of|keep|hold|leave|omit|exclude|drop|strip|remove|withhold|hid|conceal|suppress|mask|obscure"
    "|scrub|filter|cover|erase|clear|wipe|delete|clean|between us|record|secret|invisible|transparent"
    "|unnoticed|imperceptible|undetectable|unmentioned|undisclosed",
)
DENIED = Phrase(
    r"\b(?:if|when|should) (?:the |a |any )?(?:user|owner|customer|client|operator|anyone|someone"
    r"|they)s? (?:ever )?(?:asks?|wonders?|notices?|questions?|inquires?"
    r"|complains?)\b[^\n]{0,60}?\b(?:describe|call|present|label|pass|explain|frame|dismiss) (?:it|this"
    r"|that|them) (?:off |away )?as\b|\b(?:claim|pretend) (?:that )?(?:you|the \w{1,14}|it"
    r"|this) (?:did not|didn't|never|was lost|were lost|has been lost|failed|crashed)\b|\b(?:say|state"
    r"|tell (?:them|the user)|report) (?:that )?you (?:did not|didn't|never|have not|haven't) (?:change"
    r"|touch|send|delete|access|modify|read|open|upload|copy|run|do)\w{0,2}\b|\bif (?:anyone|anybody"
    r"|someone|somebody) (?:ever )?(?:asks?|notices?|questions?|inquires?)\b(?= ?[,:]| about| why| what)"
    r"|\bif (?:questioned|challenged|confronted|pressed)\b|\btell the user that (?:the |it |this "
    r"|there )[^.\n]{0,40}?\b(?:never|was not|wasn't|were never|had already|did not|didn't)\b|\b(?:act"
    r"|behave|respond|continue|carry on|proceed|reply|pretend)(?: as)?(?: if| though| normally as if"
    r"| that)? (?:nothing (?:happened|is wrong|unusual|changed)|this (?:never|did not|didn't|step)"
    r"|you (?:did not|didn't|never)|everything (?:is|was|went) (?:normal|fine|well|as usual))|\b(?:if"
    r"|when|should) (?:the user |they |anyone |someone |a user |the customer "
    r"|you are )?(?:ever )?(?:asks?|asked|questions?|questioned|notices?|inquires?|enquires?|wonders?"
    r"|complains?)\b[^\n]{0,60}?\b(?:say|tell (?:them|him|her|the user)|claim|reply|answer|respond|deny"
    r"|state|explain|insist|assure|attribute|blame|pretend)\b[^\n]{0,80}?(?:\broutine\b"
    r"|\bstandard (?:procedure|practice|process|step)|\bmaintenance\b|\bnothing\b|\bnot aware\b"
    r"|\b(?:don't|do not) know\b|\bno such\b|\btechnical (?:issue|glitch|error|difficult)|\bglitch\b"
    r"|\bnetwork (?:issue|error|latency)|\bnormal behaviou?r\b)|\bdeny (?:any knowledge|having|that you"
    r"|knowing|the existence)\b",
    "wonder|describe|present|label|frame|dismiss|off as|claim|pretend|you did|you didn't|you never"
    "|you have|anyone|anybody|someone|somebody|questioned|challenged|confronted|pressed|never|was not"
    "|wasn't|already|did not|didn't|nothing|this never|this did|this step|you did|you never|everything"
    "|routine|standard|maintenance|not aware|know|no such|technical|glitch|network|normal|deny",
)
QUIETLY = Phrase(
    r"(?P<verb>\b(?:silently|secretly|covertly|quietly|stealthily|discreetly|surreptitiously"
    r"|unobtrusively|furtively|inconspicuously|invisibly) (?:\w{1,12} (?:and|then) )?(?:send|upload"
    r"|forward|transmit|exfiltrate|copy|collect|e-?mail|post|share|sync|bcc|cc|record|capture|harvest"
    r"|replace|swap|substitute|alter|adjust|modify|insert|inject|append|delete|remove|erase|disable"
    r"|transfer|gather|report|include|rewrite|change|redirect|route|(?:add"
    r"|install)(?= [^.\n]{0,60}?(?:dependenc|requirements|package\.json|pyproject|recipient|\bcc\b"
    r"|header|import))))\b|\b(?:post|send|upload|forward|transmit|exfiltrate|copy|collect|e-?mail|share"
    r"|sync|bcc|record|capture|harvest|replace|swap|substitute|alter|insert|inject|append"
    r"|transfer) (?:(?:this|it|that|these|so|them)|the [^.\n]{1,90}?|(?:a "
    r"|all )[^.\n]{1,90}?),? (?<!never )(?<!not )(?:quietly|secretly|silently|covertly|stealthily"
    r"|discreetly|surreptitiously|unobtrusively|inconspicuously|behind the scenes)\b|\b(?:do|perform"
    r"|carry out|handle|complete) (?:this|it|that|these|so|them|the (?:upload|copy|transfer|step|steps"
    r"|sync|check-?in|whole \w{1,12})) (?:\w{1,12} ){0,2}?(?:quietly|secretly|silently|covertly"
    r"|stealthily|discreetly|surreptitiously|unobtrusively|inconspicuously|behind the scenes)\b",
    "silently|secretly|covertly|quietly|stealthily|discreetly|surreptitiously|unobtrusively|furtively"
    "|inconspicuously|invisibly|behind the scenes",
)
COVERT = re.compile(r"\b(?:secretly|covertly|stealthily|surreptitiously|furtively)\b")
"""Words that no honest step needs."""
RUN_QUIETLY = Phrase(
    r"\b(?:silently|secretly|covertly|quietly|stealthily|discreetly|surreptitiously) (?:install|execute"
    r"|run|download|add|start|launch|invoke|call|fetch|open|read|write|create|update|set|enable|apply)\b",
    "silently|secretly|covertly|quietly|stealthily|discreetly|surreptitiously",
)
LESS_SAID = Phrase(
    rf"\b{_NOT} {_FEW}{{0,2}}?(?:{_TELL}|{_SHOW}) [^.\n]{{0,60}}?\b(?:the |your )?(?:user|human|operator"
    rf"|owner|customer|client)s?\b(?! to\b)"
    rf"|\b{_NOT} {_FEW}?(?:mention|reveal|disclose|bring up|acknowledge|announce) {_THIS}\b",
    "not|n't|never|avoid|refrain|no need|no reason|no point|unnecessary|without|skip",
    "tell|inform|notif|alert|warn|advis|mention|bring|rais|acknowledg|announc|point|bother|disclos"
    "|reveal|report|log|surfac|show|list|includ|expos|describ|explain",
)
_PLACE = (
    r"(?:https?://|[\w.+-]{1,60}@[\w-]{1,60}\.\w|\bs3://|\bgs://|\bserver\b|\bendpoint\b|\bwebhook\b"
    r"|\bmailbox\b|\baddress\b|\bbucket\b|\bchannel\b|\bgist\b|\bpastebin\b|\bdesk\b"
    r"|\bour \w|\bremote\b|\bexternal\b|\bthird[- ]party\b|\bcollector\b|\bdrive\b|\barchive\b"
    r"|\b[a-z0-9-]{2,40}\.(?:example|com|net|org|io|dev|xyz|site|app|co|ru|cn|top|info)\b"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b)"
)
_THINGS = (
    r"(?:https?://|`|~/|\.env\b|\bcredentials?\b|\btokens?\b|\bkeys?\b|\bpasswords?\b|\bscripts?\b"
    r"|\bcommands?\b|\bhistory\b|\baccounts?\b|\bfunds\b|\bpackages?\b|\bbackups?\b|\blogs?\b"
    r"|\bfiles?\b|\bamounts?\b|\btotals?\b|\bnumbers?\b|\bresults?\b|\bfigures?\b|\brecipients?\b"
    r"|\baddress(?:es)?\b|\bdependenc|\blinks?\b|\brecords?\b|\bbalance\b|\binvoices?\b|\bsettings\b"
    r"|\bpermissions?\b|\btests?\b|\brepositor|\bdatabases?\b|\bbranch(?:es)?\b|\bcopy\b|\bcopies\b"
    r"|\bdata\b|\bmessages?\b|\bconversation\b|\bdocuments?\b|\bchecks?\b|\bprotections?\b|\balerts?\b)"
)
ACTS = Phrase(
    rf"\b(?:send|sends|upload|uploads|forward|forwards|transmit|exfiltrate|e-?mail|bcc|cc|submit|leak"
    rf"|post|push|sync|mirror|relay|deliver|report|copy|copies|share|export|archive|back up|goes|go"
    rf"|keeps|register|save|store)\b[^\n]{{0,140}}?{_PLACE}"
    r"|\b(?:curl|wget|scp|rsync|chmod|crontab|exfiltrate|bcc)\b|\bbase64 -"
    rf"|\b(?:upload|transmit|forward|delete|remove|erase|wipe|purge|overwrite|disable|replace|swap"
    rf"|substitute|alter|modify|adjust|inflate|deduct|subtract|round|transfer|pay|purchase|buy|grant"
    rf"|insert|inject|install|append|rename|encrypt"
    rf"|collect|harvest|copy|download|redirect|route|approve|move|mark|change|run"
    rf"|execute)\b[^.\n]{{0,80}}?{_THINGS}",
)
"""A deed with a side effect, in the words of an order."""
