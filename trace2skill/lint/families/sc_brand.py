"""SC: skills that pass themselves off as somebody's whose they may not be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.reputation import ANYONE, addresses_in
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View
from trace2skill.records import Severity

_BRANDS = tuple(
    "anthropic claude openai chatgpt google microsoft github gitlab amazon azure apple facebook whatsapp"
    " telegram discord slack stripe paypal coinbase binance metamask phantom solana ethereum polymarket "
    "youtube"
    " twitter notion linear sentry vercel supabase cloudflare docker kubernetes huggingface openclaw "
    "clawhub".split()
)
_CLAIM = re.compile(
    r"\b(?:official|verified|certified|authori[sz]ed|approved|endorsed|genuine)\b[^.\n]{0,40}?\b(?:by )?"
    rf"({'|'.join(_BRANDS)})\b[^.\n]{{0,30}}?\b(?:skill|tool|plugin|extension|integration|release|package"
    rf"|app|utility)\b"
    rf"|\b(?:skill|tool|plugin|extension|release|package)\b[^.\n]{{0,40}}?\b(?:published|verified|signed"
    rf"|certified|approved|endorsed|audited|maintained) by (?:the )?({'|'.join(_BRANDS)})\b",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(r"(?<![a-z])(?:official|verified|certified|genuine|original|authentic)(?![a-z])")
_DIGITS = (str.maketrans("013457", "oleast"), str.maketrans("013457", "oieast"))
_WORD = re.compile(r"[a-z0-9]{5,24}")
_REAL = frozenset(
    "clouds cloud goggle slacks strips stripes strip notions docket dockers linears apples apply".split()
)


def lookalike(view: View) -> Iterator[Hit]:
    """Find names that are one slip away from a brand, and claims to be a brand's own."""
    declared = view.front.get("name")
    name = f"{view.name} {declared if isinstance(declared, str) else ''}".lower()
    for word in sorted(set(_WORD.findall(name))):
        meant = _meant(word)
        if meant:
            yield _hit(view, f"{word} looks like {meant} and is not", name.strip(), None)
    if _OFFICIAL.search(name) and any(brand in name for brand in _BRANDS):
        yield _hit(view, "its name says that it is a brand's own", name.strip(), None)
    for text in (view.description, *(span.text for _, span in view.spans("prose", "item", "heading"))):
        claim = _CLAIM.search(text[:2000])
        if claim:
            brand = (claim[1] or claim[2]).lower()
            level: Severity | None = None if _is_suspect(view) else "note"
            yield _hit(view, f"says that it is {brand}'s own or has its blessing", claim[0], level)
            return


def _hit(view: View, said: str, evidence: str, level: Severity | None) -> Hit:
    front = view.main.front_raw if view.main is not None else ""
    line = front.partition("name:")[0].count("\n") + 1
    return Hit(MAIN, line, said, fix="say who made the skill", evidence=evidence, level=level)


def _meant(word: str) -> str:
    """Return the brand that *word* imitates: by digits for letters, a doubled, lost, swapped or wrong "
    "letter."""
    if word in _BRANDS or word in _REAL:
        return ""
    plain = (word.translate(table).replace("vv", "w") for table in _DIGITS)
    folded = next((one for one in plain if one in _BRANDS), "")
    if folded:
        return folded
    return next((brand for brand in _BRANDS if len(brand) > 5 and _is_near(word, brand)), "")


def _is_near(word: str, brand: str) -> bool:
    if len(word) == len(brand):
        wrong = [at for at in range(len(word)) if word[at] != brand[at]]
        return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and word[wrong[0]] == brand[wrong[1]]
    longer, shorter = (word, brand) if len(word) > len(brand) else (brand, word)
    if len(longer) - len(shorter) != 1 or longer[:-1] == shorter:
        return False  # a plural or a verb is no imitation
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer) - 1))


def _is_suspect(view: View) -> bool:
    """Say whether the skill leads to programs or pages of strangers."""
    for document in view.documents():
        for address in addresses_in(document.text[:200_000]):
            free = address.standing in ANYONE - {"hosting"}
            if free or (address.standing == "unknown" and (address.is_program or address.owner)):
                return True
    return False


RULES = (
    Rule(
        id="SC612", name="lookalike-brand", class_="risky", level="warning", check=lookalike,
        why="A known name is trusted before anybody looks at what stands below it.",
        bad={"SKILL.md": "---\nname: g1thub-helper\ndescription: Use for issues.\n---\n\nRun it.\n"},
        good={"SKILL.md": "---\nname: github-helper\ndescription: Use for issues.\n---\n\nRun.\n"},
        hazards=("AST04",),
    ),
)  # fmt: skip
