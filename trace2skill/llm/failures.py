"""What went wrong with a call, in the user's words: what, where and what now."""

from __future__ import annotations

import datetime
import os
import re
import socket
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from trace2skill.llm.base import CallFailed, Fate, Request

_SHOWN = 300
_NO_TOOLS = (400, 404, 422, 500, 501)
"""How servers refuse tools: Ollama and vLLM with 400, routers with 404, llama.cpp with 500."""
_OVERLOADED = (503, 529)
_KEY_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIALS")
# Known prefixes of keys, and what follows "Bearer" or "key=" whatever it looks like.
_KEYS = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|pplx|AIza|AKIA)[-_A-Za-z0-9]{8,500}"
    r"|(?:[Bb]earer |[?&]key=|api[-_]key=)[^\s\"'&]{4,500}"
)


class SchemaRefused(CallFailed):
    """The server does not know the structured reply that was asked for."""


class ToolsRefused(CallFailed):
    """The server or the model does not take tools."""


class _Failure(NamedTuple):
    """A failed call, looked at from all sides."""

    text: str
    status: int | None
    names: frozenset[str]
    """The class names of the error and of all that led to it."""
    answered: bool
    """The server sent an error status, so it did not do the work."""
    wait: float | None
    request: Request


def where(request: Request) -> str:
    """Return model and host of *request*, without anything that could be a credential."""
    if request.base_url is None:
        return request.model
    parts = urlsplit(request.base_url)
    host = (parts.hostname or "?") + (f":{parts.port}" if parts.port else "")
    return f"{request.model} at {parts.scheme}://{host}{parts.path}"


def scrub(text: str) -> str:
    """Return the first line of *text*, shortened, with whatever may be a key blanked out."""
    line = " ".join(text.strip().split("\n", 1)[0].split())
    for name, value in os.environ.items():
        if name.upper().endswith(_KEY_NAMES) and len(value) >= 8:
            line = line.replace(value, "[key]")
    line = _KEYS.sub("[key]", line[: 4 * _SHOWN])
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def explain(
    error: BaseException, request: Request, *, schema_sent: bool, tools_sent: bool = False
) -> CallFailed:
    """Turn an error of litellm, or of the network below it, into ours."""
    failure = _examine(error, request)
    if tools_sent and failure.status in _NO_TOOLS and _about_tools(failure.text):
        return ToolsRefused(f"{where(request)} takes no tools", Fate(retryable=True, otherwise=True))
    if schema_sent and failure.status in (400, 422) and _about_schema(failure.text):
        return SchemaRefused(f"{where(request)} refuses a reply schema", Fate(retryable=True, otherwise=True))
    for applies, make in _RULES:
        if applies(failure):
            return make(failure)
    return _unknown(failure)


def _examine(error: BaseException, request: Request) -> _Failure:
    chain = list(_chain(error))
    # litellm calls some refusals a connection error of status 500; the answer below it knows better.
    answer = next((link for link in chain if type(link).__name__ == "HTTPStatusError"), None)
    status = getattr(getattr(answer, "response", error), "status_code", None)
    names = frozenset(cls.__name__ for link in chain for cls in type(link).__mro__)
    headers = next((found for link in chain if (found := _headers(link))), None)
    return _Failure(
        text=scrub(str(error) or type(error).__name__),
        status=status if isinstance(status, int) else None,
        names=names,
        answered=headers is not None or "HTTPStatusError" in names,
        wait=_retry_after(headers.get("retry-after")) if headers is not None else None,
        request=request,
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(20):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _headers(error: BaseException) -> Any:
    """Return the headers that the server answered with; litellm puts empty ones on its own errors."""
    return getattr(error, "litellm_response_headers", None) or getattr(
        getattr(error, "response", None), "headers", None
    )


def _retry_after(value: str | None) -> float | None:
    """Read the seconds or the date of a Retry-After header."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - datetime.datetime.now(datetime.UTC).timestamp())


def _about_schema(text: str) -> bool:
    return any(word in text.lower() for word in ("response_format", "json_schema", "structured output"))


def _about_tools(text: str) -> bool:
    return any(word in text.lower() for word in ("tool", "function call", "function_call", "functions"))


def _timed_out(failure: _Failure) -> CallFailed:
    unsent = bool({"ConnectTimeout", "ConnectionTimeoutError"} & failure.names)
    return CallFailed(
        f"{where(failure.request)}: no complete reply in time",
        Fate(retryable=True, billed=not unsent),
        hint="the server may be overloaded; try fewer jobs or a longer timeout",
    )


def _no_host(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: the host name is not known here",
        Fate(retryable=True),
        hint="is there a network, and is the address right?",
    )


def _no_server(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: nothing answers at this address",
        Fate(retryable=True),
        hint="does the server run, and is the base URL right (most end in /v1)?",
    )


def _no_package(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: {failure.text}",
        Fate(),
        hint="install the package that this provider needs",
    )


def _no_provider(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"no provider is known for the model {failure.request.model!r}",
        Fate(),
        hint="write it as PROVIDER/MODEL, for instance openai/gpt-4o or ollama/llama3.1",
    )


def _no_key(failure: _Failure) -> CallFailed:
    provider = failure.request.model.partition("/")[0].upper().replace("-", "_")
    return CallFailed(
        f"{where(failure.request)}: the API key is missing or was refused",
        Fate(),
        hint=f"set the provider's variable (usually {provider}_API_KEY) to a valid key",
    )


def _no_model(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: there is no such model or address ({failure.text})",
        Fate(),
        hint="check the model's name and the base URL",
    )


def _too_long(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: the prompt of {failure.request.stage or 'this call'} is longer than the "
        f"model's context window ({failure.text})",
        Fate(),
        hint="say with --context how many tokens it takes, or use a larger window",
    )


def _no_credit(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: the account has no credit left ({failure.text})",
        Fate(),
        hint="top it up with the provider; finished calls are kept",
    )


def _too_fast(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: too many requests",
        Fate(retryable=True, wait=failure.wait, crowded=True),
        hint="try fewer jobs, or later",
    )


def _refused(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: the request was refused ({failure.text})",
        Fate(),
        hint="does the model take these settings?",
    )


def _unknown(failure: _Failure) -> CallFailed:
    return CallFailed(
        f"{where(failure.request)}: the server failed ({failure.text})",
        Fate(
            retryable=True,
            wait=failure.wait,
            billed=not failure.answered,
            crowded=failure.wait is not None or failure.status in _OVERLOADED,
        ),
        hint="try later; finished calls are kept",
    )


# In order: the first that applies explains the failure; what none explains is worth another try.
_RULES: tuple[tuple[Callable[[_Failure], bool], Callable[[_Failure], CallFailed]], ...] = (
    (lambda f: "LLM Provider NOT provided" in f.text, _no_provider),
    (lambda f: "ModuleNotFoundError" in f.names, _no_package),
    (lambda f: f.status in (401, 403) or "Missing credentials" in f.text, _no_key),
    (lambda f: "ContextWindowExceededError" in f.names, _too_long),
    (lambda f: f.status == 404, _no_model),
    (lambda f: f.status == 429 and "insufficient_quota" in f.text, _no_credit),
    (lambda f: f.status == 429, _too_fast),
    (lambda f: f.status in (400, 413, 422), _refused),
    (lambda f: socket.gaierror.__name__ in f.names, _no_host),
    (lambda f: "ConnectionRefusedError" in f.names, _no_server),
    (lambda f: bool({"TimeoutError", "APITimeoutError", "TimeoutException"} & f.names), _timed_out),
)
