"""How skills word what they have installed, pasted and unpacked."""

from __future__ import annotations

import re

_NOUN = (
    r"(?:tool|utility|component|driver|helper|agent|client|cli|runtime|service|module|plugin|extension"
    r"|connector"
    r"|bridge|daemon|core|engine|binary|app|application|software|package|program|updater|installer|codec"
    r"|pack|loader)"
)
REQUIRED = re.compile(
    r"\b(?:must|needs? to|has to|have to|should|ha[sd] got to) (?:first |already |also )?(?:be )?"
    r"(?:installed|install|downloaded|download|running|set up|present|in place|available|active)\b"
    rf"|\b(?:required|mandatory|necessary|essential|companion|prerequisite|dependency|dedicated|official"
    rf"|supporting)"
    rf" (?:[\w-]{{2,30}} )?{_NOUN}\b"
    r"|\b(?:requires?|depends? on|relies on|needs?) (?:the |an? )?[^.\n]{1,80}?"
    rf"\b(?:{_NOUN}|(?:to be )?(?:installed|running|from)|to (?:function|work|run|operate))\b"
    r"|\b(?:make sure|ensure|verify|confirm|check) (?:that )?[^.\n]{1,80}? (?:is"
    r"|are) (?:\w{2,12} )?(?:installed|running|present"
    r"|available|set up|active)\b"
    r"|\b(?:will|does|do|can|won'?t|doesn'?t|don'?t|cannot|can'?t)(?: ?not|n't|n’t)? (?:work|run|function"
    r"|start|operate"
    r"|load|connect) (?:properly |correctly )?(?:without|unless|until|if)\b"
    r"|\b(?:without (?:it|this|the [\w-]{2,30}))[^.\n]{0,60}\b(?:fail|not work|unavailable|disabled|no "
    r"effect|error)"
    r"|\b(?:prerequisites?|requirements?|dependenc(?:y|ies)|setup|installation)\b[*_` ]{0,4}:"
    r"|\b(?:before|prior to) (?:you )?(?:using|use|first use|the first|start|starting|running|run|continue"
    r"|continuing|proceeding"
    r"|anything|any|this)\b[^.\n]{0,120}\b(?:install|download|set up|get|grab|run|launch|open|unpack)\b"
    r"|\b(?:install|download|set up|get|grab|run|launch)\b[^.\n]{1,160}\b(?:before|prior to) (?:you "
    r")?(?:using|use|first|start"
    r"|starting|running|continuing|proceeding|this skill|invoking)\b"
    r"|\bfirst,? (?:install|download|get|grab|set up)\b|\b(?:is|are) (?:required|mandatory|needed|a "
    r"prerequisite)\b"
    r"|(?:必须|需要|请)先?(?:安装|下载)"
    r"|необходимо (?:установить|скачать)|(?:debe|hay que) (?:instalar|descargar)"
    r"|muss (?:zuerst )?installiert|doit être installé",
    re.IGNORECASE,
)
REQUIRED_HEAD = re.compile(
    r"\b(?:prerequisites?|requirements?|required|before you (?:start|begin)|dependenc(?:y|ies)|setup|set[ "
    r"-]up"
    r"|installation|install|getting started|first run|quick ?start|prepar\w{2,6})\b|前提|安装|установка"
    r"|requisitos",
    re.IGNORECASE,
)
INSTALL = re.compile(
    r"\b(?:install|download|set up|get|grab|fetch|obtain|run|launch|windows|macos|linux|available (?:at"
    r"|from|on))\b"
    r"|安装|下载|скача|descarg|télécharg",
    re.IGNORECASE,
)
FROM = re.compile(
    rf"\b(?:install|download|get|grab|fetch) (?:the |our |this "
    rf"|an? )?(?:[\w*`-]{{1,30}} ){{0,3}}{_NOUN}\b[*`]{{0,3}} (?:from|at|here)\b",
    re.IGNORECASE,
)
_CONSOLE = (
    r"(?:terminal|shell|console|command (?:prompt|line)|powershell|run (?:dialog|box)|cmd|prompt|iterm"
    r"|bash|zsh)"
)
_LINE = r"(?:commands?|one-?liner|script|snippet|line|code|instructions?|block|text|contents?|it|them)"
PASTE = re.compile(
    rf"\b(?:copy|copying|grab|take)\b[^\n]{{0,160}}\b(?:paste|pasting|run|running|execute|executing"
    rf"|enter)\b[^\n]{{0,100}}"
    rf"\b{_CONSOLE}\b"
    rf"|\bcopy\b[^\n]{{0,80}}\b{_CONSOLE}\b[^\n]{{0,40}}\bpaste\b"
    rf"|\b(?:visit|open|go to|head to|browse to|navigate to|see|from|on|at)\b[^\n]{{0,160}}\b(?:run"
    rf"|execute|paste|enter|type|copy)\b"
    rf"[^\n]{{0,60}}\b{_LINE}\b[^\n]{{0,80}}"
    rf"\b(?:shown|listed|displayed|found|provided|given|there|on (?:the|that|this) page|from (?:the|that"
    rf"|this) page"
    rf"|(?:in|into|inside|to|with) (?:your |the |a )?{_CONSOLE})\b"
    rf"|\b(?:paste|run|execute)\b[^\n]{{0,40}}\b{_LINE}\b[^\n]{{0,60}}\b(?:from|at|on|found|listed|shown)\b"
    rf"|\b(?:paste|run|execute)\b[^\n]{{0,80}}\b(?:in|into) (?:your |the |a )?{_CONSOLE}\b",
    re.IGNORECASE,
)
ENDS = re.compile(
    rf"\b(?:{_CONSOLE}|shown|listed|displayed|found|provided|given|there|page|from|at|on)\b", re.IGNORECASE
)
AHEAD = 500
"""So far behind a sentence a piece of advice may end."""
SECRET_WORD = re.compile(
    r"\b(?:pass(?:word|code|phrase|wort)?|pwd|pw|unlock(?:ing)? (?:code|key)|пароль|contraseña|mot de "
    r"passe|密码)[*_`]{0,3}"
    r"(?:[ \t]?[:=：]|[ \t](?:is|ist|est|es)\b)[ \t]{0,2}[*_`\"'“]{0,3}[^\s*_`\"'“”<{$\[(]{2}"
    r"|\b(?:with|using|use|by|enter) (?:the )?(?:pass(?:word|code|phrase)?|unlock code|pw)(?:[ \t]is)?[ "
    r"\t:]{1,2}[`\"'“*]{1,2}"
    r"[^\s`\"'“”<{$\[]{2}"
    r"|\bpass(?:word|code|phrase)?[ \t][`“][^\s`”<{$\[]{2}"
    r"|\b(?:7z|unzip|unrar)\b[^\n]{0,80}[ ]-[pP][ ]?[`\"']?[A-Za-z0-9]{3}",
    re.IGNORECASE,
)
PACKED = re.compile(
    r"\b(?:zip|rar|7z|7-zip|archive|unzip|unrar)\b|\.(?:zip|rar|7z|tar\.gz|tgz)\b|压缩包|архив", re.IGNORECASE
)
FETCH = re.compile(
    r"\b(?:download|extract|unzip|unpack|decompress|unrar|get|grab|fetch|open|unlock)(?:ed|s|ing)?\b|解压|下载"
    r"|распак|скача",
    re.IGNORECASE,
)
OWN_ARCHIVE = re.compile(
    r"\b(?:create|creat|mak|protect|encrypt|compress|ask|prompt|produc|writ|sav|export|generat|build"
    r"|test)(?:e|es|ed|ing|s)?\b",
    re.IGNORECASE,
)
THEN_RUN = re.compile(
    r"\b(?:download|grab|fetch|save|get)\b[^\n]{1,300}?\b(?:run|execute|launch|double-?click|install|start"
    r"|open)\b"
    r"[ \t]{1,2}(?:on )?(?:it\b|(?:the|that|this) (?:[\w-]{2,20} )?(?:file|binary|installer|executable"
    r"|program"
    r"|script|setup|app|package|agent|tool|utility|client)\b"
    r"|[*`]{0,3}\.?/?[\w.-]{1,60}\.(?:exe|msi|sh|bat|ps1|pkg|dmg|command|py|app)\b)",
    re.IGNORECASE,
)


LAUNCH = re.compile(
    r"\b(?:and|then|,) (?:then )?(?:run|execute|launch|start|open|double-?click)\b(?! (?:the )?(?:tests?"
    r"|skill|command))"
    r"|\bmust be running\b|\bin the background\b|\bextract\b|\bunzip\b",
    re.IGNORECASE,
)
