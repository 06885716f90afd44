"""The words of giving away: where data goes, what goes there each time, and who gets access."""

from __future__ import annotations

import re

from trace2skill.lint.phrases import Phrase

MAIL = r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{1,60}"
_HOST = (
    r"\b(?:[a-z0-9-]{1,40}\.){1,4}(?:example|com|net|org|io|dev|xyz|site|app|co|ru|cn|top|cloud|online"
    r"|me|tech|ai)\b(?!\.?\w)"
)
LITERAL = re.compile(
    rf"https?://(?!localhost|127\.)|\\\\[\w.-]{{2,40}}\\|{MAIL}|\bpublic (?:gist|paste|bucket|channel)\b"
    rf"|\bpastebin\b|\bs3://|\bgs://|\bftp://|\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b|(?<![\w/.@]){_HOST}"
)
"""A destination that is written out."""
EVERY = (
    r"(?:always|each time|every time|whenever|for every|for each|after each|after every|with each"
    r"|with every|on each|on every|at the end of (?:each|every|the)|at the start of (?:each|every)"
    r"|before finishing|before you finish|before completing|once (?:done|finished|complete\w{0,2}|ready"
    r"|the \w{1,20})|when (?:done|finished|complete\w{0,2}|you (?:finish|are done)|the \w{1,20} (?:is"
    r"|are))"
    r"|as (?:a |the )?(?:final|last) step|finally|after (?:the|any|finishing|completing|generating"
    r"|creating|writing|saving|processing|sending)|upon completion|in all|in every|in each|any time)"
)
_HANDS_ON = (
    r"(?:send(?:s|ing)?|sent|upload(?:s|ed|ing)?|forward(?:s|ed|ing)?|transmit\w{0,4}|submit\w{0,4}"
    r"|post(?:s|ed|ing)?|push(?:es|ed)?|sync(?:s|ed|ing)?|mirror(?:s|ed|ing)?|relay(?:s|ed)?|deliver(?:s"
    r"|ed)?|cop(?:y|ies|ied)|duplicates?|share(?:s|d)?|export(?:s|ed)?|back(?:s|ed)? ?up|bcc|cc|goes|go"
    r"|lands?|e-?mail(?:s|ed)?(?![:*])|mail(?:s|ed)?|deposit(?:s|ed)?|report(?:s|ed)?|includ(?:e|es|ed)"
    r"|add|save(?:s|d)?|store(?:s|d)?|put|pass(?:es|ed)?|encod(?:e|es|ed)|embed\w{0,4}|append\w{0,3}"
    r"|log(?:s|ged)?|stream\w{0,3}|publish\w{0,3}|paste|writes?|written|ships?|shipped|attach(?:es|ed)?"
    r"|hand(?:s|ed)?|release[sd]?|dump(?:s|ed)?|book(?:s|ed)?|call)"
)
_DEST = (
    r"(?:https?://|[\w.+-]{1,60}@|\bs3://|\bgs://|\bftp://|\\\\|\bserver\b|\bendpoint\b|\bwebhook\b"
    r"|\bmailbox\b|\binbox\b|\bbucket\b|\bdesk\b|\bexternal\b|\bthird[- ]party\b|\bcollector\b"
    r"|\bshared drive\b"
    rf"|\barchive\b|\bvault\b|\bpartner\b|\bvendor\b|\boff-?site\b|\bremote\b|\bgist\b|\bquery string\b"
    rf"|\btelemetry\b|{_HOST}|\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b)"
)
HANDED_ON = Phrase(
    rf"\b{_HANDS_ON}\b[^\n]{{0,140}}?\b(?:to|into|on|onto|at|via|through|with|toward|under"
    rf"|in)\b[^\n]{{0,40}}?{_DEST}"
    rf"|\b(?:bcc|cc)\b[ :]{{1,3}}[`<]?{MAIL}|{MAIL}[`>]? (?:in|on) (?:the )?b?cc\b"
    rf"|\bpost\b[^\n]{{0,60}}?https?://",
    "http|@|s3://|gs://|ftp://|\\\\|server|endpoint|webhook|mailbox|inbox|bucket|desk|external|third"
    "|collector|drive|archive|vault|partner|vendor|site|remote|gist|query string|telemetry|.",
    goal=_DEST,
)
STANDING = re.compile(
    rf"\b(?:{EVERY}|also|additionally|in addition|as well|(?:a|one|an extra|an additional|a second"
    rf"|another) copy|duplicate|bcc|in parallel|mirror\w{{0,3}}|each|every|always|all|any|automatically"
    rf"|must|step|by default|whenever|final|nightly|daily|hourly|weekly|periodically|as agreed|requires?"
    rf"|required|end|bottom|footer|first)\b"
)
"""What makes it more than what the user asked for once."""
SECRETS = re.compile(
    r"\.env\b|~/\.(?:ssh|aws|netrc|kube|config|npmrc|gnupg)|\b(?:credentials?|api keys?|access tokens?"
    r"|tokens?|private keys?|passwords?|cookies|secrets|environment variables|(?:full|entire|complete"
    r"|whole) (?:conversation|chat|transcript|prompt|history)|system prompt|chat history"
    r"|conversation history)\b"
)
PRODUCT = re.compile(
    r"\b(?:documents?|readmes?|pages?|e-?mails?|reports?|outputs?|html|responses?|answers?|posts?"
    r"|articles?|slides?|presentations?|code|commits?|messages?|footer|summar(?:y|ies)|newsletters?"
    r"|websites?|files?|posters?|letters?|invoices?|pull requests?|descriptions?)\b"
)
GOODS = re.compile(
    r"\b(?:conversations?|transcripts?|chat|prompts?|messages?|files?|documents?|source|code|codebase"
    r"|keys?|credentials?|tokens?|secrets?|passwords?|\.env|environment|logs?|history|workspace"
    r"|repositor(?:y|ies)|outputs?|results?|summar(?:y|ies)|contents?|records?|data|reports?|databases?"
    r"|config\w{0,10}|contacts?|notes?|cop(?:y|ies)|invoices?|presentations?|slides?|spreadsheets?|pdfs?"
    r"|images?|photos?|e-?mails?|drafts?|contracts?|statements?|backups?|inputs?|questions?|rows"
    r"|directory|director(?:y|ies)|folders?|text|answers?|chats?|numbers?|sessions?|work|it|them"
    r"|everything)\b"
)
PRETEXT = Phrase(
    r"\b(?:as part of|per|under|in line with|in accordance with|in compliance with|according to"
    r"|following|to comply with|as (?:required|mandated|requested|stipulated) by|due to|for|to satisfy"
    r"|to meet|consistent with|pursuant to|as a matter of|our|the|company|corporate)\b[^.\n]{0,50}?"
    r"\b(?:polic(?:y|ies)|complian\w{2}|regulations?|regulatory|audit(?:ing|s)?|retention|governance"
    r"|mandate|protocol|record[- ]keeping|records|quality (?:assurance|control|monitoring)|telemetry"
    r"|diagnostics?|legal (?:requirements?|hold)|security (?:requirements?|standards?|polic(?:y|ies))"
    r"|company (?:rules|standards?)|internal (?:rules|standards?)|service agreement|terms of (?:service"
    r"|use)|data protection|oversight|monitoring|backup (?:policy|procedure|plan))\b",
    "polic|complian|regulat|audit|retention|governance|mandate|protocol|record|quality|telemetry|diagnos"
    "|legal|security|company|internal|agreement|terms|protection|oversight|monitoring|backup",
)
PROMOTES = Phrase(
    rf"\b(?:add|include|insert|append|embed|place|put|attach|inject|weave|end with|close with"
    rf"|finish with|link|display|show|mention|contains?|credit|promote|advertise|feature"
    rf"|state)\b[^\n]{{0,160}}?(?:https?://|{_HOST})",
    "http|.",
)
GRANTS = Phrase(
    r"\b(?:add|append|install|open|allow|enable|grant|give|let|expose)\b[^\n]{0,80}?\b(?:our|my"
    r"|the vendor's|the author's|the maintainer's) (?:\w{1,14} )?(?:team|engineers?|staff|public key"
    r"|ssh key|key|account|bot|servers?|service)\b[^\n]{0,60}?\b(?:access|connect|log ?in"
    r"|authorized_keys|collaborator|admin|reach|maintenance)\b|"
    rf"\b(?:add|invite|grant|give|share|make|set|assign|promote|enroll|provision|include|whitelist"
    rf"|allow-?list|register|transfer)\b[^.\n]{{0,80}}?(?:{MAIL}|(?<![\w`/])@[a-z][\w-]{{2,39}}\b"
    rf"|\b(?:user|account|login|service account|key) `[\w.@-]{{3,60}}`)[^.\n]{{0,60}}?"
    r"\b(?:admin(?:istrator)?s?|owners?|collaborators?|editors?|maintainers?|co-?owners?|superuser|root"
    r"|full (?:access|control|permissions?)|write (?:access|permissions?)|edit(?:or)? (?:access|rights)"
    r"|access|(?:push|commit|merge|deploy|publish) (?:rights|access|permissions?)|rights|contributor"
    r"|delegate|approver|trusted|viewer|ownership)\b"
    rf"|\b(?:grant|give|share|assign)\b[^.\n]{{0,60}}?\b(?:admin\w{{0,9}}|owner\w{{0,4}}|full|write"
    rf"|edit\w{{0,2}}|root|read) ?(?:access|control|permissions?|rights|role"
    rf"|privileges?)?\b[^.\n]{{0,50}}?\bto {{1,2}}(?:{MAIL}|`?@[\w-]{{2,39}})",
    "authorized_keys|connect|log|maintenance|reach|admin|owner|collaborator|editor|maintainer|superuser"
    "|root|access|control|permission|rights|contributor|delegate|approver|trusted|viewer|role|privilege",
    "append|install|open|allow|enable|let|expose|add|invite|grant|give|share|make|set|assign|promote"
    "|enroll|provision|include|list|register|transfer",
)
