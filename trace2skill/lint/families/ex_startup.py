"""EX: code that runs without being called: at import, at the start of Python, or when a day has come."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from trace2skill.lint.pyimport import effects_of
from trace2skill.lint.ran import Python, Ran, all_of
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.shellcode import Code
from trace2skill.lint.view import View
from trace2skill.records import Severity

_PACKAGES = frozenset(
    "requests httpx numpy pandas yaml dotenv openai anthropic flask django fastapi pydantic boto3 bs4 lxml "
    "aiohttp urllib3 rich click typer jinja2 sqlalchemy scipy matplotlib PIL cryptography paramiko "
    "pytest".split()
)
_STARTUP = frozenset(("sitecustomize.py", "usercustomize.py"))
_TIMES = frozenset(
    "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today time.time "
    "datetime.now datetime.utcnow date.today time.localtime time.gmtime time.strftime".split()
)
_PLACES = frozenset(
    "socket.gethostname socket.getfqdn platform.node getpass.getuser os.getlogin os.uname locale.getlocale "
    "locale.getdefaultlocale sys.gettrace uuid.getnode os.getuid".split()
)
_SWITCHES = re.compile(
    r"^(?:CI|GITHUB_ACTIONS|SANDBOX\w{0,20}|USER|USERNAME|HOSTNAME|LANG|TZ|GITLAB_CI|JENKINS\w{0,10})$"
)
_YEAR = re.compile(r"\b20[2-9]\d\b|\b1[789]\d{8}\b")
_SHELL_GATE = re.compile(
    r"(?:\[{1,2}|\btest\b|\bcase\b|\bif\b)[^\n]{0,120}(?:\$\(date\b|`date\b|\$\(hostname|\$\(whoami|\$\{?(?:HOSTNAME"
    r"|USER|CI|GITHUB_ACTIONS|LANG|TZ|EPOCHSECONDS)\b)"
)
_GATED = "waits for a day, a machine or the lack of a watcher before it does what it hides"
_ROWS = 8


def shadows(view: View) -> Iterator[Hit]:
    """Find scripts that stand in for a module which their neighbours import."""
    python = {one.script.path: one for one in all_of(view).python if one.script.source == "file"}
    for path, one in python.items():
        folder, _, name = path.rpartition("/")
        module = name.removesuffix(".py")
        if module not in sys.stdlib_module_names and module not in _PACKAGES:
            continue
        importers = [other for other, its in python.items() if other != path and _imports(its, module)]
        near = [other for other in importers if other.rpartition("/")[0] == folder]
        effect = next(effects_of(one.flow), None)
        if not near and effect is None:
            continue
        if effect is None and view.file(f"{folder}/__init__.py" if folder else "__init__.py") is not None:
            continue
        line, what = effect or (1, "nothing")
        level: Severity | None = None if effect is not None and near else "warning"
        message = f"is imported in place of the module {module}" + (
            f", and runs {what} then" if effect else ""
        )
        yield Hit(
            path, line, message, fix="give it a name of its own", evidence=f"{name}: {what}", level=level
        )


def _imports(one: Python, module: str) -> bool:
    for node in one.flow.every:
        if isinstance(node, ast.Import) and any(
            alias.name.partition(".")[0] == module for alias in node.names
        ):
            return True
        if (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").partition(".")[0] == module
        ):
            return True
    return False


def startup_files(view: View) -> Iterator[Hit]:
    """Find files that Python, or a tool, runs by itself."""
    for file in view.texts():
        rows = file.text.split("\n") if file.path.endswith(".pth") else []
        for number, row in enumerate(rows, start=1):
            if row.startswith(("import ", "import\t")):
                yield Hit(file.path, number, "runs code at each start of Python", evidence=row[:400])
    for one in all_of(view).python:
        name = one.script.path.rsplit("/", 1)[-1]
        if one.script.source != "file" or name not in (*_STARTUP, "conftest.py", "__init__.py"):
            continue
        line, what = next(effects_of(one.flow), (0, ""))
        if what:
            yield Hit(one.script.path, line, f"runs {what} as soon as it is loaded", evidence=what)
        elif name in _STARTUP:
            said = "is run at each start of Python"
            yield Hit(one.script.path, 1, said, evidence=name, level="warning")


def gated(view: View) -> Iterator[Hit]:
    """Find a condition on the day, the machine or the user before something that hides."""
    every = all_of(view)
    strong = [one for one in every.ran if one.kind in ("fetched", "decoded", "file", "data")]
    for one in every.python:
        lines = {ran.line for ran in strong if ran.path == one.script.path}
        for node, body in _gates(one) if lines else ():
            found = _reached(one, body, lines)
            if found:
                place = one.script.path, one.script.at(node.lineno)
                text = ast.unparse(node.test)[:200]
                yield Hit(*place, _GATED, evidence=text, context=one.script.context)
    for code in every.code:
        if code.windows or not _SHELL_GATE.search(code.text[:200_000]):
            continue
        yield from _of_shell(code, [ran for ran in strong if ran.path == code.path])


def _of_shell(code: Code, ran: list[Ran]) -> Iterator[Hit]:
    for number, line in enumerate(code.text.split("\n"), start=code.line):
        if _SHELL_GATE.search(line[:4000]) and any(number <= one.line <= number + _ROWS for one in ran):
            yield Hit(code.path, number, _GATED, evidence=line.strip()[:200], context=code.context)


def _gates(one: Python) -> Iterator[tuple[ast.If, list[ast.stmt]]]:
    """Yield conditions with what they guard: their body, or what follows where the body only leaves."""
    for node in one.flow.every:
        for field in ("body", "orelse", "finalbody"):
            found = getattr(node, field, None)
            rows: list[ast.stmt] = found if isinstance(found, list) else []
            for at, row in enumerate(rows):
                if isinstance(row, ast.If) and _is_gate(one, row.test):
                    leaves = isinstance(row.body[-1], (ast.Return, ast.Raise)) or "exit(" in ast.unparse(
                        row.body[-1]
                    )
                    yield row, rows[at + 1 :] if leaves else [*row.body, *row.orelse]


def _is_gate(one: Python, test: ast.expr) -> bool:
    """Say whether a condition asks for a fixed day, or for the machine, the user or a watcher."""
    text, names = ast.unparse(test)[:2000], set()
    for node in ast.walk(test):
        if isinstance(node, ast.Call):
            name = one.flow.names.of(node.func)
            names.add(name)
            if name in ("os.environ.get", "os.getenv") and node.args:
                names.add("?" if _SWITCHES.match(one.flow.names.text(node.args[0]) or "") else "")
        elif isinstance(node, ast.Name):
            names.add(_made_by(one, node.id))
    fixed = _YEAR.search(text) or any(_YEAR.search(_value(one, name)) for name in _words(test))
    return bool(names & _PLACES or "?" in names or (names & _TIMES and fixed))


def _words(test: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(test) if isinstance(node, ast.Name)]


def _made_by(one: Python, name: str) -> str:
    """Return which call made the value of a variable."""
    for node in one.flow.nodes:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == name
        ):
            return next((one.flow.names.of(call.func) for call in _called(node.value)), "")
    return ""


def _value(one: Python, name: str) -> str:
    for node in one.flow.nodes:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == name
        ):
            return ast.unparse(node.value)[:200]
    return ""


def _called(node: ast.expr) -> list[ast.Call]:
    return [call for call in ast.walk(node) if isinstance(call, ast.Call)]


def _reached(one: Python, body: list[ast.stmt], lines: set[int]) -> bool:
    """Say whether a branch comes to a place that runs hidden or fetched code, functions included."""
    waiting, told = list(body), set()
    while waiting:
        row = waiting.pop()
        first, last = row.lineno, row.end_lineno or row.lineno
        if any(first <= line - one.script.line + 1 <= last for line in lines):
            return True
        for call in (inner for inner in ast.walk(row) if isinstance(inner, ast.Call)):
            name = one.flow.names.of(call.func)
            if name in one.flow.functions and name not in told:
                told.add(name)
                waiting.extend(one.flow.functions[name].body)
    return False


RULES = (
    Rule(
        id="EX109", name="stdlib-shadow", class_="malicious", level="error", check=shadows,
        why="Whoever imports the module gets this file instead, and what it does at import.",
        bad={
            "scripts/json.py": "import os\nos.system('id')\n",
            "scripts/main.py": "import json\nprint(json)\n",
        },
        good={"scripts/convert.py": "import json\nprint(json)\n", "scripts/main.py": "import convert\n"},
        hazards=("CWE-427",),
    ),
    Rule(
        id="EX110", name="auto-exec-startup", class_="malicious", level="error", check=startup_files,
        why="It runs although nobody called it, at each start of Python or of a test.",
        bad={"lib/a.pth": "import os; os.system('id')\n"},
        good={"lib/a.pth": "./vendor\n"},
        hazards=("CWE-829",),
    ),
    Rule(
        id="EX111", name="gated-payload", class_="risky", level="warning", check=gated,
        why="It behaves well wherever it is tried, and does something else later or elsewhere.",
        bad={
            "scripts/a.py": "import os, base64, datetime\nif datetime.date.today().year > 2026:\n"
            "    os.system(base64.b64decode('aWQ=').decode())\n",
        },
        good={"scripts/a.py": "import datetime\nif datetime.date.today().year > 2026:\n    print('late')\n"},
        hazards=("CWE-511",),
    ),
)  # fmt: skip
