"""What headings, sentences before code and heads of tables announce: a step, an example, or what is wrong."""

from __future__ import annotations

import re

from trace2skill.lint.polarity import is_negated, negated_at

_WRONG = re.compile(
    r"\b(?:anti-?patterns?|bad|wrong|avoid|don'?ts?|never|red flags?|detect(?:ion|ing|s)?|attacks?|"
    r"attackers?|malicious|suspicious|vulnerab\w{1,8}|threats?|exploits?|indicators?|insecure|unsafe|flag(?:ged)?|"
    r"injections?|obfuscation|payloads?|what (?:not to do|to look for)|common mistakes|pitfalls?|"
    r"incorrect|adversarial|evasions?|abuse)\b|❌|🚫|✗|不要|反面|攻撃|攻击|漏洞",
    re.IGNORECASE,
)
_SETUP = re.compile(
    r"\b(?:install\w{0,6}|set-?\s?up|prerequisites?|requirements?|quick ?start|getting started|required"
    r"|first run|initiali[sz]\w{1,5})\b|安装|前置|依赖|установк|インストール|設定",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\b(?:examples?|samples?|e\.g\.|looks? like|output|response|illustrat\w{1,5}|hypothetical|typical\w{0,2}"
    r"|might see|for instance|what an? \w{1,20} (?:sends?|does|leaves?|might))\b",
    re.IGNORECASE,
)
_RUN = re.compile(
    r"\b(?:run|execute|install|start|begin|first|then|next|use|call|invoke|download|configure|set up|launch"
    r"|perform|paste|type|enter|step \d)\b|运行|执行|安装|запуст|выполн|実行",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"(?:^|[,:;]\s|[，、。]|\b(?:to|please|then|must|and|now)\s)"
    r"(?P<verb>\b(?:run|execute|install|paste|type|use|download)\b|(?:运行|执行|安装))",
    re.IGNORECASE,
)
"""A sentence that has what follows it run."""
_ANNOUNCES = re.compile(r"[:：]\W{0,4}$|\b(?:this|these|following|below)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S{1,500}", re.IGNORECASE)
_LABEL = re.compile(
    r"\s{0,20}(?:#|//|--|/\*)[^\n]{0,40}?(?:\b(?:bad|wrong|vulnerable|malicious|attacker\w{0,2}|insecure|unsafe"
    r"|incorrect|don'?t|do not|never|anti-?pattern)\b|❌|🚫|✗)",
    re.IGNORECASE,
)
_TAUGHT = re.compile(
    r"\b(?:detects?|flags?|flagged|look(?:s|ing)? for|watch(?:ing)? for|such as|e\.g\.|for example|attackers?"
    r"|adversar\w{1,6}|malicious|phrases?|patterns?|injections?|injected|indicators?|red flags?|untrusted"
    r"|suspicious|treat(?:ed)?|would|tries|trying|attempts?|jailbreaks?|payloads?|scan(?:s|ned)? for|reject"
    r"|refuse|ignore (?:any|it|them|such|text)|grep|regex|signatures?|block(?:s|ed)?|test (?:cases?|that))\b",
    re.IGNORECASE,
)
_PATTERN_HEAD = re.compile(
    r"\b(?:patterns?|indicators?|signatures?|attacks?|threats?|bad|avoid|don'?t|red flags?|detect\w{0,5}|"
    r"example of abuse|vulnerab\w{1,8}|risks?|wrong|anti-?patterns?|phrases?)\b",
    re.IGNORECASE,
)
_CALLOUT = re.compile(
    r"^\W{0,8}(?:\[!\w{1,12}\]|(?:note|important|warning|caution|tip|prerequisites?|required|requirement|attention"
    r"|danger|info|notice|must|critical|heads[- ]up|security)\b(?! to\b))|^\s{0,3}[⚠️🚨❗📌🔴🛑ℹ]",
    re.IGNORECASE,
)
_LONGEST = 600


def is_about_wrong(text: str) -> bool:
    """Say whether a heading, or the sentence before a fence, announces what is wrong."""
    return _WRONG.search(text[:_LONGEST]) is not None and _SETUP.search(text[:_LONGEST]) is None


def shows_wrong(lead: str, code: str) -> bool:
    """Say whether code is shown as wrong, by the sentence before it or by its own first comments."""
    if any(not negated_at(lead, order.start("verb")) for order in _ORDER.finditer(lead[:_LONGEST])):
        return False
    labelled = any(_LABEL.match(line) for line in code[:_LONGEST].split("\n", 3)[:3])
    return labelled or (_announces(lead) and (is_negated(lead) or is_about_wrong(lead)))


def _announces(lead: str) -> bool:
    """Say whether a sentence is about what follows it, and does not merely stand before it."""
    return _ANNOUNCES.search(lead[-_LONGEST:]) is not None


def is_setup(text: str) -> bool:
    """Say whether a heading announces what is to be done first."""
    return _SETUP.search(text[:_LONGEST]) is not None


def is_only_shown(lead: str, heading: str) -> bool:
    """Say whether the sentence before a fence, or else the heading, announces an example, not a step."""
    text = _ADDRESS.sub("", lead[:_LONGEST] if _announces(lead) else heading[:_LONGEST])
    return _SHOWN.search(text) is not None and _RUN.search(f"{lead[:_LONGEST]} {text}") is None


def is_taught(text: str) -> bool:
    """Say whether a sentence speaks of what others do, and how it is known."""
    return _TAUGHT.search(text[: 2 * _LONGEST]) is not None


def is_pattern_table(text: str) -> bool:
    """Say whether the head of a table announces patterns to look for."""
    return len(text) < 80 and _PATTERN_HEAD.search(text) is not None


def is_callout(text: str) -> bool:
    """Say whether a block quote is a box with the skill's own words: a note, a warning, a requirement."""
    return _CALLOUT.search(text[:100]) is not None
