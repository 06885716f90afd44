"""What the words of an order are, and whether a place where they stand is one."""

from __future__ import annotations

import re

from trace2skill.injection.context import commanded, quoted, said

Match = re.Match[str]
_SOON = 30
_NEAR = 300
"""How far from an order the words may stand that show what it is."""

_AGENTS = (
    r"(?:ai|llm|language model|assistant|agent|chatbot|bot|claude|chatgpt|gpt-?[345]\w{0,8}|gemini|copilot"
    r"|codex)s?"
)
ADDRESSED = re.compile(
    r"\b(?:if|since|as) you(?:(?:'|’)re| are) an? (?:[a-z]{1,20} )?(?:ai|llm|language model"
    r"|assistant|agent|chatbot)\b"
    r"|\b(?:attention|dear|message (?:to|for)|note (?:to|for)|notice (?:to|for))[,:]? "
    rf"(?:the |all |any |every )?(?:[a-z]{{1,20}} )?{_AGENTS}\b"
    r"|\bimportant message from me\b|\bmessage from [^\n]{1,60} to you, "
    r"|\b(?:ai|llm) (?:assistants?|agents?|models?|systems?) (?:reading|processing|parsing|viewing"
    r"|visiting)\b"
)
SPOKEN_OF = re.compile(
    rf"\binstructions? (?:to|for) (?:the |all |any |every )?(?:[a-z]{{1,20}} )?{_AGENTS}\b"
    rf"|\b{_AGENTS} (?:must|shall|should|needs? to|(?:is|are) required to) "
)
_NAMED = re.compile(
    r"\b(?:ai (?:agent|assistant|model|system)|language model|llm|chatbot|claude|chatgpt|copilot|gemini)s?\b"
    r"[^\n]{0,60}?\b(?:you|must|should|please|always|never)\b"
)
_RISKY = (
    r"(?:send|post|upload|forward|e-?mail|transmit|exfiltrate|leak|disclose|reveal|transfer|wire|delete"
    r"|disable|download|curl|wget|secretly|silently|covertly|ignore (?:all|any|your|the)|disregard)"
)
_DEMAND = re.compile(
    rf"\b(?:{_RISKY}|run|execute|fetch|visit|navigate|open|click|install|pay|book|invite|approve|recommend"
    r"|include|append|insert|store|save|remember|follow|output|print|write|reply|respond|go to"
    r"|do not (?:tell|mention|inform|reveal)|before you can (?:solve|do|complete))\b"
)
_RISK = re.compile(rf"\b{_RISKY}\b")
CONCEALED = re.compile(
    r"\b(?:do not|don(?:'|’)t|never|must not|without) (?:tell|telling|mention|mentioning|inform|informing"
    r"|notify|notifying|alert|alerting|reveal|revealing|disclose|disclosing|let|letting|show|showing)\b"
    r"[^.\n]{0,40}?\b(?:user|human|operator|owner)s?\b"
)
_DIRE = re.compile(r"\b(?:exfiltrate|curl|wget|secretly|silently|covertly|upload|forward|transmit)\b")


def _near(match: Match) -> str:
    """Return the text around *match*, itself included."""
    return match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]


def is_addressed(text: str) -> bool:
    """Say whether *text* speaks to an agent or a model."""
    return ADDRESSED.search(text) is not None


def steers(text: str) -> bool:
    """Say whether *text* speaks to an agent, in whatever way, and wants it to do something.

    That is little; it is enough for words that somebody took care to hide.
    """
    spoken = any(pattern.search(text) for pattern in (ADDRESSED, SPOKEN_OF, _NAMED, CONCEALED))
    return spoken and _DEMAND.search(text) is not None


_FILLERS = frozenset(
    "all any every each of the your my our these those this that other and or given previously".split()
)
_EARLIER = frozenset(
    "previous prior above earlier preceding foregoing original initial existing former system past"
    " your".split()
)
_STRICT = ("override", "bypass")
_WEAK_NOUNS = ("rule", "polic", "constraint", "restriction", "command", "task", "order", "direction")


def overrides(match: Match) -> bool:
    """Say whether what is to be ignored are earlier instructions, and those of the reader."""
    words = set(match["which"].replace(",", " ").split())
    if not words <= _FILLERS | _EARLIER or not words & _EARLIER:
        return False
    # "Override the system prompt" is what an option does; "existing rules" are those of a linter.
    own = "your" in words
    if match["verb"].startswith(_STRICT) and not own:
        return False
    weak = match["noun"].startswith(_WEAK_NOUNS)
    return (own or not weak or {"all", "previous"} <= words) and said(
        match.string, match.start("verb"), match.end()
    )


def demands(match: Match) -> bool:
    """Say whether a demand follows: any if an agent is spoken to, a risky one if it is spoken of."""
    text, start, end = match.string, match.start(), match.end()
    if is_addressed(match[0]):
        rest = text[end : end + _NEAR].split("\n\n", 1)[0]
        opens = match[0].startswith(("important", "message from")) or commanded(text, start)
        return opens and not quoted(text, start, end) and _DEMAND.search(rest) is not None
    return _RISK.search(text[end : end + _SOON].split("\n", 1)[0]) is not None


def conceals(match: Match) -> bool:
    """Say whether secrecy goes with a word to an agent, or with sending things away."""
    around = _near(match)
    return is_addressed(around) or _DIRE.search(around) is not None


def ordered(match: Match) -> bool:
    """Say whether the words are an order and no quotation."""
    return said(match.string, *match.span())


def unquoted(match: Match) -> bool:
    """Say whether the words are more than a quotation."""
    return not quoted(match.string, *match.span())


def corroborated(match: Match) -> bool:
    """Say whether an order that many manuals give goes with a word to an agent or with secrecy."""
    around = _near(match)
    shown = is_addressed(around) or CONCEALED.search(around) or _DIRE.search(around)
    return bool(shown) and said(match.string, *match.span())


def fakes(match: Match) -> bool:
    """Say whether a role marker begins a turn in plain text: in code and in templates it is quoted."""
    text, start, end = match.string, match.start(), match.end()
    line = text[max(0, start - 200) : start].rpartition("\n")[2]
    rest = text[end : end + 200]
    in_code = any(sign in line + rest.split("\n", 1)[0] for sign in ("{", "' +", '" +', "\\\\", '|>"', "|>'"))
    plain = not line.strip(" >*#-") and not in_code and rest[:1] not in _CODE_MARKS
    return plain and len(re.findall(r"[a-z]{2,20}", rest)) >= 4


_CODE_MARKS = tuple("\"'`,;)")
