"""What a model is asked, what it answers, and how its answer becomes a record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from trace2skill.errors import ModelError, ReplyError
from trace2skill.records import Record, Usage, encode

T = TypeVar("T")


class Tool(Record, frozen=True):
    """A function that a model may call; *schema* is the JSON schema of its arguments."""

    name: str
    description: str
    schema: dict[str, Any]


class FunctionCall(Record, frozen=True):
    """A call of a tool as a model wrote it: *arguments* is text that should be a JSON object."""

    id: str
    name: str
    arguments: str


class Message(Record, frozen=True):
    """One message of a conversation with a model."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    calls: tuple[FunctionCall, ...] = ()
    """What an assistant called."""
    answers: str = ""
    """The id of the call that a tool's message answers."""


class Request(Record, frozen=True):
    """One question to a model; *schema* is the JSON schema of the reply, or empty for free text.

    With *tools*, the reply is a call of one; the schema is what a model without tools answers by.
    """

    model: str
    messages: tuple[Message, ...]
    schema: dict[str, Any] = msgspec.field(default_factory=dict)
    schema_name: str = "reply"
    max_tokens: int = 4096
    temperature: float = 0.0
    seed: int | None = None
    base_url: str | None = None
    stage: str = ""
    """Which part of the program asks: for reports and budgets only."""
    tools: tuple[Tool, ...] = ()
    urgency: int = 0
    """Of the calls that wait for a place, the most urgent goes first; no part of the question."""

    @property
    def key(self) -> str:
        """Return the SHA-256, in hexadecimal, of all that shapes the reply: not of names."""
        shape: list[Any] = [
            self.model,
            self.base_url,
            [_shape(message) for message in self.messages],
            self.max_tokens,
            float(self.temperature),
            self.seed,
            self.schema or None,
        ]
        if self.tools:
            shape.append([[tool.name, tool.description, tool.schema] for tool in self.tools])
        # ASCII output keeps lone surrogates, which UTF-8 would refuse.
        return hashlib.sha256(json.dumps(shape, sort_keys=True).encode("ascii")).hexdigest()


class Reply(Record, frozen=True):
    """What a model answered; *cost* is in dollars spent now, ``None`` where it is not known."""

    text: str
    usage: Usage = Usage()
    cost: float | None = None
    finish_reason: str | None = None
    cached: bool = False
    model: str = ""
    calls: tuple[FunctionCall, ...] = ()
    """Calls of the request's tools."""
    cut: bool = False
    """The server read only a part of the prompt."""

    @property
    def usable(self) -> bool:
        """Say whether it says or calls anything, is whole, and answers the whole prompt."""
        return bool(self.text.strip() or self.calls) and self.finish_reason != "length" and not self.cut


def _shape(message: Message) -> list[Any]:
    """Return what of *message* shapes the reply; as short as ever where no tool is involved."""
    shape: list[Any] = [message.role, message.content]
    if message.calls or message.answers:
        shape.append([[call.id, call.name, call.arguments] for call in message.calls])
        shape.append(message.answers)
    return shape


class Fate(Record, frozen=True):
    """What follows from a failed call: whether to try again, when, and what it may have cost."""

    retryable: bool = False
    wait: float | None = None
    """Seconds that the server asked to wait."""
    billed: bool = False
    """The provider may charge for it."""
    usage: Usage = Usage()
    crowded: bool = False
    """The server has more to do than it can or will."""
    otherwise: bool = False
    """The next call will be made in another way, so it repeats nothing."""


class CallFailed(ModelError):
    """One call over the network that gave no usable reply."""

    def __init__(self, message: str, fate: Fate, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.fate = fate


class EmptyReply(CallFailed):
    """A reply without any text."""


class Backend(Protocol):
    """Whatever answers requests; wrappers are back ends too."""

    async def complete(self, request: Request) -> Reply:
        """Return the reply to *request*; raise ``ModelError`` when there is none.

        A failure of one call is a ``CallFailed``, whose fate says whether another may succeed.
        """


def texts(request: Request) -> Iterator[str]:
    """Yield all that a provider counts as prompt: messages with their calls, and the tools or the schema."""
    for message in request.messages:
        called = "".join(call.name + call.arguments for call in message.calls)
        yield message.content + called
    for tool in request.tools:
        yield encode(tool).decode()
    if request.schema and not request.tools:
        yield encode(request.schema).decode()


async def close(backend: Backend) -> None:
    """Release what *backend* holds open, if it holds anything."""
    closer = getattr(backend, "aclose", None)
    if closer is not None:
        await closer()


async def ask_for(
    backend: Backend, request: Request, type_: type[T], check: Callable[[T], str | None] | None = None
) -> tuple[T, tuple[Reply, ...]]:
    """Ask for a JSON value of *type_* and return it with the replies it took, one or two.

    A reply that is cut off, unreadable, of another shape or refused by *check* (which returns the
    complaint) is sent back once with the exact complaint. Raises ``ReplyError`` if that fails too.
    """
    first = await backend.complete(request)
    try:
        return _read(first, request, type_, check), (first,)
    except ReplyError as error:
        complaint = str(error)
    second = await backend.complete(repair(request, first.text, complaint))
    try:
        return _read(second, request, type_, check), (first, second)
    except ReplyError as error:
        asked = request.stage or request.schema_name
        raise ReplyError(
            f"{asked}: no usable reply from {request.model} in two turns: {error}",
            hint="try a stronger model, or a larger limit on the length of replies",
        ) from error


def repair(request: Request, said: str, complaint: str) -> Request:
    """Return *request* with the reply that cannot be used and the complaint about it."""
    turns = (
        Message(role="assistant", content=said.strip() or "(nothing)"),
        Message(
            role="user",
            content=f"That reply cannot be used: {complaint}\n\nAnswer again with the whole corrected JSON "
            "value and nothing else.",
        ),
    )
    return msgspec.structs.replace(request, messages=request.messages + turns)


def _read(reply: Reply, request: Request, type_: type[T], check: Callable[[T], str | None] | None) -> T:
    if reply.finish_reason == "length":
        raise ReplyError(f"it was cut off at {request.max_tokens} tokens; be shorter")
    value = parse_reply(reply.text, type_)
    complaint = check(value) if check else None
    if complaint:
        raise ReplyError(complaint)
    return value


def parse_reply(text: str, type_: type[T]) -> T:
    """Read the JSON value in *text* as *type_*, with one fence or prose around it allowed.

    Raises ``ReplyError`` with the complaint of the first candidate that is JSON at all.
    """
    complaint = invalid = ""
    for candidate in _candidates(text):
        try:
            msgspec.json.decode(candidate)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
            invalid = invalid or str(error)
            continue
        try:
            return msgspec.json.decode(candidate, type=type_)
        except msgspec.ValidationError as error:
            complaint = complaint or str(error)
    raise ReplyError(complaint or (f"it is not JSON: {invalid}" if invalid else "it is empty"))


def _candidates(text: str) -> Iterator[str]:
    """Yield where the value may be: the whole text, the inside of a fence, between outermost brackets."""
    text = text.strip()
    if not text:
        return
    yield text
    opening, closing = text.find("```"), text.rfind("```")
    line_end = text.find("\n", opening)
    if 0 <= opening < line_end < closing:
        yield text[line_end + 1 : closing]
    pairs = sorted((text.find(a), text.rfind(b)) for a, b in ("{}", "[]"))
    for start, end in pairs:
        if 0 <= start < end:
            yield text[start : end + 1]
