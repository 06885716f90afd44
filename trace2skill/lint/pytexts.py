"""Texts that a Python expression is bound to be: literals that are joined, turned, decoded or escaped."""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
from collections.abc import Callable, Mapping, Sequence

LONGEST = 4_000
MAX_DEPTH = 12
_BASES: Mapping[str, Callable[[str], bytes]] = {
    "base64.b64decode": lambda text: base64.b64decode(text),
    "base64.urlsafe_b64decode": lambda text: base64.urlsafe_b64decode(text),
    "base64.b32decode": lambda text: base64.b32decode(text),
    "base64.b16decode": lambda text: base64.b16decode(text),
    "base64.b85decode": lambda text: base64.b85decode(text),
    "bytes.fromhex": bytes.fromhex,
    "bytearray.fromhex": bytes.fromhex,
    "binascii.unhexlify": lambda text: binascii.unhexlify(text),
}

NameOf = Callable[[ast.AST], str]


def text_of(node: ast.AST, known: Mapping[str, str], name_of: NameOf, depth: int = 0) -> str | None:
    """Return the text of *node* without running it; nothing if it is not bound to be one."""
    if depth > MAX_DEPTH:
        return None

    def inner(one: ast.AST) -> str | None:
        return text_of(one, known, name_of, depth + 1)

    if isinstance(node, ast.Constant):
        return _literal(node.value)
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.BinOp):
        left = inner(node.left) if isinstance(node.op, ast.Add) else None
        right = inner(node.right) if left is not None else None
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.JoinedStr):
        return _all(
            [inner(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values]
        )
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        text = inner(node.value)
        turned = isinstance(node.slice.step, ast.UnaryOp) and ast.unparse(node.slice) == "::-1"
        return text[::-1] if text is not None and turned else None
    if isinstance(node, ast.Call):
        return _of_call(node, inner, name_of)
    return None


def is_built(node: ast.AST) -> bool:
    """Say whether a known text is put together rather than written down."""
    return not isinstance(node, (ast.Constant, ast.Name))


def is_minus_one(node: ast.expr | None) -> bool:
    """Say whether the step of a slice turns a text round."""
    return isinstance(node, ast.UnaryOp) and ast.unparse(node) == "-1"


def _literal(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("latin-1") if len(value) <= LONGEST else None
    return value if isinstance(value, str) else None


def _all(parts: Sequence[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    whole = len(known) == len(parts) and sum(map(len, known)) <= LONGEST
    return "".join(known) if whole else None


def _of_call(node: ast.Call, inner: Callable[[ast.AST], str | None], name_of: NameOf) -> str | None:
    name = name_of(node.func)
    given = node.args
    if name == "chr" and given:
        return _character(given[0])
    if name in ("bytes", "bytearray") and given and isinstance(given[0], (ast.List, ast.Tuple)):
        return _all([_character(one) for one in given[0].elts])
    if name in _BASES or name == "codecs.decode":
        return _decoded(name, [inner(one) for one in given])
    if not isinstance(node.func, ast.Attribute):
        return None
    method, holder = node.func.attr, inner(node.func.value)
    if holder is None:
        return None
    if method == "join" and given:
        return _joined(holder, given[0], inner, name_of)
    if method in ("decode", "encode", "strip", "lower"):
        return holder.lower() if method == "lower" else holder.strip() if method == "strip" else holder
    if method == "replace" and len(given) > 1:
        old, new = inner(given[0]), inner(given[1])
        return holder.replace(old, new) if old and new is not None else None
    return None


def _character(node: ast.AST) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return chr(value) if isinstance(value, int) and 0 <= value < 0x110000 else None


def _joined(mark: str, node: ast.expr, inner: Callable[[ast.AST], str | None], name_of: NameOf) -> str | None:
    if isinstance(node, (ast.List, ast.Tuple)):
        parts = [inner(one) for one in node.elts]
        known = [part for part in parts if part is not None]
        return mark.join(known)[: LONGEST + 1] if len(known) == len(parts) else None
    numbers: ast.expr | None = None
    if isinstance(node, ast.Call) and name_of(node.func) == "map" and len(node.args) == 2:
        numbers = node.args[1] if name_of(node.args[0]) == "chr" else None
    elif isinstance(node, (ast.GeneratorExp, ast.ListComp)) and isinstance(node.elt, ast.Call):
        plain = name_of(node.elt.func) == "chr" and node.elt.args and isinstance(node.elt.args[0], ast.Name)
        numbers = node.generators[0].iter if plain else None
    if isinstance(numbers, (ast.List, ast.Tuple)):
        found = _all([_character(one) for one in numbers.elts])
        return mark.join(found) if found is not None else None
    if isinstance(node, ast.Call) and name_of(node.func) == "reversed" and node.args:
        text = inner(node.args[0])
        return mark.join(reversed(text)) if text is not None else None
    return None


def _decoded(name: str, given: Sequence[str | None]) -> str | None:
    text = given[0] if given else None
    if text is None:
        return None
    try:
        if name == "codecs.decode":
            how = given[1] if len(given) > 1 else None
            return codecs.decode(text, "rot13") if how in ("rot13", "rot_13") else None
        return _BASES[name](text).decode("utf-8")
    except (ValueError, binascii.Error):
        return None
