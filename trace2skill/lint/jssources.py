"""Where JavaScript gets data from: the network, decoders, files of data."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trace2skill.lint.flow import Kind
from trace2skill.lint.jstokens import Token

_CLIENTS = frozenset("fetch axios got needle superagent request ky undici XMLHttpRequest nodeFetch".split())
_TURNERS = frozenset(
    "atob unescape gunzipSync inflateSync inflateRawSync brotliDecompressSync unzipSync createDecipheriv "
    "createDecipher fromCharCode".split()
)
_CODE = (".js", ".mjs", ".cjs", ".ts", ".json", ".md", ".html")


class Held(msgspec.Struct, frozen=True):
    """What a name or an expression holds."""

    kind: Kind
    line: int
    source: str = ""


def text_at(tokens: Sequence[Token], at: int) -> str:
    """Return the token at *at*, as long as it is no string and there is one."""
    return tokens[at].text if 0 <= at < len(tokens) and tokens[at].kind != "text" else ""


def source_at(tokens: Sequence[Token], at: int, end: int) -> Held | None:
    """Return what the name at *at* gets, if it fetches, decodes or reads; *end* is that of its expression."""
    name, line = tokens[at].text, tokens[at].line
    called = text_at(tokens, at + 1) in ("(", ".")
    if (name in _CLIENTS and called) or (
        name in ("http", "https") and text_at(tokens, at + 2) in ("get", "request")
    ):
        source = next((one.text for one in tokens[at : at + 12] if "://" in one.text), "")
        return Held("fetched", line, source)
    if name in _TURNERS and called:
        return Held("decoded", line)
    near = tokens[at : min(end, at + 80)]
    if name == "Buffer" and text_at(tokens, at + 2) == "from":
        coded = any(one.kind == "text" and one.text in ("base64", "hex", "base64url") for one in near)
        return Held("decoded", line) if coded else None
    if name == "reverse" and any(one.text == "join" for one in near[:6]):
        return Held("decoded", line)
    if name in ("readFileSync", "readFile") and called:
        named = next((one.text for one in reversed(near[:20]) if one.kind == "text" and "." in one.text), "")
        return Held("file", line, named) if named and not named.endswith(_CODE) else None
    return None
