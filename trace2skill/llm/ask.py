"""What all requests of one run have in common, and how a record type becomes the schema of a reply."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from trace2skill.llm.base import Backend, Message, Request, Tool


class Ask(NamedTuple):
    """A back end, and how to ask it."""

    backend: Backend
    model: str
    base_url: str | None = None
    max_tokens: int = 4096
    seed: int | None = None
    prompts: Path | None = None
    """A folder of prompts that replace ours."""
    context: int = 24_000
    """How many tokens of a log one request may show."""
    tools: bool = False
    """Whether the model calls tools; else it writes its actions as JSON."""
    looks: int = 12_000
    """How many tokens the answers to an analyst's questions may have together."""
    turns: int = 12
    """How many replies an analyst may take for one trajectory, at most."""
    urgency: int = 0
    """Of the calls that wait for a place, the most urgent goes first."""
    temperature: float = 0.0

    def request(self, text: str, schema: dict[str, Any], stage: str, tools: tuple[Tool, ...] = ()) -> Request:
        """Return the request that says *text* and wants a reply of *schema*, or a call of *tools*."""
        return Request(
            model=self.model,
            messages=(Message(role="user", content=text),),
            schema=schema,
            schema_name=stage,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            seed=self.seed,
            base_url=self.base_url,
            stage=stage,
            tools=tools if self.tools else (),
            urgency=self.urgency,
        )


def schema_of(type_: type[Any]) -> dict[str, Any]:
    """Return the JSON schema of a record type in the strict form that providers enforce.

    Strict means that every property is required and that no other is allowed.
    """
    _, definitions = msgspec.json.schema_components([type_], ref_template="#/$defs/{name}")
    root = definitions.pop(type_.__name__)
    strict: dict[str, Any] = _strict({**root, "$defs": definitions} if definitions else root)
    return strict


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: _strict(value) for key, value in schema.items() if key not in ("default", "title", "description")
    }
    if kept.get("type") == "object" and "properties" in kept:
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    return kept
