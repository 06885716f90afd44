"""Real models, through litellm: one call for each request, errors in our words."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from typing import Any

from trace2skill.errors import ModelError
from trace2skill.llm.base import EmptyReply, Fate, FunctionCall, Message, Reply, Request
from trace2skill.llm.failures import SchemaRefused, ToolsRefused, explain, where
from trace2skill.llm.threads import use_threads_that_tidy
from trace2skill.records import Usage

OFFLINE = "TRACE2SKILL_OFFLINE"
_FAREWELL = 10.0
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
_QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it fetches prices when imported
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "true",  # and this list
    "LITELLM_LOG": "ERROR",
}
# How many calls are in flight is for us to say: litellm would hold back the 501st to one host.
_UNLIMITED = {"AIOHTTP_CONNECTOR_LIMIT": "100000", "AIOHTTP_CONNECTOR_LIMIT_PER_HOST": "0"}


class LiveBackend:
    """Asks a model over the network, once; ``PatientBackend`` asks again.

    *timeout* is in seconds for each whole call. What a server does not take, a schema or tools, is
    left out from its next call on.
    """

    def __init__(self, *, timeout: float = 600.0) -> None:
        self._timeout = timeout
        self._schemaless: set[tuple[str, str | None]] = set()
        self._toolless: set[tuple[str, str | None]] = set()

    async def complete(self, request: Request) -> Reply:
        """Return the model's reply; raise ``CallFailed`` when there is none."""
        if os.environ.get(OFFLINE, "0") not in ("", "0"):
            raise ModelError(
                f"{request.stage or 'a stage'} needs {request.model}, but {OFFLINE} is set",
                hint=f"unset {OFFLINE} to allow calls over the network",
            )
        try:
            return await self._call(request)
        except SchemaRefused:
            self._schemaless.add((request.model, request.base_url))
            raise
        except ToolsRefused:
            self._toolless.add((request.model, request.base_url))
            raise

    async def aclose(self) -> None:
        """Close what litellm keeps for the running event loop: connections, and its notes on calls."""
        litellm = sys.modules.get("litellm")
        if litellm is None:
            return
        await _let_litellm_finish()
        clients = litellm.in_memory_llm_clients_cache.cache_dict
        suffix = f"-{id(asyncio.get_running_loop())}"
        for name in [name for name in clients if str(name).endswith(suffix)]:
            client = clients.pop(name)
            client = getattr(client, "client", client)
            await (client.aclose() if hasattr(client, "aclose") else client.close())

    async def _call(self, request: Request) -> Reply:
        use_threads_that_tidy()
        # In a thread: the import takes seconds, and would tie clients of its own to this event loop.
        litellm, library_error = await asyncio.to_thread(_import_litellm)
        place = (request.model, request.base_url)
        with_tools = bool(request.tools) and place not in self._toolless
        with_schema = bool(request.schema) and not with_tools and place not in self._schemaless
        arguments = _arguments(request, with_schema=with_schema, with_tools=with_tools)
        call = litellm.acompletion(timeout=self._timeout, **arguments)
        try:
            # litellm's own limit is per read: a server that dribbles bytes never meets it.
            response = await asyncio.wait_for(call, self._timeout)
        except (library_error, OSError) as error:
            raise explain(error, request, schema_sent=with_schema, tools_sent=with_tools) from error
        return _reply(response, request)


async def _let_litellm_finish() -> None:
    """Wait until litellm has gone through its queue of calls to report; left behind, it warns of each."""
    module = sys.modules.get("litellm.litellm_core_utils.logging_worker")
    if module is not None:
        await asyncio.sleep(0)  # what the last replies put there has to be there
        # RuntimeError: the queue is that of another event loop, which no call of this one has used.
        with contextlib.suppress(TimeoutError, RuntimeError):
            await asyncio.wait_for(module.GLOBAL_LOGGING_WORKER.flush(), _FAREWELL)


def _import_litellm() -> tuple[Any, type[Exception]]:
    """Import litellm, silenced; it takes seconds, so only what calls a model pays for it."""
    for name, value in {**_QUIET, **_UNLIMITED}.items():
        os.environ.setdefault(name, value)
    import litellm
    import openai

    litellm.suppress_debug_info = True
    return litellm, openai.OpenAIError


def _arguments(request: Request, *, with_schema: bool, with_tools: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message, with_tools=with_tools) for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "num_retries": 0,
        "max_retries": 0,
        "drop_params": True,  # a seed or temperature that a provider does not know is no reason to fail
    }
    if request.seed is not None:
        arguments["seed"] = request.seed
    if with_tools:
        arguments["tools"] = [
            {
                "type": "function",
                "function": {"name": t.name, "description": t.description, "parameters": t.schema},
            }
            for t in request.tools
        ]
    if with_schema:
        name = _NOT_IN_NAMES.sub("_", request.schema_name)[:64] or "reply"
        # A schema that leaves properties open would be refused if it were called strict.
        strict = request.schema.get("additionalProperties") is False
        schema = {"name": name, "schema": request.schema, "strict": strict}
        arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.base_url is not None:
        arguments["api_base"] = request.base_url
        provider = request.model.partition("/")[0].upper().replace("-", "_")
        if not os.environ.get(f"{provider}_API_KEY"):
            arguments["api_key"] = "unused"  # most local servers want none, the client wants one
    return arguments


def _message(message: Message, *, with_tools: bool) -> dict[str, Any]:
    """Return a message as it is sent; to a server without tools, calls and their answers as text."""
    content = _sendable(message.content)
    if not with_tools:
        said = [content, *(_sendable(call.arguments) for call in message.calls)]
        role = "user" if message.role == "tool" else message.role
        return {"role": role, "content": "\n".join(part for part in said if part)}
    sent: dict[str, Any] = {"role": message.role, "content": content}
    if message.calls:
        sent["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": _sendable(call.arguments)},
            }
            for call in message.calls
        ]
    if message.answers:
        sent["tool_call_id"] = message.answers
    return sent


def _sendable(text: str) -> str:
    """Return *text* with lone surrogates replaced, which no JSON over HTTP can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _reply(response: Any, request: Request) -> Reply:
    usage = _usage(getattr(response, "usage", None))
    choice = response.choices[0] if response.choices else None
    text = choice.message.content if choice is not None else None
    calls = _calls(choice.message) if choice is not None else ()
    finish_reason = choice.finish_reason if choice is not None else None
    text = text if isinstance(text, str) else ""
    if not text.strip() and not calls:
        raise EmptyReply(
            f"{where(request)}: the reply is empty (finish reason: {finish_reason or 'none'})",
            Fate(retryable=True, billed=True, usage=usage),
            hint="if the reason is 'length', allow longer replies",
        )
    cost = response._hidden_params.get("response_cost")
    return Reply(
        text=text,
        usage=usage,
        cost=float(cost) if cost else None,  # its 0 stands for no price, or no usage
        finish_reason=finish_reason,
        model=request.model,
        calls=calls,
    )


def _calls(message: Any) -> tuple[FunctionCall, ...]:
    """Return the calls of tools in a reply; an id that the server left out is made up by place."""
    found = getattr(message, "tool_calls", None) or ()
    return tuple(
        FunctionCall(
            id=str(call.id or f"call{at:05}"),
            name=str(call.function.name or ""),
            arguments=str(call.function.arguments or "{}"),
        )
        for at, call in enumerate(found)
    )


def _usage(usage: Any) -> Usage:
    """Return the token counts as given; litellm says 0 and 0 where the server said nothing."""
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if not prompt and not completion:
        return Usage()
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(prompt=prompt, completion=completion, cached=_count(details, "cached_tokens"))


def _count(holder: Any, name: str) -> int | None:
    value = getattr(holder, name, None)
    return value if isinstance(value, int) and value >= 0 else None
