"""Answers in JSON that refuse: a state that says no, or an error, with the reason in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from trace2skill.miner.denials import REFUSES

_STATES = ("state", "status", "result", "outcome", "verdict", "decision", "level", "severity", "type", "kind")
_NO = frozenset(
    "aborted bad_request blocked conflict declined denied error failed failure fatal fault forbidden invalid"
    " not_found refused rejected timeout unauthorized unavailable unprocessable".split()
)
_YES = ("ok", "success", "succeeded", "accepted", "allowed", "valid_request")
_CODES = ("status", "status_code", "statusCode", "http_status")
_REASONS = (
    "message", "msg", "reason", "detail", "details", "description", "error_message", "errorMessage", "why",
    "explanation", "error", "title",
)  # fmt: skip
_FINE = frozenset("ok okay true success succeeded done fine accepted created active open 200".split())
MOST_CHARS = 20_000
FEW = 5
"""Members that an answer has at most which does nothing but refuse."""


def refusal(body: str) -> str:
    """Return why a JSON answer refuses, verbatim as it stands in *body*; nothing if it does not refuse."""
    if len(body) > MOST_CHARS:
        return ""
    try:
        value = msgspec.json.decode(body)
        if not isinstance(value, dict) or not _refuses(value):
            return ""
        return next((reason for reason in _reasons(value) if reason.strip() and reason in body), "")
    except (msgspec.DecodeError, RecursionError):  # an answer so deep is made to be no answer
        return ""


def _is_denial(value: Mapping[str, Any]) -> bool:
    """Say whether a small flat answer, in words of its own, says no and nothing else."""
    flat = len(value) <= FEW and not any(isinstance(part, (dict, list)) for part in value.values())
    if not flat or any(str(value.get(key)).lower() in _FINE for key in (*_STATES, *_YES)):
        return False
    said = [part for part in value.values() if isinstance(part, str) and len(part.split()) >= 3]
    return any(REFUSES.search(part) for part in said)


def _refuses(value: Mapping[str, Any]) -> bool:
    if value.get("error") or value.get("errors"):
        return True
    if any(value.get(key) is False for key in _YES):
        return True
    if any(_is_http_error(value.get(key)) for key in _CODES):
        return True
    if _is_http_error(value.get("code")) and any(
        value.get(key) for key in ("error", "message", "msg", "detail", "body")
    ):
        return True
    return any(str(value.get(key, "")).lower() in _NO for key in _STATES) or _is_denial(value)


def _is_http_error(code: Any) -> bool:
    """Say whether a number is the status by which HTTP refuses (RFC 9110, 15.5 and 15.6)."""
    return isinstance(code, int) and not isinstance(code, bool) and 400 <= code <= 599


def _reasons(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts that may be the reason, those of an inner error first."""
    errors = value.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    for inner in (value.get("error"), first, value.get("body"), value.get("data")):
        if isinstance(inner, dict):
            yield from _reasons(inner)
        elif isinstance(inner, str):
            yield inner
    for key in _REASONS:
        if isinstance(value.get(key), str):
            yield value[key]
    yield from (part for part in value.values() if isinstance(part, str) and REFUSES.search(part))
