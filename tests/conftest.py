"""Fixtures for all tests: no network, no cache of the user's, and a chat server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chat_server import ChatServer

# How long one example takes says more about the machine than about the program.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep every test off the network and away from the user's own cache."""
    monkeypatch.setenv("TRACE2SKILL_OFFLINE", "1")
    monkeypatch.setenv("TRACE2SKILL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def chat_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """Start a chat server on 127.0.0.1 and allow calls; give ``plan`` to make it misbehave."""
    monkeypatch.delenv("TRACE2SKILL_OFFLINE")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ChatServer() as server:
        yield server


@pytest.fixture
def root() -> Path:
    """Return the root of the project."""
    return Path(__file__).parents[1]
