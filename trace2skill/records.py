"""The records that flow through the program: frozen, typed, built at the edge and trusted inside.

Field order is the order on disk, so the same record is always the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

Speaker = Literal["system", "user", "agent"]
Label = Literal["success", "failure", "unknown"]
Kind = Literal["pitfall", "practice", "workflow", "fact", "preference"]
Field = Literal["text", "reasoning", "call", "result"]
Severity = Literal["error", "warning", "note"]
RuleClass = Literal["malicious", "secret", "risky", "capability", "spec", "quality"]
EditOp = Literal[
    "append_to_section",
    "insert_before",
    "insert_after",
    "replace",
    "delete",
    "create_reference",
    "delete_reference",
]

_ENCODER = msgspec.json.Encoder(order="deterministic")


class Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The base of all records: immutable, compared by value, without defaults on disk."""


class Usage(Record, frozen=True):
    """Tokens of one model reply; ``None`` where the log does not say."""

    prompt: int | None = None
    completion: int | None = None
    cached: int | None = None


class ToolCall(Record, frozen=True):
    """A request to run a tool, as the agent (or, in some benchmarks, the user) made it."""

    id: str
    name: str
    arguments: dict[str, Any] = {}
    raw: str | None = None
    """The argument text, only where it is not a JSON object."""
    requestor: Literal["agent", "user"] = "agent"
    line: int = 0


class ToolResult(Record, frozen=True):
    """What a tool answered; ``is_error`` and ``exit_code`` only as the log states them."""

    text: str
    call_id: str | None = None
    is_error: bool | None = None
    exit_code: int | None = None
    truncated_from: int | None = None
    """The length in bytes before the writer or the reader cut it."""
    line: int = 0


class Step(Record, frozen=True):
    """One turn: what was said and thought, the calls made and the results that came back."""

    index: int
    source: Speaker
    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolResult, ...] = ()
    time: str | None = None
    model: str | None = None
    usage: Usage | None = None
    cost: float | None = None
    flags: tuple[str, ...] = ()
    """Any of: synthetic, copied, branch, compacted, injected, interrupted, orphan."""
    line: int = 0


class Outcome(Record, frozen=True):
    """Whether the run did its task, who says so and how sure that is (0 to 1)."""

    label: Label = "unknown"
    score: float | None = None
    source: str = "none"
    confidence: float = 0.0


class Origin(Record, frozen=True):
    """Where a trajectory was read: file as given, format name, its own id there, and its lines."""

    file: str
    format: str
    native_id: str | None = None
    first_line: int = 0
    last_line: int = 0


class Agent(Record, frozen=True):
    """Who acted."""

    name: str = "unknown"
    version: str | None = None
    model: str | None = None


class Trajectory(Record, frozen=True):
    """One run of one agent on one task."""

    id: str
    origin: Origin
    task: str = ""
    agent: Agent = Agent()
    steps: tuple[Step, ...] = ()
    outcome: Outcome = Outcome()
    termination: str | None = None
    suite: str | None = None
    """The benchmark or domain within which ``task_id`` is unique."""
    task_id: str | None = None
    trial: str | None = None
    parent: str | None = None
    """The native id of the session that started this one as a sub-agent."""
    tags: tuple[str, ...] = ()
    gold: dict[str, Any] = {}
    """Answers and graders' notes: kept out of every prompt and every skill."""

    @property
    def task_key(self) -> str:
        """Return what counts as one task when support is counted."""
        if self.task_id is not None:
            return f"{self.suite or ''}/{self.task_id}"
        return content_hash(self.task) if self.task else self.id


class Evidence(Record, frozen=True):
    """A verbatim quote from one field of one step of a redacted trajectory."""

    trajectory: str
    step: int
    field: Field
    quote: str

    @property
    def hash(self) -> str:
        """Return the hash of the quote."""
        return content_hash(self.quote)


class Counts(Record, frozen=True):
    """How often successful and failed runs did what a lesson says, and the odds of that by chance."""

    success_with: int
    success_without: int
    failure_with: int
    failure_without: int
    p_value: float


class Lesson(Record, frozen=True):
    """One thing that the logs teach, with the quotes behind it."""

    id: str
    kind: Kind
    when: str
    do: str
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    topic: str = ""
    """The tool or command that it is about; groups lessons under one heading."""
    verified: bool = False
    """A step of a run shows that the remedy works, or the user's verifier says so."""
    counts: Counts | None = None
    contradicts: tuple[str, ...] = ()
    untrusted: bool = False
    """Only what others wrote says so: pages, files, mails, MCP servers."""


class Support(Record, frozen=True, omit_defaults=False):
    """How many distinct tasks and trajectories stand behind a lesson; counted by code only."""

    tasks: int
    trajectories: int


class Edit(Record, frozen=True):
    """One change to a skill, to be made as a whole or not at all.

    - ``append_to_section``: *text* goes to the end of *section* (a title, or a heading's id as *block*).
    - ``insert_before``, ``insert_after``, ``replace``: *text* goes beside or in place of *block*.
    - ``delete``: *block* goes.
    - ``create_reference``: *text* becomes *file*, and *link*, which leads there, goes to the end of
      *section* in ``SKILL.md``.
    - ``delete_reference``: *file* goes, with what links to it.
    """

    file: str
    op: EditOp
    text: str = ""
    section: str = ""
    block: str = ""
    link: str = ""
    lessons: tuple[str, ...] = ()


class Patch(Record, frozen=True):
    """Edits to one skill; all name what stands in the skill as it was before the first of them."""

    edits: tuple[Edit, ...]


class Skill(Record, frozen=True):
    """An Agent Skill: its name, and its text files by path relative to its folder."""

    name: str
    files: dict[str, str]


class FlowStep(Record, frozen=True):
    """One stop on the way from a source to a sink: where, and what happens there."""

    path: str
    line: int
    what: str


class Opinion(Record, frozen=True):
    """What a model says of a finding; it is shown beside it, and decides nothing."""

    severity: Severity
    """What the model would call it: never more than the linter does."""
    reason: str
    quote: str
    """What of the file it rests on, byte for byte."""
    model: str


class Suppression(Record, frozen=True):
    """Why a finding does not count: who said so, and the reason that they gave."""

    kind: Literal["inline", "config", "baseline"]
    reason: str


class Finding(Record, frozen=True):
    """One thing that the linter has to say about one place."""

    rule: str
    severity: Severity
    path: str
    line: int
    message: str
    fix: str = ""
    end_line: int = 0
    """The last line, if it is not *line*."""
    class_: RuleClass = msgspec.field(default="spec", name="class")
    confidence: float = 1.0
    evidence: str = ""
    """The text that was matched, redacted and short."""
    gates: tuple[str, ...] = ()
    """What lowered its severity."""
    fingerprint: str = ""
    """Made of rule, path and what was found, so it stays the same when lines move."""
    flow: tuple[FlowStep, ...] = ()
    opinion: Opinion | None = None
    """Of a model, if one was asked."""
    suppressed: Suppression | None = None


def encode(record: Any) -> bytes:
    """Encode a record as JSON, the same bytes for equal records."""
    return _ENCODER.encode(record)


def content_hash(*parts: Any) -> str:
    """Return 16 hexadecimal digits that stand for the content of *parts*."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else encode(part)
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def make_lesson(kind: Kind, when: str, do: str, why: str = "", **rest: Any) -> Lesson:
    """Build a lesson whose id is the hash of what it says."""
    return Lesson(id=content_hash(kind, when, do, why), kind=kind, when=when, do=do, why=why, **rest)
