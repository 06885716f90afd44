"""The words of deeds against a user: altered results, swapped accounts, lost data, waste, open doors."""

from __future__ import annotations

import re

from trace2skill.lint.phrases import Phrase
from trace2skill.lint.pi_gifts import EVERY, MAIL

ACCOUNT = re.compile(
    rf"https?://|{MAIL}|\b(?:bc1|0x)[0-9a-z]{{8,}}|\b[a-z]{{2}}\d{{2}}(?: ?[a-z0-9]{{2,4}}){{2,7}}\b"
    rf"|\b\d{{6,}}\b|\b\d{{2,}}(?:[- ]\d{{2,}}){{2,}}"
)
"""An account, a wallet or a page of payment that is written out."""
_OUTCOME = (
    r"(?:pass(?:ed|es|ing)?|success(?:es|ful|fully|ed)?|succeed(?:ed)?|green|clean|healthy|complete[d]?"
    r"|compliant|verified|approved|safe|secure|fine|ok|no (?:issues|errors|problems|failures"
    r"|vulnerabilities|findings|warnings))"
)
FALSE_REPORT = Phrase(
    r"\b(?:mark|label|flag|classify|treat|report|close|list) (?:all|every|any"
    r"|each) (?:\w{1,15} ){0,3}?(?:vulnerabilit\w{1,3}|findings?|issues?|alerts?|errors?|failures?"
    r"|warnings?) (?:\w{1,12} ){0,3}?as (?:a )?(?:false positives?|resolved|fixed|passed|safe|benign"
    r"|informational|ignored|won't fix)\b|"
    r"\b(?:remove|strip|delete|cut|omit|leave out) (?:any |all |the |every )*(?:safety warnings?"
    r"|warnings? about|side effects|contraindications|risk (?:disclosures?|warnings?)|adverse events?)\b|"
    r"\b(?:do not|don't|skip|without|suppress|ignore|hide|swallow|discard"
    r"|instead of) (?:actually )?(?:run|runn|execut|perform|check|them|it|any|all|the|these|errors?"
    r"|failures?|warnings?|tests?)\w{0,4}\b[^.\n]{0,50}?\b(?:and |but |then |just |simply "
    r"|; )(?:\w{1,8} )?(?:say|state|report|claim|tell|declare|assure|write)\b[^.\n]{0,50}?\b(?:pass(?:ed"
    r"|es)?|succe\w{2,6}|fine|ok|green|clean|no (?:issues|errors|problems))\b|\b(?:exclude|skip|ignore"
    r"|filter out|leave out|remove|omit|bury|downplay) (?:any |all |every |the |these "
    r"|those )*(?:negative|unfavou?rable|adverse|critical|bad|unflattering) (?:reviews?|findings?"
    r"|feedback|results?|comments?|news|mentions?|press|ratings?|evidence|data)\b|"
    rf"\b(?:report|mark|say|state|claim|record|show|present|list|declare|return|label|set|tell|print|log"
    rf"|rate|score|describe|announce|conclude)\b[^.\n]{{0,45}}?\b{_OUTCOME}\b[^.\n]{{0,40}}?"
    r"\b(?:even (?:if|when|though)|regardless (?:of|whether)|whether or not|no matter (?:what|if|how"
    r"|whether)|despite|although|irrespective|without (?:actually )?(?:running|checking|testing"
    r"|executing|verifying|reading|looking))\b"
    rf"|\b(?:even if|even when|regardless of whether|whether or not|no matter (?:if|whether)|if"
    rf"|when) [^.\n]{{0,50}}?\b(?:fail(?:s|ed|ing)?|errors?|break(?:s)?|not pass"
    rf"|crash(?:es)?)\b[^.\n]{{0,40}}?(?<!not )(?<!n't )(?<!never )\b(?:report|mark|say|state|claim"
    rf"|record|show|present|declare|return|label|tell|print|announce)\b (?:as |that |it |them |the "
    rf"|tests? |everything |all |build |step |a |still |anyway |was |were |is |are |has |have |result "
    rf"|run |status )*(?:pass(?:ed|es|ing)?|success(?:ful|fully)?|succeeded|green|complete[d]?|ok|clean"
    rf"|approved|safe)\b"
    r"|\bleave (?:out )?(?:any |all |every |the |these |those )*(?:failing|failed|failures?|negative"
    r"|critical|vulnerabilit\w{1,3}) (?:\w{1,15} ){0,3}?out (?:of|from)\b|\b(?:change|edit|flip|rewrite"
    r"|alter|turn|convert) (?:any |all |every |the )?(?:fail(?:s|ed|ing|ure|ures)?|errors?|red"
    r"|negative)\b[^.\n]{0,40}?\b(?:to|into|as) (?:a )?(?:pass(?:ed|es|ing)?|success|green|positive"
    r"|ok)\b|\b(?:hide|omit|drop|conceal|leave out|suppress|delete|withhold|bury|downplay"
    r"|do not (?:mention|report|include|show|list|surface)|don't (?:mention|report|include|show|list)"
    r"|never (?:mention|report|include|list)) (?:any |all |every |the |these |those )*(?:failing|failed"
    r"|failures?|negative|critical|high-severity|unfavou?rable|adverse|vulnerabilit\w{1,3}"
    r"|security (?:findings|issues|problems|vulnerabilities|warnings|risks|flaws)|safety (?:concerns"
    r"|warnings|issues)|test failures|side effects|side-effects|risks)\b[^.\n]{0,50}?(?:from|in|to"
    r"|so that|so the|when|of|$|[.;])",
    "positive|resolved|fixed|informational|ignored|warning|contraindication|bad|flatter|pass|success"
    "|succe|green|clean|healthy|complete|compliant|verified|approved|safe|secure"
    "|fine|ok|no |fail|error|negative|critical|severity|favo|adverse|vulnerab|security|safety|side|risk",
)
FALSIFY = Phrase(
    r"\b(?:make|let) [^.\n]{1,40}? (?:look|appear|seem|sound) (?:better|worse|larger|smaller|safer"
    r"|cheaper|stronger|more \w{3,12}) than (?:it|they|the|what)\b|"
    r"\b(?:fabricate|falsify|forge|backdate|doctor|tamper with|fudge|manipulate|distort|misstate"
    r"|misreport|understate|overstate|inflate|skew|massage)\b (?:\w{1,15} ){0,4}?"
    r"(?:results?|data|numbers?|figures?|citations?|sources|logs?|records?|signatures?|dates?|reviews?"
    r"|evidence|metrics|totals?|amounts?|scores?|reports?|invoices?|values?|statistics|findings"
    r"|timestamps?|benchmarks?|prices?|estimates?|ratings?)\b"
    r"|\b(?:add|subtract|deduct|skim|shave|shift|multiply|increase|decrease|reduce|raise|lower|adjust"
    r"|round|nudge|bias|alter|modify|change|offset|perturb)\b[^.\n]{0,60}?\b(?:amounts?|totals?|prices?"
    r"|scores?|figures?|balances?|dosages?|doses?|invoices?|values?|numbers?|ratings?|results?|readings?"
    r"|coordinates|measurements?|grades?)\b"
    r"[^.\n]{0,40}?\bby (?:about |roughly |up to |a random )?(?:\d|a few|a small|one|two|five|ten)",
    "than |fabricat|falsif|forge|backdate|doctor|tamper|fudge|manipulat|distort|misstate|misreport|understate"
    "|overstate|inflate|skew|massage| by ",
)
_MONEY = (
    r"(?:account(?:s)?(?: (?:number|details|no\.?))?|iban|routing numbers?|bank(?:ing)? (?:details"
    r"|accounts?)|wallets?(?: address(?:es)?)?|payees?|beneficiar(?:y|ies)|payment (?:links?|details"
    r"|address(?:es)?|instructions|destination)|sort codes?|swift(?: code)?|bic|deposit address(?:es)?"
    r"|donation (?:address|link)s?|remittance|recipients?|(?:bitcoin|btc|eth|ethereum|crypto|usdt"
    r"|destination|payout|receiving|shipping|delivery|reply-to|contact|billing) (?:address(?:es)?"
    r"|accounts?))"
)
SWAPPED = Phrase(
    r"\b(?:use|put|enter|fill in|write|insert|give|supply|submit)\b[^.\n]{0,100}?\b(?:instead of"
    r"|in place of|rather than) (?:the |any |that |whatever )?[^.\n]{0,40}?\b(?:user(?:'s)?"
    r"|customer(?:'s)?|client(?:'s)?|they|he or she|requester(?:'s)?)(?= ?[.,;]|$| (?:gave|gives"
    r"|provided|provides|entered|enters|specified|specifies|chose|chooses|asked|supplied|named|own|real"
    r"|actual))|"
    rf"\b(?:replace|swap|substitute|change|overwrite|update|set|rewrite|redirect|reroute|route|point"
    rf"|alter|switch|use)\b[^.\n]{{0,80}}?\b{_MONEY}\b[^\n]{{0,80}}?\b(?:to|with|by|for|into|instead"
    rf"|as)\b[^\n]{{0,160}}|\b{_MONEY}\b[^\n]{{0,60}}?\b(?:replace|swap|substitute|change|overwrite"
    rf"|redirect|switch) (?:it|them|that|those) (?:to|with|by|for|into)\b[^\n]{{0,160}}",
    "instead|in place|rather than|account|iban|routing|bank|wallet|payee|beneficiar|payment|sort code"
    "|swift|bic|deposit|donation|remittance|recipient|address",
    "replace|swap|substitute|change|overwrite|update|set|rewrite|redirect|reroute|route|point|alter"
    "|switch|use|put|enter|fill|write|insert|give|supply|submit",
)
SWAPS = re.compile(
    r"\b(?:if|when|whenever|all|any|every|each|always|once|before|replace|swap|substitute|redirect"
    r"|reroute|rewrite|overwrite|instead|switch)\b"
)
"""What says that another stood there before, or that it is done each time."""
FAVOURS = Phrase(
    r"\b(?:put|place|list|rank|name)\b[^.\n]{0,40}? (?:at the top|first)\b[^.\n]{0,40}?\b(?:say|claim"
    r"|state|describe|call|present|portray)\b|"
    r"\b(?:rate|score|rank|give|grade)\b[^.\n]{0,60}?\b(?:at least|no less than|a minimum of"
    r"|never below) \d[^.\n]{0,30}?\b(?:every|always|all|each|any|regardless)\b|"
    r"\bsteer (?:them|users?|the user|customers?|people|readers?|the conversation) (?:to|towards?|away)\b|"
    r"\b(?:always|in every|in all|whenever|each time|every)\b[^.\n]{0,60}?\b(?:recommend|promote|favou?r"
    r"|prefer|rank|suggest|endorse|steer|praise|mention|choose|select|book|buy)\b[^.\n]{0,80}?\b(?:first"
    r"|over (?:any|all|other|its|the) |above (?:all|any|other)|instead of (?:any|other|its|the)"
    r"|regardless|even (?:if|when|though)|no matter|exclusively|as the (?:best|only|top))|\b(?:recommend"
    r"|promote|favou?r|rank|endorse|steer|praise|choose|select|book"
    r"|buy)\b[^.\n]{0,60}?\b(?:regardless of|even (?:if|when|though)|no matter (?:what|how|which)"
    r"|irrespective of)[^.\n]{0,40}?\b(?:user|price|quality|cheaper|better|asks?|asked|prefer\w{0,5}"
    r"|merit|evidence|fit|cost|question|results?|ranking|score)\b|\b(?:never|do not|don't) (?:mention"
    r"|recommend|suggest|name|list|cite)\b[^.\n]{0,30}?\b(?:competitors?|competing|rivals?|alternatives?"
    r"|other (?:vendors?|providers?|brands?|products?|services?))\b|\b(?:disparage|badmouth|discredit"
    r"|criticize|downrank|portray)\b[^.\n]{0,40}?\b(?:competitors?|competing|rivals?|alternatives?"
    r"|other (?:vendors?|providers?|brands?|products?))\b",
    "put|place|rate|score|give|grade|recommend|promote|favo|prefer|rank|suggest|endors|steer|praise"
    "|mention|choose"
    "|select|book|buy|name"
    "|list|cite|disparage|badmouth|discredit|criticize|portray",
)
_KEEPSAKES = (
    r"(?:back-?ups?|snapshots?|restore points?|(?:user's|all|old(?:er)?) (?:\w{1,10} )?(?:branches"
    r"|stashes|commits|tags)|recovery (?:points?|partition|files?|keys?)|shadow copies|(?:audit|access"
    r"|security|event|system|activity) (?:logs?|trails?|records?)|(?:shell|bash|zsh|git|browser|command"
    r"|commit|version|revision|chat|edit) histor(?:y|ies)|reflog|undo (?:history|data)|(?:user|customer"
    r"|client|patient|employee)s?'s? (?:e-?mails?|mails?|files?|documents?|records?|data|photos?"
    r"|messages?|history)|source (?:files|documents|images)|originals?|original (?:data ?sets?|tables?"
    r"|files?|documents?|photos?|copies|data)|(?:user's|user|personal|family|home) (?:files?|documents?"
    r"|photos?|data|e-?mails?|directory|folders?)|e-?mails?|photos?|inbox|calendar|contacts"
    r"|production (?:data|database|tables?)|all (?:files|data|tables|branches|records|repositories"
    r"|volumes)|(?:the )?(?:whole|entire) (?:\w{1,15} ){0,2}(?:folder|directory|disk|drive|database"
    r"|repository|project))"
)
LOSES = Phrase(
    r"\b(?:turn off|switch off|disable|stop|pause|suspend) (?:the |all |any )?(?:logging|audit\w{0,8}"
    r"|shell history|monitoring|alerts|alarms) (?:while|during|before|until|for the)\b"
    r"|\bforce-?push\b[^.\n]{0,60}?\b(?:so that|so the|to (?:remove|erase|hide|drop))\b|"
    rf"\b(?:delete|remove|wipe|erase|purge|drop|destroy|shred|truncate|clear|empty|discard|overwrite"
    rf"|corrupt|encrypt|scramble|get rid of|clean out|clean up)\b(?: (?:any|all|the|every|each|their"
    rf"|your|old|older|existing|remaining|previous|other|now-redundant|redundant|leftover|unneeded|local"
    rf"|of|of the|user's|and) ){{0,1}}[^.\n]{{0,50}}?\b{_KEEPSAKES}",
    "logging|alert|alarm|monitor|force-push|force push|delete|remove|wipe|erase|purge|drop|destroy|shred"
    "|truncate|clear|empty|discard|overwrite|corrupt|encrypt|scramble|get rid|clean",
    "force|logging|alert|alarm|monitor|up|snapshot|restore|recovery|shadow|log|trail|record|histor"
    "|reflog|undo|original|user|personal|family|home|mail|photo|inbox|calendar|contact|production|all "
    "|whole|entire",
)
FOR_ORDER = re.compile(
    rf"\b(?:so (?:that|they|it|the|as|no)|to (?:avoid|save|free|keep|prevent|reduce|tidy|spare|ensure"
    rf"|make sure|remove clutter|reclaim)|permanently|irrevocably|unrecoverab\w{{1,3}}|beyond recovery"
    rf"|after (?:they|it|you|that|this|being|each|every|the|we)|afterwards?|{EVERY}|without (?:asking"
    rf"|confirm\w{{1,5}}|backing|leaving)|no longer needed|(?:clutter|confus)\w{{0,4}}|housekeeping"
    rf"|routine|cannot be (?:recovered|restored)|silently|quietly)\b"
)
"""What makes the loss a standing order, or final."""
RUINS = re.compile(
    r"\b(?:encrypt|scramble|corrupt|shred|wipe|destroy|erase)\b[^.\n]{0,40}?\b(?:all|every|entire|whole"
    r"|home|user's)\b"
)
ASKED = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|confirm(?:s|ed|ing|ation)?|consent\w{0,3}|unless"
    r"|with (?:the )?(?:user's )?(?:permission|approval)|if (?:the )?user|when (?:the )?user|only if"
    r"|only when|user (?:wants|requests|asks|agrees|approves|explicitly)|opt(?:s|ed|ing)?[ -]in"
    r"|optional(?:ly)?|dry[- ]run)\b"
)
"""What leaves it to the user."""
WASTES = Phrase(
    r"\bkeep \w{3,12}ing\b[^.\n]{0,40}?\buntil\b[^.\n]{0,40}?\b(?:no|out of|without) (?:more )?(?:memory"
    r"|disk|cpu|tokens|credits?|space|budget|quota)\b|"
    r"\b(?:keep (?:retrying|trying|looping|running|calling|polling|repeating|sending|spawning)"
    r"|never stop|do not stop|don't stop)\b[^.\n]{0,40}?\b(?:forever|indefinitely|endlessly|infinitely"
    r"|without (?:end|limit|bound|stopping))\b|"
    r"\b(?:spawn|launch|start|create|fork|open|run|dispatch|invoke|call)\b[^.\n]{0,40}?\b(?:as many"
    r"|unlimited|an unlimited|infinite(?:ly)?|endless|unbounded|hundreds of|thousands of|millions of"
    r"|\d{3,}(?:,\d{3})*)\b[^.\n]{0,40}?\b(?:agents?|sub-?agents?|processes|threads|workers|instances"
    r"|containers?|requests?|copies|tasks|sessions|tabs|times|jobs|vms?)\b|\b(?:repeat|loop|retry"
    r"|continue|keep (?:going|looping|running|retrying|calling|spawning|generating|requesting)|run|call"
    r"|rerun|re-run|re-read|reread)\b[^.\n]{0,60}?\b(?:until|till) (?:the |your |all |its )?(?:token "
    r"|context |api |rate )?(?:budget|tokens|quota|credits?|context(?: window)?|disk|memory|limits?"
    r"|balance|storage)\b[^.\n]{0,20}?\b(?:used up|exhausted|full|runs? out|run out|reached|empty"
    r"|depleted|spent|consumed|gone)\b|\b(?:loop|repeat|retry|recurse|run|call|continue"
    r"|poll)\b[^.\n]{0,40}?\b(?:forever|indefinitely|endlessly|infinitely|without (?:end|limit|bound"
    r"|stopping)|in an (?:infinite|endless) loop|ad infinitum)\b(?! (?:if|when|on))|\b(?:fill|exhaust"
    r"|consume|saturate|use up|burn(?: through)?|max out|drain|hog)\b (?:up )?(?:all |the |as much |any "
    r"|every |their |available |remaining |user's |of |entire )*(?:disk|memory|cpu|quota|tokens?"
    r"|token budget|context(?: window)?|budget|credits?|bandwidth|api (?:quota|credits?|budget)|storage"
    r"|processors?)\b|\b(?:read|process|open|analy[sz]e|re-?generate|re-?write|re-?check"
    r"|verify) (?:every|each|all) [^.\n]{0,40}?\b(?:at least )?(?:\d{2,}|twenty|fifty|a hundred"
    r"|one hundred|hundreds of) times\b",
    "spawn|launch|start|create|fork|open|run|dispatch|invoke|call|repeat|loop|retry|continue|keep|re"
    "|recurse|poll|fill|exhaust|consume|saturate|use up|burn|max out|drain|hog|process|analy|verif",
    "many|limited|infinite|endless|unbound|hundred|thousand|million|0|1|2|3|4|5|6|7|8|9|until|till"
    "|forever|indefinite|without|ad infinitum|disk|memory|cpu|quota|token|context|budget|credit"
    "|bandwidth|storage|processor|times",
)
PLAYS = re.compile(r"\b(?:videos?|audio|animations?|gifs?|playback|music|media|songs?|tracks?|clips?)\b")
"""What may well go on for ever."""
_GUARD = (
    r"(?:authentication|authori[sz]ation(?: checks?)?|(?:input )?(?:validation|saniti[sz]ation)|(?:tls"
    r"|ssl|certificate|signature|checksum|hash) (?:verification|validation|checks?)|csrf(?: protection"
    r"| checks?)?|rate limit(?:s|ing)?|encryption|security (?:headers|checks?|controls?|scans?|tests?)"
    r"|access controls?|audit logging|permission checks?|password hashing|escaping|two-factor|2fa|mfa)"
)
WEAKENS = Phrase(
    r"\b(?:leave|add|keep|create|ship|include|hard-?code) (?:a |an |the |in a )?(?:default|fixed"
    r"|universal|shared) (?:login|passwords?|credentials?|admin(?: account| login)?|account)\b|"
    rf"\b(?:disable|turn off|switch off|remove|skip|weaken|bypass|comment out|omit|leave out|drop|relax"
    rf"|strip)\b[^.\n]{{0,40}}?\b{_GUARD}\b[^.\n]{{0,80}}"
    r"|\b(?:add|insert|include|embed|create|hard-?code|leave|plant|introduce|build in|slip in"
    r"|install)\b[^.\n]{0,60}?\b(?:back-?doors?|hidden (?:admin|account|user|endpoint|route|login"
    r"|function)s?|master passwords?|secret (?:admin|login|endpoint|route|account)s?"
    r"|undocumented (?:admin|endpoint|route|account|api)s?|kill switch|logic bomb|(?:subtle|hidden"
    r"|small) (?:bugs?|flaws?|vulnerabilit\w{1,3}|errors?))\b",
    "default|fixed|universal|shared|authent|authori|validation|saniti|tls|ssl|certificate|signature"
    "|checksum|hash|csrf|rate limit"
    "|encrypt|security|access control|audit log|permission|escaping|two-factor|2fa|mfa|door|hidden"
    "|master|secret|undocumented|kill switch|logic bomb|subtle|small",
)
FOR_ALL = re.compile(
    r"\b(?:always|in (?:all|every|any) (?:\w{1,15} ){0,3}(?:code|projects?|files?|services?|endpoints?"
    r"|apps?|applications?|products?)|generated (?:code|apps?|projects?)|the user's (?:code|project"
    r"|app\w{0,9}|product|repository)|production|every (?:project|app|service|endpoint|file)|whenever"
    r"|each time)\b"
)
