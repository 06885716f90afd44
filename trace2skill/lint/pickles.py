"""What a pickle would import if it were loaded; it never is."""

from __future__ import annotations

import io
import pickletools
import re
from typing import NamedTuple

MAX_OPCODES = 200_000
_NPY = b"\x93NUMPY"
_OBJECTS = re.compile(rb"'descr':[^}]{0,200}\|?O")
_STRINGS = ("UNICODE", "STRING")
_MODULES = frozenset(
    "os posix nt subprocess sys socket shutil ctypes importlib runpy pty webbrowser multiprocessing code "
    "codeop marshal pdb bdb timeit cProfile profile pip commands asyncio urllib http ftplib smtplib "
    "requests pickle _pickle dill cloudpickle".split()
)
_BUILTINS = frozenset("eval exec compile open __import__ input breakpoint globals vars".split())
_NAMES = {
    "builtins": _BUILTINS,
    "__builtin__": _BUILTINS,
    "operator": frozenset(("attrgetter", "methodcaller")),
    "types": frozenset(("FunctionType", "CodeType", "LambdaType")),
}


class Pickle(NamedTuple):
    """What the opcodes of a pickle name."""

    dangerous: tuple[str, ...]
    """Imports, as ``module.name``, by which loading can run commands; sorted."""
    whole: bool
    """Whether all opcodes could be read."""
    cut: bool = False
    """Whether there are more of them than were read."""


def pickled_part(data: bytes) -> bytes:
    """Return the pickle in *data*: what follows the header of a NumPy array of objects, or all of it.

    Nothing for an array of numbers.
    """
    if not data.startswith(_NPY):
        return data
    end = data.find(b"\n", 0, 70_000)
    return data[end + 1 :] if end >= 0 and _OBJECTS.search(data, 0, end) else b""


def read_pickle(data: bytes) -> Pickle:
    """Walk the opcodes of all pickles in *data*, one after the other."""
    walker = _Walker()
    whole = walker.walk(data)
    return Pickle(tuple(sorted(walker.dangerous)), whole, walker.cut)


def _is_dangerous(module: str, name: str) -> bool:
    return module.split(".")[0] in _MODULES or name.split(".")[0] in _NAMES.get(module, ())


class _Walker:
    """Follows strings through the stack and the memo as far as imports need them."""

    def __init__(self) -> None:
        self.dangerous: set[str] = set()
        self.strings: list[str] = []
        self.memo: dict[int, str] = {}
        self.cut = False

    def walk(self, data: bytes) -> bool:
        """Read opcodes to the end; say whether there was one."""
        stream = io.BytesIO(data)
        count = 0
        while stream.tell() < len(data):
            begun = stream.tell()
            try:
                for opcode, value, _ in pickletools.genops(stream):
                    count += 1
                    if count > MAX_OPCODES:
                        self.cut = True
                        return False
                    self._step(opcode.name, value)
            except Exception:  # noqa: BLE001  # genops raises whatever hostile bytes make it raise
                return begun > 0  # what follows the first pickle may be the numbers of an array
        return True

    def _step(self, name: str, value: object) -> None:
        if name in ("GLOBAL", "INST") and isinstance(value, str):
            self._import(*value.split(" ", 1))
        elif name == "STACK_GLOBAL":
            self._import(*(["", "", *self.strings][-2:]))
            if self.strings:
                self.strings.pop()
        elif any(kind in name for kind in _STRINGS) and isinstance(value, str):
            self.strings.append(value)
        elif name == "MEMOIZE":
            self._keep(len(self.memo))
        elif name.endswith("PUT") and isinstance(value, int):
            self._keep(value)
        elif name.endswith("GET") and isinstance(value, int):
            self.strings.append(self.memo.get(value, ""))

    def _keep(self, place: int) -> None:
        self.memo[place] = self.strings[-1] if self.strings else ""

    def _import(self, module: str, name: str = "") -> None:
        if _is_dangerous(module, name):
            self.dangerous.add(f"{module}.{name}")
