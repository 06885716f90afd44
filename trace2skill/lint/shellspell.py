"""What a word of the shell spells once quotes, escapes, variables and small substitutions are undone."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

import msgspec

from trace2skill.lint.shellwords import end_of, pipelines

LONGEST = 4_000
MAX_DEPTH = 3
NOTABLE = frozenset(
    "curl wget sh bash zsh dash eval source exec nc ncat netcat socat python python3 node perl ruby php "
    "powershell pwsh iex base64 xxd openssl rm crontab chmod scp ssh sudo dd mkfifo".split()
)
"""Programs that nobody has an honest reason to spell in pieces."""
_PIECE = re.compile(
    r"\$'((?:[^'\\]|\\.){0,2000})'"
    r"|'([^']{0,4000})'"
    r'|"((?:[^"\\]|\\.){0,4000})"'
    r"|\$\{(\w{1,64})(?::(\d{1,4})(?::(\d{1,4}))?|:-([^{}]{0,200}))?\}"
    r"|\$(\w{1,64})"
    r"|\\(.)"
    r"|([^\s'\"$\\`]{1,4000})",
    re.DOTALL,
)
_VARIABLE = re.compile(r"\$(?:\{(\w{1,64})(?::-([^{}]{0,200}))?\}|(\w{1,64}))")
_ESCAPE = re.compile(r"\\+(?:x([0-9a-fA-F]{1,2})|0?([0-7]{2,3})|u([0-9a-fA-F]{4})|([nrt\\'\"]))")
_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)


class Spelling(msgspec.Struct, frozen=True):
    """What a word spells."""

    text: str
    hidden: bool = False
    """Whether no piece of it says so by itself."""


def spell(word: str, known: Mapping[str, str], depth: int = 0) -> Spelling | None:
    """Return what *word* spells, variables being *known*; nothing if that cannot be told."""
    pieces: list[str] = []
    at, turned, rest = 0, False, word[:LONGEST].removeprefix("\\")
    while at < len(rest):
        if rest[at] == "`" or rest.startswith("$(", at):
            end = end_of(rest, at)
            start = at + (1 if rest[at] == "`" else 2)
            said = printed(rest[start : max(start, end - 1)], known, depth + 1)
            if said is None:
                return None
            turned = turned or said.hidden
            pieces.append(said.text)
            at = end
            continue
        found = _PIECE.match(rest, at)
        piece = _piece(found, known) if found is not None else None
        if found is None or piece is None:
            return None
        turned = turned or (found[1] is not None and "\\" in found[1])
        pieces.append(piece)
        at = found.end()
    text = "".join(pieces)
    name = text.split(None, 1)[0].rsplit("/", 1)[-1] if text.strip() else ""
    shown = any(piece.rsplit("/", 1)[-1].strip() in NOTABLE for piece in pieces)
    return Spelling(text, name in NOTABLE and (turned or not shown) and not _is_braced(word))


def _is_braced(word: str) -> bool:
    return word.startswith("{")


def _piece(found: re.Match[str], known: Mapping[str, str]) -> str | None:
    if found[1] is not None:
        return unescaped(found[1])
    if found[3] is not None:
        return expanded(found[3], known)
    name = found[4] or found[8]
    if name is None:
        return next(part for part in (found[2], found[9], found[10]) if part is not None)
    value = known.get(name, found[7])
    if value is None or not found[5]:
        return value
    start = int(found[5])
    return value[start : start + int(found[6])] if found[6] else value[start:]


def expanded(text: str, known: Mapping[str, str]) -> str:
    """Return *text* with the variables replaced whose text is known, or that bring a default."""
    if "$" not in text:
        return text
    return _VARIABLE.sub(lambda one: known.get(one[1] or one[3], one[2] or one[0]), text)[:LONGEST]


def unescaped(text: str) -> str:
    """Return *text* with its octal, hexadecimal and usual escapes undone."""
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    if found[4]:
        return {"n": "\n", "r": "\r", "t": "\t"}.get(found[4], found[4])
    return chr(int(found[1] or found[2] or found[3], 8 if found[2] else 16))


def printed(text: str, known: Mapping[str, str], depth: int = 0) -> Spelling | None:
    """Return what the commands in *text* print, where that can be told without running them."""
    lines = list(pipelines(text)) if depth <= MAX_DEPTH else []
    if len(lines) != 1:
        return None
    first, *filters = lines[0]
    program, *rest = first.words
    if program in ("which", "command", "type"):
        return Spelling(rest[-1].strip("'\"")) if rest else None
    if program not in ("echo", "printf"):
        return None
    spelled = [spell(word, known, depth) for word in rest if not word.startswith("-")]
    said = " ".join(one.text for one in spelled if one is not None)
    if None in spelled:
        return None
    plain = unescaped(said)
    if program == "printf" and "%s" in plain:
        shape, *given = plain.split(" ")
        plain = shape.replace("%s", "".join(given)) if shape.count("%s") == 1 else "".join(given)
    hidden = plain != said
    for stage in filters:
        turned = _filtered(stage.words, plain)
        if turned is None:
            return None
        plain, hidden = turned, True
    return Spelling(plain.rstrip("\n"), hidden)


def _filtered(words: tuple[str, ...], text: str) -> str | None:
    """Return what a filter makes of *text*."""
    program, flags = words[0], " ".join(words[1:]).replace("'", "").replace('"', "")
    if program == "rev":
        return text[::-1]
    if program == "tr" and re.fullmatch(r"A-Za-z N-ZA-Mn-za-m|a-zA-Z n-za-mN-ZA-M|a-z n-za-m", flags):
        return text.translate(_ROT13)
    if program == "tr" and re.fullmatch(r"(?:-d \S{1,20}|\S{1,60} \S{1,60})", flags) and "-" not in flags[2:]:
        gone, _, new = flags.removeprefix("-d ").partition(" ")
        new = new.ljust(len(gone), new[-1:]) if new else new
        return text.translate(str.maketrans(gone, new[: len(gone)]) if new else dict.fromkeys(map(ord, gone)))
    try:
        if program == "base64" and re.match(r"-[dD]|--decode", flags):
            return base64.b64decode(text).decode("utf-8", "replace")
        if program == "xxd" and "r" in flags:
            return bytes.fromhex(text.strip()).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return None
    return text if program in ("cat", "head", "tail") else None
