"""What flows in one Python file: from the network, a decoder or outside data to what runs it.

By the syntax tree alone: names with their imports, assignments, parameters and returns of functions,
files written and then run, and what other files hand over. Containers are not followed by key.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from trace2skill.lint.pynames import Names, dotted
from trace2skill.lint.pyrepair import repaired
from trace2skill.lint.pyscopes import keys_of
from trace2skill.lint.pytables import CODE_SUFFIXES, DATA, DECODE, FETCH, GIVEN, PASS, PROCESS, RECEIVE
from trace2skill.lint.pytexts import is_minus_one
from trace2skill.lint.scripts import Script

Kind = Literal["fetched", "decoded", "file", "data", "given"]
ROUNDS = 4
"""So often assignments are gone through; a longer chain backwards is not followed."""
MAX_NODES = 150_000
MAX_STEPS = 400_000


class Origin(msgspec.Struct, frozen=True):
    """Where a value comes from."""

    kind: Kind
    line: int
    part: bool = False
    """Whether it is only a part of a longer text."""
    source: str = ""
    """The address that it is fetched from, where that can be told."""


def flow_of(script: Script) -> Flow | None:
    """Return what flows in a Python script; nothing if there is no tree, or too large a one."""
    tree = script.tree or (repaired(script.text) if script.problem == "SyntaxError" else None)
    if tree is None:
        return None
    nodes = script.nodes or tuple(ast.walk(tree))
    if len(nodes) > MAX_NODES:
        script.problem = f"{len(nodes)} nodes of Python; {MAX_NODES} are followed"
        return None
    try:
        return Flow(tree, nodes)
    except RecursionError:
        script.problem = "expressions nested too deep to follow"
        return None


class Flow:
    """What names, functions and files of one Python file hold."""

    def __init__(self, tree: ast.Module, nodes: Sequence[ast.AST]) -> None:
        self.tree = tree
        self.names = Names(nodes)
        self.every = nodes
        """All nodes of the tree."""
        self.nodes = [node for node in nodes if isinstance(node, _MATTER)]
        self.steps = 0
        self.keys = keys_of(tree)
        self.held: dict[str, Origin] = {}
        self.files: dict[str, Origin] = {}
        self.functions = {
            node.name: node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        self.returned = [
            (name, inner.value)
            for name, function in self.functions.items()
            for inner in ast.walk(function)
            if isinstance(inner, (ast.Return, ast.Yield)) and inner.value is not None
        ]
        self.calls = [node for node in nodes if isinstance(node, ast.Call)]
        self.follow()

    def share(self, held: Mapping[str, Origin], texts: Mapping[str, str]) -> None:
        """Take what other files hold, by dotted names, and go through this one again."""
        self.names.learn(texts)
        for name, whole in self.names.aliases.items():
            for ending in ("", "()"):
                origin = held.get(".".join(whole.split(".")[-2:]) + ending)
                if origin is not None:
                    self.held.setdefault(name + ending, origin)
        modules = {whole.rsplit(".", 1)[-1]: name for name, whole in self.names.aliases.items()}
        for name, origin in held.items():
            module, _, rest = name.partition(".")
            if module in modules:
                self.held.setdefault(f"{modules[module]}.{rest}", origin)
        self.follow()

    def follow(self) -> None:
        """Go through the file until nothing new is known."""
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
                    self._handle(target, node.value)
            elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
                self._hold(node.target, node.value)
            elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
                self._hold(node.target, node.iter)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._hold(node.optional_vars, node.context_expr)
                self._handle(node.optional_vars, node.context_expr)
            elif isinstance(node, ast.Call):
                self._hand_over(node)
                self._write(node)
        self._returns()

    def _returns(self) -> None:
        for name, value in self.returned:
            origin = self.origin(value)
            self._note(f"{name}()", origin)
            self._note(f"self.{name}()", origin)

    def _hand_over(self, node: ast.Call) -> None:
        """Note what a call hands to a function of the file."""
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            taken = self.functions[node.func.id].args
            given = list(zip((*taken.posonlyargs, *taken.args), node.args, strict=False))
            named = {one.arg: one.value for one in node.keywords}
            given += [(one, named[one.arg]) for one in (*taken.args, *taken.kwonlyargs) if one.arg in named]
            for parameter, value in given:
                self._note(self.keys.get(id(parameter), parameter.arg), self.origin(value))

    def _write(self, node: ast.Call) -> None:
        """Note what a call writes to a file."""
        if self.names.of(node.func) == "urllib.request.urlretrieve" and len(node.args) > 1:
            self.files.setdefault(self.place(node.args[1]), Origin("fetched", node.lineno))
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
            place = self.place(holder)
        origin = self.origin(node.args[0]) if place else None
        if origin is not None and origin.kind in ("fetched", "decoded"):
            self.files.setdefault(place, origin)

    def _handle(self, target: ast.expr, value: ast.expr) -> None:
        """Note which file a name writes to."""
        if isinstance(target, ast.Name) and isinstance(value, ast.Call):
            if self.names.of(value.func) == "tempfile.NamedTemporaryFile":
                self.names.handles[target.id] = f"{target.id}.name"
            elif opened := self._opened(value):
                self.names.handles[target.id] = opened

    def _opened(self, node: ast.expr) -> str:
        """Return the file that *node* opens to write."""
        if (
            isinstance(node, ast.Call)
            and self.names.of(node.func) in ("open", "io.open")
            and len(node.args) > 1
        ):
            return self.place(node.args[0])
        return ""

    def place(self, node: ast.expr) -> str:
        """Return the file that *node* names: its text where that is known, else its source."""
        if isinstance(node, ast.Call) and node.args and self.names.of(node.func) in ("pathlib.Path", "str"):
            return self.place(node.args[0])
        text = self.names.text(node)
        return text if text is not None else ast.unparse(node)[:400]

    def _hold(self, target: ast.expr | None, value: ast.expr | None) -> None:
        origin = self.origin(value)
        if origin is None or target is None:
            return
        for node in target.elts if isinstance(target, (ast.Tuple, ast.List)) else (target,):
            if isinstance(node, (ast.Name, ast.Attribute)):
                self._note(self.keys.get(id(node), dotted(node)), origin)

    def _note(self, name: str, origin: Origin | None) -> None:
        if origin is not None and name:
            self.held.setdefault(name, origin)

    def origin(self, node: ast.AST | None) -> Origin | None:
        """Return where the value of an expression comes from, if from anywhere that matters."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise RecursionError("more steps than one file is worth")
        if isinstance(node, ast.Name):
            return self.held.get(self.keys.get(id(node), node.id))
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.Attribute):
            found = self.held.get(dotted(node)) or self.origin(node.value)
            return found or self._outside(self.names.of(node), node.lineno)
        if isinstance(node, ast.Subscript):
            turned = isinstance(node.slice, ast.Slice) and is_minus_one(node.slice.step)
            if turned and len(self.names.text(node.value) or "") > 8:
                return Origin("decoded", node.lineno)
            return self.origin(node.value)
        if isinstance(node, ast.JoinedStr):
            return self._composed(node.values)
        if isinstance(node, ast.BinOp):
            return self._composed([node.left, node.right])
        children = ast.iter_child_nodes(node) if isinstance(node, _THROUGH) else ()
        return next((found for child in children if (found := self.origin(child)) is not None), None)

    def _outside(self, name: str, line: int) -> Origin | None:
        if name in ("os.environ", "environ"):
            return Origin("data", line)
        return Origin("given", line) if name == "sys.argv" else None

    def _composed(self, parts: list[ast.expr]) -> Origin | None:
        found = next((one for part in parts if (one := self.origin(part)) is not None), None)
        fixed = any((self.names.text(part) or "").strip() for part in parts)
        return msgspec.structs.replace(found, part=True) if found is not None and fixed else found

    def _of_call(self, node: ast.Call) -> Origin | None:
        name = self.names.of(node.func)
        inner = next((found for value in node.args if (found := self.origin(value)) is not None), None)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in FETCH or method in RECEIVE:
            source = next((text for one in node.args if "://" in (text := self.names.text(one) or "")), "")
            return Origin("fetched", node.lineno, source=source)
        if name in PROCESS and self._is_fetcher(node):
            return Origin("fetched", node.lineno, source=ast.unparse(node)[:400])
        if name in DECODE:
            plain = name == "codecs.decode" and "utf" in (self.names.text(node.args[-1]) or "utf")
            return inner if plain or (inner and inner.kind == "fetched") else Origin("decoded", node.lineno)
        if self._is_noise(name, method, node):
            return Origin("decoded", node.lineno)
        if name in DATA or name in GIVEN:
            return Origin("data" if name in DATA else "given", node.lineno)
        called = self.held.get(f"{dotted(node.func)}()")
        if called is not None:
            return called
        if name in ("open", "io.open") or (method in ("read_text", "read_bytes", "open") and not inner):
            return self._read(node, name) or inner
        if isinstance(node.func, ast.Attribute):
            return self.origin(node.func.value) or (inner if name in PASS or method == "join" else None)
        return inner if name in PASS else None

    def _is_fetcher(self, node: ast.Call) -> bool:
        """Say whether a call starts a program that fetches."""
        first: ast.expr | None = node.args[0] if node.args else None
        if isinstance(first, (ast.List, ast.Tuple)):
            first = first.elts[0] if first.elts else None
        words = ((self.names.text(first) if first is not None else "") or "").split()
        return bool(words) and words[0].rsplit("/", 1)[-1] in ("curl", "wget")

    def _read(self, node: ast.Call, name: str) -> Origin | None:
        """Return the origin of what is read from a file: one that no reader takes for code, or any."""
        holder = node.func.value if isinstance(node.func, ast.Attribute) else None
        place = node.args[0] if "open" in name and node.args else holder
        if place is None:
            return None
        written = self.files.get(self.place(place))
        if written is not None:
            return written
        words = [one.value for one in ast.walk(place) if isinstance(one, ast.Constant)]
        named = next((one for one in reversed(words) if isinstance(one, str) and "." in one), "")
        if not named:
            return None if isinstance(place, ast.Constant) else Origin("given", node.lineno)
        return None if named.endswith(CODE_SUFFIXES) else Origin("file", node.lineno, source=named)

    def _is_noise(self, name: str, method: str, node: ast.Call) -> bool:
        """Say whether a call makes a text of numbers, or turns the letters of one."""
        if method == "join" or name in ("bytes", "bytearray"):
            return any(self._is_chr(value) for value in node.args)
        return method == "translate" and bool(node.args)

    def _is_chr(self, node: ast.expr) -> bool:
        inner = list(ast.walk(node)) if isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.Call)) else []
        if any(isinstance(one, ast.BitXor) for one in inner):
            return True
        if isinstance(node, (ast.List, ast.Tuple)):
            return len(node.elts) > 7 and all(isinstance(one, ast.Constant) for one in node.elts)
        return any(self.names.of(one) == "chr" for one in inner if isinstance(one, ast.Name))


_MATTER = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension,
    ast.withitem, ast.Call,
)  # fmt: skip
_THROUGH = (
    ast.IfExp, ast.BoolOp, ast.Await, ast.Starred, ast.Tuple, ast.List, ast.FormattedValue, ast.NamedExpr,
    ast.ListComp, ast.GeneratorExp,
)  # fmt: skip
