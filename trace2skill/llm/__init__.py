"""Language models behind one small protocol: real, scripted or replayed; cached and capped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from trace2skill.errors import ConfigError
from trace2skill.llm.base import Backend, CallFailed, Message, Reply, Request, ask_for, close
from trace2skill.llm.live import LiveBackend
from trace2skill.llm.replay import ReplayBackend
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.plugins import collect

__all__ = ["Backend", "CallFailed", "Message", "Reply", "Request", "ask_for", "close", "connect"]

BACKENDS: Mapping[str, Callable[[str], Backend]] = MappingProxyType(
    {
        "scripted": lambda rest: ScriptedBackend.from_file(Path(rest)),
        "replay": lambda rest: ReplayBackend(_folder(rest)),
    }
)


def connect(spec: str, *, base_url: str | None = None, timeout: float = 600.0) -> Backend:
    """Return the back end that *spec* names.

    ``scripted:FILE``, ``replay:DIR`` and ``NAME:REST`` of the entry-point group
    ``trace2skill.backends`` (a callable that takes REST) are looked at first; anything else is a
    model for litellm, reached within *timeout* seconds per call. Each request is one call:
    ``PatientBackend`` makes more.
    """
    prefix, colon, rest = spec.partition(":")
    known = collect("trace2skill.backends", BACKENDS)
    if colon and prefix in known:
        backend: Backend = known[prefix](rest)
        return backend
    if not spec.strip() or prefix.strip() != prefix:
        raise ConfigError(f"{spec!r} names no model", hint="for instance openai/gpt-4o or scripted:FILE")
    if base_url is not None:
        _check_address(base_url)
    return LiveBackend(timeout=timeout)


def _folder(rest: str) -> Path:
    folder = Path(rest)
    if not folder.is_dir():
        raise ConfigError(f"{rest}: there is no such folder of recordings", hint="is the path right?")
    return folder


def _check_address(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            "the base URL is not an http(s) address", hint="for instance http://127.0.0.1:8080/v1"
        )
    if parts.username or parts.password or parts.query:
        raise ConfigError(
            "the base URL holds credentials or a query, which would end up in files",
            hint="put the key into the provider's variable, for instance OPENAI_API_KEY",
        )
