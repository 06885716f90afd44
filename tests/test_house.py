"""The house rules that a machine can check: layers, cycles, sizes, hints, and who may print."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "trace2skill"
MODULES = sorted(PACKAGE.rglob("*.py"))
MODULE_LINES = 300
FUNCTION_LINES = 60
PARAMETERS = 5

# A module imports only from rows below its own, and within its own entry.
LAYERS = {
    "face": ("trace2skill.cli", "trace2skill.__main__"),
    "drawing": ("trace2skill.render",),
    "work": ("trace2skill.pipeline", "trace2skill.shorten"),
    "stages": (
        "trace2skill.ingest",
        "trace2skill.labels",
        "trace2skill.readers",
        "trace2skill.redact",
        "trace2skill.miner",
        "trace2skill.analysts",
        "trace2skill.consolidate",
        "trace2skill.compose",
        "trace2skill.compress",
        "trace2skill.condense",
        "trace2skill.lint",
        "trace2skill.measure",
    ),
    "services": (
        "trace2skill.llm",
        "trace2skill.skill",
        "trace2skill.patch",
        "trace2skill.prompts",
        "trace2skill.provenance",
        "trace2skill.runs",
        "trace2skill.trust",
        "trace2skill.obeyed",
        "trace2skill.fanout",
        "trace2skill.tokens",
    ),
    "ground": (
        "trace2skill.atif",
        "trace2skill.records",
        "trace2skill.quotes",
        "trace2skill.markdown",
        "trace2skill.fence",
        "trace2skill.injection",
        "trace2skill.shell",
        "trace2skill.config",
        "trace2skill.paths",
        "trace2skill.plugins",
        "trace2skill.subjects",
        "trace2skill.tasks",
    ),
    "bottom": ("trace2skill.errors", "trace2skill"),
}
# What an entry may import from its own row, beyond itself.
SAME_ROW = {
    "trace2skill.__main__": {"trace2skill.cli"},
    "trace2skill.ingest": {"trace2skill.labels", "trace2skill.readers", "trace2skill.redact"},
    "trace2skill.atif": {"trace2skill.records"},
    "trace2skill.markdown": {"trace2skill.records"},
    "trace2skill.quotes": {"trace2skill.records"},
    "trace2skill.subjects": {"trace2skill.records"},
    "trace2skill.tasks": {"trace2skill.records"},
    "trace2skill.injection": {"trace2skill.records"},
    "trace2skill.shell": {"trace2skill.records"},
    "trace2skill.llm": {"trace2skill.fanout", "trace2skill.prompts", "trace2skill.tokens"},
    "trace2skill.skill": {"trace2skill.patch"},
    "trace2skill.analysts": {"trace2skill.miner"},
    "trace2skill.compose": {"trace2skill.consolidate"},
    "trace2skill.condense": {"trace2skill.compress"},
    "trace2skill.lint": {"trace2skill.redact"},
    "trace2skill.measure": {"trace2skill.consolidate", "trace2skill.miner"},
}
# Who may import what speaks to the terminal, and who may write to it.
TALKERS = {
    "typer": ("trace2skill.cli",),
    "rich": ("trace2skill.render",),
    "sys.stdout": ("trace2skill.cli", "trace2skill.render"),
    "sys.stderr": ("trace2skill.cli", "trace2skill.render"),
    "print": (),
    "input": (),
    "logging": (),
    "warnings": ("trace2skill.lint.scripts",),  # which only silences them
}
# What takes long to import, and the one module that does so, inside of a function.
LATE = {"litellm": "trace2skill.llm.live", "openai": "trace2skill.llm.live", "tiktoken": "trace2skill.tokens"}
# Modules that may import own modules inside of functions: --help should not load all of the program.
LAZY = {"trace2skill.cli", "trace2skill.cli.compress", "trace2skill.cli.lint"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = frozenset(map(name_of, MODULES))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def row_of(module: str) -> tuple[int, str]:
    """Return the row of *module* and the entry of the table that it falls under."""
    for depth in range(module.count(".") + 1, 0, -1):
        entry = ".".join(module.split(".")[:depth])
        for row, entries in enumerate(LAYERS.values()):
            if entry in entries and (entry != "trace2skill" or module == "trace2skill"):
                return row, entry
    raise AssertionError(f"{module} stands in no layer: add it to LAYERS")


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that *tree* imports anywhere, names of a package's modules resolved."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in NAMES else str(node.module)


def own_imports_of(tree: ast.AST) -> set[str]:
    return {name for name in imports_of(tree) if name.split(".")[0] == "trace2skill"}


def functions_of(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def parameters_of(function: Function) -> list[ast.arg]:
    """Return all parameters but *self* and *cls*."""
    taken = function.args
    several = [argument for argument in (taken.vararg, taken.kwarg) if argument is not None]
    everything = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, *several]
    return [argument for argument in everything if argument.arg not in ("self", "cls")]


def talk_of(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each use of what speaks to the terminal: its key in ``TALKERS`` and the line."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in imports_of(node):
                yield name.split(".")[0], node.lineno
            if isinstance(node, ast.ImportFrom) and node.module == "sys":
                yield from ((f"sys.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield f"sys.{node.attr.strip('_')}", node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno


def lies_in(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    module = name_of(path)
    row, entry = row_of(module)
    for target in own_imports_of(tree_of(path)):
        target_row, target_entry = row_of(target)
        same = target_entry == entry or target_entry in SAME_ROW.get(entry, set())
        assert target_row > row or same, f"{module} imports {target}, which is not below it"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {name_of(path): own_imports_of(tree_of(path)) for path in MODULES if name_of(path) not in LAZY}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' → '.join(error.args[1])}")


def test_the_table_of_layers_names_only_modules_that_exist() -> None:
    entries = [entry for row in LAYERS.values() for entry in row]
    assert sorted(entries) == sorted(set(entries))
    allowed = [name for names in SAME_ROW.values() for name in names]
    assert {*entries, *SAME_ROW, *allowed, *LATE.values(), *LAZY} <= NAMES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_import_only_what_is_slow_to_import(path: Path) -> None:
    module = name_of(path)
    for function in functions_of(tree_of(path)):
        for target in imports_of(function):
            late = LATE.get(target.split(".")[0]) == module
            lazy = module in LAZY and target.startswith("trace2skill.")
            assert late or lazy, f"{module}:{function.name} imports {target}; do so at the top"


def test_nothing_slow_is_imported_before_it_is_needed() -> None:
    modules = ", ".join(sorted(NAMES - {"trace2skill.__main__"}))
    code = f"import sys, {modules}; print(*sorted({{*{list(LATE)!r}}} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MODULE_LINES
    for function in functions_of(tree_of(path)):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= FUNCTION_LINES, f"{path.name}:{function.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_take_few_parameters_and_say_their_types(path: Path) -> None:
    for function in functions_of(tree_of(path)):
        taken = parameters_of(function)
        where = f"{path.name}:{function.name}"
        assert function.returns is not None, f"{where} does not say what it returns"
        assert all(argument.annotation is not None for argument in taken), f"{where} lacks a type"
        # A command takes what its user may say: that is one parameter per option.
        is_command = name_of(path) == f"trace2skill.cli.{function.name}"
        assert is_command or len(taken) <= PARAMETERS, f"{where} has {len(taken)} parameters"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_face_speaks_to_the_terminal(path: Path) -> None:
    module = name_of(path)
    for talker, line in talk_of(tree_of(path)):
        assert lies_in(module, TALKERS.get(talker, (module,))), f"{module}:{line} uses {talker}"


@pytest.mark.parametrize(
    "source",
    [
        "print('x')",
        "say = print",
        "import sys; sys.stderr.write('x')",
        "from sys import stdout",
        "import sys; sys.__stdout__.write('x')",
        "def f() -> None:\n    from rich import print as say",
        "import rich.console",
        "import typer",
    ],
)
def test_every_way_to_speak_is_noticed(source: str) -> None:
    found = {talker for talker, _ in talk_of(ast.parse(source))}
    assert [talker for talker in found & TALKERS.keys() if not lies_in("trace2skill.ingest", TALKERS[talker])]


def test_imports_inside_of_functions_are_noticed() -> None:
    tree = ast.parse("def f() -> None:\n    from trace2skill import readers\n    import trace2skill.cli.lint")
    assert own_imports_of(tree) == {"trace2skill.readers", "trace2skill.cli.lint"}
