"""Notice servers that read only a part of a prompt and say nothing: their own count gives them away."""

from __future__ import annotations

import msgspec

from trace2skill import tokens
from trace2skill.llm.base import Backend, Reply, Request, close
from trace2skill.records import Record, Usage

FEWEST_TOKENS = 1_000
"""Shorter prompts are not looked at: they fit everywhere."""
_LEAST_SHARE = 0.6
"""Vocabularies differ by less than that; servers that cut a prompt usually read less of it still."""
_BYTES_PER_TOKEN = 3
# Logs take three to five: where that says that enough was read, the tokens need not be counted.


class CutPrompts(Record, frozen=True, omit_defaults=False):
    """Prompts of which the server read only a part: how many, and of the worst the tokens sent and read."""

    calls: int
    sent: int
    read: int


class WatchedBackend:
    """Marks the replies of *inner* to prompts that its server cut; ``found`` is the account of them."""

    def __init__(self, inner: Backend) -> None:
        self._inner = inner
        self.found: CutPrompts | None = None

    async def complete(self, request: Request) -> Reply:
        """Return the reply of the inner back end, with ``cut`` set if the prompt was."""
        reply = await self._inner.complete(request)
        sent = sent_if_cut(request, reply.usage)
        if sent is None:
            return reply
        read = reply.usage.prompt or 0
        before = self.found or CutPrompts(calls=0, sent=0, read=0)
        if before.sent - before.read > sent - read:
            sent, read = before.sent, before.read
        self.found = CutPrompts(calls=before.calls + 1, sent=sent, read=read)
        return msgspec.structs.replace(reply, cut=True)

    async def aclose(self) -> None:
        """Close the inner back end."""
        await close(self._inner)


def sent_if_cut(request: Request, usage: Usage) -> int | None:
    """Return the tokens of *request* if *usage* says that far fewer were read; else ``None``.

    Schemas and tools are left out of the count, since not all servers count them. Tokens that came
    from a cache are added where they are told: some servers count only the new ones.
    """
    if not usage.prompt:
        return None
    read = usage.prompt + (usage.cached or 0)
    texts = [message.content for message in request.messages]
    if read >= _LEAST_SHARE * sum(len(text.encode("utf-8", "replace")) for text in texts) / _BYTES_PER_TOKEN:
        return None
    sent = sum(map(tokens.count, texts))
    return sent if sent >= FEWEST_TOKENS and read < _LEAST_SHARE * sent else None
