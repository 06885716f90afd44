"""What a shell script gets from elsewhere, and where it runs it."""

from __future__ import annotations

import msgspec


class Data(msgspec.Struct, frozen=True):
    """Something that a script got by fetching or decoding."""

    fetched: bool
    decoded: bool
    line: int
    source: str
    """The words of the command that got it."""
    listed: bool = False
    """Whether some list of sums was compared that may, or may not, name it."""


class Run(msgspec.Struct, frozen=True):
    """A place where such data is run as a program."""

    data: Data
    line: int
    text: str
    installed: bool = False
    """Whether it is opened, or run by its bare name, as packages and programs are once they are installed."""
