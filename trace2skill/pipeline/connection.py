"""A model as the settings name it: cached, capped, and with a price if one is known."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from trace2skill.errors import ConfigError
from trace2skill.llm import close, connect
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import Backend
from trace2skill.llm.budget import BudgetedBackend, Caps
from trace2skill.llm.cache import CachedBackend, default_cache_dir
from trace2skill.llm.ledger import Ledger, Spent
from trace2skill.llm.pace import Pace
from trace2skill.llm.patient import PatientBackend
from trace2skill.llm.prices import Price, calls_tools, context_window, price_of
from trace2skill.llm.replay import ReplayBackend
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.llm.truncation import CutPrompts, WatchedBackend
from trace2skill.pipeline.settings import ModelSettings, Observer

LOG_TOKENS = 48_000
"""How much of a log one request shows at most, however much the model takes: about 130,000 tokens before
they are told shorter. Each look sends all of it again, and models overlook more in the middle of longer
prompts than in two windows. Below that, the model's context window decides."""
LOOK_TOKENS = 12_000
"""How much more an analyst may read of it and of its siblings."""
UNKNOWN_WINDOW = 32_000
"""What a model is taken to hold where neither its row in the price table nor the user says so."""
_OVERHEAD = 2_500
_LEAST_ROOM = 3_000
_SHORTEST_REPLY = 1_000
_MILLION = 1_000_000


class _Counts(NamedTuple):
    """What counts the calls: how many are under way and may be, and what all of them have spent."""

    pace: Pace
    ledger: Ledger


class Connection:
    """How to ask, what it costs and what has been spent.

    The cache stands outside of the watch for cut prompts, that outside of the patience, and that outside of
    the budget: what is answered from disk takes no place, and each call that is made again is paid for by
    itself.
    """

    def __init__(self, ask: Ask, price: Price | None, watched: WatchedBackend, counts: _Counts) -> None:
        self.ask, self.price = ask, price
        self._watched, self._counts = watched, counts

    @property
    def spent(self) -> Spent:
        """Return what has been spent so far, and what was answered without."""
        return self._counts.ledger.spent

    @property
    def cut_prompts(self) -> CutPrompts | None:
        """Return the account of the prompts that the server cut, if it did."""
        return self._watched.found

    def metered(self, watch: Observer) -> Observer:
        """Return *watch* as an observer that also hears of calls and money."""
        return _Meter(watch, self._counts)

    async def close(self) -> None:
        """Release connections and files."""
        await close(self.ask.backend)


class _Meter:
    """Tells an observer, with every count, what was called and spent, and how much at a time."""

    def __init__(self, watch: Observer, counts: _Counts) -> None:
        self._watch = watch
        self._pace, self._ledger = counts

    def begin(self, stage: str, total: int | None = None) -> None:
        """Pass it on."""
        self._watch.begin(stage, total)

    def advance(self, **counts: int | float | None) -> None:
        """Pass the counts on, and those of the budget."""
        spent = self._ledger.spent
        self._watch.advance(
            **counts,
            calls=spent.calls,
            in_flight=self._pace.in_flight,
            allowed=self._pace.allowed,
            dollars=None if spent.cost is None else round(spent.cost, 4),
        )


def connection(settings: ModelSettings, turns: int = 1) -> Connection:
    """Return the connection that *settings* describe; nothing is opened before the first call.

    An analyst may take *turns* replies. Raises ``ConfigError`` for a cap on the cost of a model
    whose price is not known.
    """
    model = settings.model or ""
    price = _price(settings)
    room, reply = _room(settings)
    shown = min(LOG_TOKENS, room * 2 // 3)
    inner = connect(model, base_url=settings.base_url, timeout=settings.timeout)
    ledger = Ledger()
    caps = Caps(max_cost=settings.max_cost, max_calls=settings.max_calls)
    patient = PatientBackend(BudgetedBackend(inner, caps, price, ledger), settings.jobs)
    watched = WatchedBackend(patient)
    backend: Backend = watched
    if not isinstance(inner, (ScriptedBackend, ReplayBackend)):  # these cost nothing and may change
        backend = CachedBackend(watched, default_cache_dir() / "replies.sqlite", ledger)
    ask = Ask(
        backend,
        model,
        settings.base_url,
        reply,
        settings.seed,
        Path(settings.prompts) if settings.prompts else None,
        shown,
        looks=min(LOOK_TOKENS, room - shown),
        tools=settings.base_url is None and calls_tools(model),  # behind an address may be anything
        turns=turns,
    )
    return Connection(ask, price, watched, _Counts(patient.pace, ledger))


def _room(settings: ModelSettings) -> tuple[int, int]:
    """Return the tokens that a log and what is looked up in it may take, and those of a reply.

    Raises ``ConfigError`` for a window that the user names and that is too small for the replies.
    """
    reply = settings.max_tokens
    if settings.context is None:
        window = context_window(settings.model or "")
        if window is not None:
            reply = min(reply, window // 4)  # prompt and reply share the window of a small model
        return max(_LEAST_ROOM, (window or UNKNOWN_WINDOW) - reply - _OVERHEAD), reply
    room = settings.context - reply - _OVERHEAD
    if room >= _LEAST_ROOM:
        return room, reply
    shorter = settings.max_tokens + room - _LEAST_ROOM
    hint = f"--max-tokens {shorter}" if shorter >= _SHORTEST_REPLY else "a server with a larger window"
    raise ConfigError(
        f"a context of {settings.context} tokens is too small for replies of {settings.max_tokens}",
        hint=f"replies, prompts and a piece of log have to fit: try {hint}",
    )


def _price(settings: ModelSettings) -> Price | None:
    given = (settings.input_price, settings.output_price)
    if given == (None, None):
        return price_of(settings.model or "")
    if None in given:
        raise ConfigError(
            "only one of --input-price and --output-price", hint="give both, in dollars per million tokens"
        )
    return Price(input=(given[0] or 0.0) / _MILLION, output=(given[1] or 0.0) / _MILLION)
