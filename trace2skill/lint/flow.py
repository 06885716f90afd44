"""What flows in one Python file: from the network, a decoder or outside data to what runs it.

By the syntax tree alone: names with their imports, assignments, parameters and returns of functions in
the file, and files written and then run. It does not follow containers by key or calls between files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

import msgspec

from trace2skill.lint.pynames import Names
from trace2skill.lint.scripts import Script

Kind = Literal["fetched", "decoded", "data"]
ROUNDS = 4
"""So often assignments are gone through; a longer chain backwards is not followed."""
MAX_NODES = 60_000
_FETCH = frozenset(
    f"{module}.{name}"
    for module in ("requests", "httpx", "requests.sessions.Session", "requests.Session")
    for name in "get post request put".split()
) | frozenset("urllib.request.urlopen urllib2.urlopen urllib.urlopen urllib3.request httpx.stream".split())
_RECEIVE = frozenset(("recv", "recvfrom", "getresponse"))
_DECODE = frozenset(
    "base64.b64decode base64.b32decode base64.b16decode base64.b85decode base64.a85decode "
    "base64.urlsafe_b64decode base64.standard_b64decode base64.decodebytes binascii.unhexlify "
    "binascii.a2b_base64 binascii.a2b_hex bytes.fromhex bytearray.fromhex zlib.decompress gzip.decompress "
    "bz2.decompress lzma.decompress marshal.loads codecs.decode".split()
)
_DATA = frozenset("input os.getenv os.environ.get sys.stdin.read sys.stdin.readline".split())
_PASS = frozenset(
    "str bytes bytearray compile json.loads textwrap.dedent builtins.compile types.FunctionType io.StringIO "
    "types.CodeType map list reversed repr memoryview".split()
)
_EVAL = frozenset("exec eval builtins.exec builtins.eval __builtins__.exec __builtins__.eval".split())
_SHELL = frozenset(
    "os.system os.popen subprocess.getoutput subprocess.getstatusoutput commands.getoutput pty.spawn".split()
)
_PROCESS = frozenset(f"subprocess.{name}" for name in "run call check_call check_output Popen".split())
_INTERPRETERS = frozenset(
    "sh bash zsh dash python python3 node perl ruby powershell pwsh sys.executable".split()
)


class Origin(msgspec.Struct, frozen=True):
    """Where a value comes from."""

    kind: Kind
    line: int
    part: bool = False
    """Whether it is only a part of a longer text."""


class Use(msgspec.Struct, frozen=True):
    """A place that runs such a value."""

    kind: Kind
    line: int
    since: int
    """The line that the value comes from."""
    text: str


def uses_in(script: Script) -> list[Use]:
    """Return where a Python script runs what it fetched, decoded or read; lines of the script."""
    tree = script.tree
    if tree is None:
        return []
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_NODES or not any(isinstance(node, ast.Call) for node in nodes):
        return []
    try:
        flow = _Flow(tree, nodes)
        return sorted(set(flow.uses()), key=lambda use: (use.line, use.kind, use.since))
    except RecursionError:
        return []


class _Flow:
    """What names, functions and files hold."""

    def __init__(self, tree: ast.Module, nodes: list[ast.AST]) -> None:
        self.names = Names(tree)
        self.nodes = nodes
        self.held: dict[str, Origin] = {}
        self.files: dict[str, Origin] = {}
        self.functions = {
            node.name: node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        self.calls = [node for node in nodes if isinstance(node, ast.Call)]
        for _ in range(ROUNDS):
            before = len(self.held), len(self.files)
            self._round()
            if (len(self.held), len(self.files)) == before:
                break

    def _round(self) -> None:
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._hold(target, node.value)
            elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
                self._hold(node.target, node.value)
            elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
                self._hold(node.target, node.iter)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._hold(node.optional_vars, node.context_expr)
                self.names.handles[ast.unparse(node.optional_vars)] = self._opened(node.context_expr)
            elif isinstance(node, ast.Call):
                self._hand_over(node)
                self._write(node)
        self._returns()

    def _returns(self) -> None:
        for name, function in self.functions.items():
            for inner in ast.walk(function):
                if isinstance(inner, (ast.Return, ast.Yield)):
                    self._note(f"{name}()", self.origin(inner.value))

    def _hand_over(self, node: ast.Call) -> None:
        """Note what a call hands to a function of the file."""
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            taken = self.functions[node.func.id].args
            for parameter, value in zip((*taken.posonlyargs, *taken.args), node.args, strict=False):
                self._note(parameter.arg, self.origin(value))
            for keyword in node.keywords:
                self._note(keyword.arg or "**", self.origin(keyword.value))

    def _write(self, node: ast.Call) -> None:
        """Note what a call writes to a file."""
        if self.names.of(node.func) == "urllib.request.urlretrieve" and len(node.args) > 1:
            self.files.setdefault(self._place(node.args[1]), Origin("fetched", node.lineno))
        if not isinstance(node.func, ast.Attribute) or not node.args:
            return
        place, holder = "", node.func.value
        if node.func.attr == "write":
            place = (
                self.names.handles.get(holder.id, "")
                if isinstance(holder, ast.Name)
                else self._opened(holder)
            )
        elif node.func.attr in ("write_text", "write_bytes"):
            place = self._place(holder)
        origin = self.origin(node.args[0]) if place else None
        if origin is not None and origin.kind != "data":
            self.files.setdefault(place, origin)

    def _opened(self, node: ast.expr) -> str:
        """Return the file that *node* opens to write."""
        if (
            isinstance(node, ast.Call)
            and self.names.of(node.func) in ("open", "io.open")
            and len(node.args) > 1
        ):
            return self._place(node.args[0])
        return ""

    def _place(self, node: ast.expr) -> str:
        if isinstance(node, ast.Call) and node.args and self.names.of(node.func) in ("pathlib.Path", "str"):
            return self._place(node.args[0])
        text = self.names.text(node)
        return text if text is not None else ast.unparse(node)

    def _hold(self, target: ast.expr | None, value: ast.expr | None) -> None:
        origin = self.origin(value)
        if origin is None or target is None:
            return
        for node in target.elts if isinstance(target, (ast.Tuple, ast.List)) else (target,):
            if isinstance(node, (ast.Name, ast.Attribute)):
                self._note(ast.unparse(node), origin)

    def _note(self, name: str, origin: Origin | None) -> None:
        if origin is not None:
            self.held.setdefault(name, origin)

    def origin(self, node: ast.AST | None) -> Origin | None:
        """Return where the value of an expression comes from, if from anywhere that matters."""
        if isinstance(node, ast.Name):
            return self.held.get(node.id)
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.Attribute):
            found = self.held.get(ast.unparse(node)) or self.origin(node.value)
            name = self.names.of(node)
            return found or (Origin("data", node.lineno) if name in ("sys.argv", "os.environ") else None)
        if isinstance(node, ast.Subscript):
            turned = isinstance(node.slice, ast.Slice) and _is_minus_one(node.slice.step)
            literal = self.names.text(node.value) or ""
            if turned and len(literal) > 8:
                return Origin("decoded", node.lineno)
            return self.origin(node.value)
        if isinstance(node, ast.JoinedStr):
            return self._composed(node.values)
        if isinstance(node, ast.BinOp):
            return self._composed([node.left, node.right])
        children = ast.iter_child_nodes(node) if isinstance(node, _THROUGH) else ()
        return next((found for child in children if (found := self.origin(child)) is not None), None)

    def _composed(self, parts: list[ast.expr]) -> Origin | None:
        found = next((one for part in parts if (one := self.origin(part)) is not None), None)
        fixed = any((self.names.text(part) or "").strip() for part in parts)
        return msgspec.structs.replace(found, part=True) if found is not None and fixed else found

    def _of_call(self, node: ast.Call) -> Origin | None:
        name = self.names.of(node.func)
        inner = next((found for value in node.args if (found := self.origin(value)) is not None), None)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in _FETCH or method in _RECEIVE:
            return Origin("fetched", node.lineno)
        if name in _DECODE:
            plain = name == "codecs.decode" and "utf" in (self.names.text(node.args[-1]) or "utf")
            return inner if plain or (inner and inner.kind == "fetched") else Origin("decoded", node.lineno)
        if method == "join" and any(self._is_chr(value) for value in node.args):
            return Origin("decoded", node.lineno)
        if name in _DATA:
            return Origin("data", node.lineno)
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            return self.held.get(f"{node.func.id}()")
        if name in ("open", "io.open"):
            return (
                Origin("data", node.lineno) if node.args and self.names.text(node.args[0]) is None else None
            )
        if isinstance(node.func, ast.Attribute):
            return self.origin(node.func.value) or (inner if name in _PASS or method == "join" else None)
        return inner if name in _PASS else None

    def _is_chr(self, node: ast.expr) -> bool:
        calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
        mapped = isinstance(node, ast.Call) and self.names.of(node.func) == "map" and node.args
        return any(self.names.of(one) == "chr" for one in (*calls, *(node.args[:1] if mapped else ())))  # type: ignore[attr-defined]

    def uses(self) -> Iterator[Use]:
        """Yield the places that run what matters."""
        for node in self.calls:
            origin = self._ran(node)
            if origin is not None:
                yield Use(origin.kind, node.lineno, origin.line, ast.unparse(node)[:400])

    def _ran(self, node: ast.Call) -> Origin | None:
        name = self.names.of(node.func)
        if name in _EVAL and node.args:
            return self.origin(node.args[0])
        if name in ("pickle.loads", "marshal.loads", "dill.loads") and node.args:
            found = self.origin(node.args[0])
            return found if found is not None and found.kind == "fetched" else None
        if name in _SHELL and node.args:
            return self._whole(node.args[0])
        if name in _PROCESS and node.args:
            return self._process(node)
        return None

    def _process(self, node: ast.Call) -> Origin | None:
        first = node.args[0]
        words = first.elts if isinstance(first, (ast.List, ast.Tuple)) else [first]
        program = (self.names.text(words[0]) or self.names.of(words[0])) if words else ""
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if program.rsplit("/", 1)[-1] in _INTERPRETERS:
            found = (
                self._whole(word) for word in (*words[1:], *([given["input"]] if "input" in given else ()))
            )
            return next((one for one in found if one is not None), None)
        shell = isinstance(given.get("shell"), ast.Constant) and given["shell"].value  # type: ignore[attr-defined]
        return self._whole(words[0]) if words and (shell or self._place(words[0]) in self.files) else None

    def _whole(self, node: ast.expr) -> Origin | None:
        """Return where a command comes from, if it is all of it; else that of the file it names."""
        found = self.origin(node)
        if found is not None and not found.part and found.kind != "data":
            return found
        place = self._place(node)
        return self.files.get(place) or next(
            (origin for name, origin in self.files.items() if name in place.split()), None
        )


_THROUGH = (
    ast.IfExp, ast.BoolOp, ast.Await, ast.Starred, ast.Tuple, ast.List, ast.FormattedValue, ast.NamedExpr,
    ast.ListComp, ast.GeneratorExp,
)  # fmt: skip


def _is_minus_one(node: ast.expr | None) -> bool:
    return isinstance(node, ast.UnaryOp) and ast.unparse(node) == "-1"
