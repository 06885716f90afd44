"""Just enough of the shell's grammar to say which programs a command line runs.

Not a parser: quotes, escapes, here-documents and the usual separators are honoured; the rest of the
line is words. One pass of a pattern without nested repeats, so hostile text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trace2skill.records import ToolCall

MAX_CHARS = 8000
MAX_COMMANDS = 24

SHELL_TOOLS = frozenset(
    "bash shell sh execute_bash run_bash run_command run_shell_command run_terminal_cmd terminal exec "
    "execute_command local_shell cmd container.exec bash_command console exec_command shell_command "
    "command_execution execute_shell_command run_in_terminal".split()
)
_COMMAND_KEYS = ("command", "cmd", "script", "code", "input", "commands")
_SHELLS = frozenset(("bash", "sh", "zsh", "dash"))
_WRAPPED = re.compile(r"(?:/usr)?(?:/bin/)?(?:ba|z|da)?sh -l?c (['\"])(.*)\1\s*$", re.DOTALL)

# Programs whose first plain word is a verb that matters more than the program.
_VERB_PROGRAMS = frozenset(
    "apt apt-get aws az brew bun bundle cargo conda docker dotnet gcloud gem gh git go gradle helm "
    "just kubectl make mix mvn npm nox pip pip3 pnpm poetry rails rye systemctl terraform tox uv yarn".split()
)
# Programs that only run what follows them, and their options that take a value.
_WRAPPERS = frozenset("sudo time nohup env command exec builtin nice stdbuf timeout xargs".split())
_VALUED = frozenset(("-C", "-c", "-u", "-n", "-I", "-L", "-P", "--git-dir", "--work-tree"))
NOISE = frozenset("cd echo export source . set true : pwd printf sleep clear exit".split())
FILTERS = frozenset("awk cat cut grep head jq less ls sed sort tail tee tr uniq wc".split())
"""Programs that only look at things or pass them on."""
# Programs whose first word is a file, a pattern or a host.
_FILE_PROGRAMS = frozenset(
    "bash chmod chown cp curl diff file find ln mkdir mv node perl pytest rg rm rmdir ruby sh ssh stat tar"
    " touch tree unzip wget which xxd zip zsh".split()
)
_TEST_HEADS = frozenset("ctest jest nox phpunit pytest rspec tox unittest vitest".split())
_TEST_VERBS = frozenset(("check", "test"))
_TEST_SCRIPT = re.compile(r"(?:^|/)(?:run_)?(?:tests?|check|spec)[\w-]{0,40}\.(?:py|sh|js|ts|rb)$")
_OPENERS = frozenset("if while until then else elif do ! {".split())
_LOOPS = frozenset("for case select function fi done esac }".split())
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,63}=")
_HEREDOC = re.compile(r"<<-?[ \t]*['\"]?(\w{1,64})['\"]?")
_PLAIN = re.compile(r"[a-z][a-z0-9:_-]{0,30}$")
_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*"?|'[^']*'?) | (?P<escaped>\\.)
      | (?P<redirected>\d?>&\d?-?|&>{1,2}|<&\d?-?)
      | (?P<separator>[|&;()\n]+) | (?P<space>[ \t\r]+) | (?P<word>[^\s|&;()'"\\]+|.)""",
    re.VERBOSE | re.DOTALL,
)


class Command(NamedTuple):
    """One simple command: its words, and the program with its verb, as in ``git commit``."""

    head: str
    words: tuple[str, ...]
    verb: str = ""
    """Of a program not known to have verbs: the word that would be one, if it has."""


def command_of(call: ToolCall) -> str:
    """Return the command line of a shell call, else nothing."""
    if call.name.lower().rsplit("__", 1)[-1] not in SHELL_TOOLS:
        return ""
    for key in _COMMAND_KEYS:
        value = call.arguments.get(key)
        if isinstance(value, str):
            wrapped = _WRAPPED.match(value)
            return wrapped[2] if wrapped else value
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            return value[-1] if value[0].rsplit("/", 1)[-1] in _SHELLS else " ".join(value)
    return call.raw or ""


def split(line: str) -> list[Command]:
    """Return the simple commands of a command line, in order."""
    commands: list[Command] = []
    for words in _sentences(_without_heredocs(line[:MAX_CHARS])):
        words = _unwrap(words)
        program = words[0].strip("'\"").rsplit("/", 1)[-1] if words else ""
        if program:
            head = _head(program, words[1:])
            commands.append(Command(head, tuple(words), _verb(head, words[1:])))
        if len(commands) == MAX_COMMANDS:
            break
    return commands


def main_head(commands: Iterable[Command]) -> str:
    """Return the head that a command line is about: the last that neither sets the scene nor filters."""
    every = [command.head for command in commands]
    acting = [head for head in every if head not in NOISE]
    telling = [head for head in acting if head not in FILTERS]
    return (telling or acting or every or [""])[-1]


def heads(commands: Iterable[Command]) -> tuple[str, ...]:
    """Return all heads but the scene-setting ones, each once."""
    return tuple(dict.fromkeys(command.head for command in commands if command.head not in NOISE))


def runs_tests(commands: Iterable[Command]) -> bool:
    """Say whether a command line runs tests or a check, by whatever runner."""
    return any(
        command.head in _TEST_HEADS
        or command.head.rpartition(" ")[2] in _TEST_VERBS
        or any(_TEST_SCRIPT.search(word) for word in command.words[:3])
        for command in commands
        if command.head not in FILTERS
    )


def words_of(line: str) -> list[str]:
    """Return all words of a command line, separators left out."""
    return [word for words in _sentences(_without_heredocs(line[:MAX_CHARS])) for word in words]


def _sentences(line: str) -> Iterator[list[str]]:
    """Yield the words of each simple command."""
    words: list[str] = []
    word = ""
    for token in _TOKEN.finditer(line):
        if token.lastgroup in ("quoted", "escaped", "word", "redirected"):
            word += "" if token[0] == "\\\n" else token[0]
            continue
        if word:
            words.append(word)
            word = ""
        if token.lastgroup == "separator" and words:
            yield words
            words = []
    if word:
        words.append(word)
    if words:
        yield words


def _without_heredocs(line: str) -> str:
    """Drop the bodies of here-documents, which are data for a program and no commands."""
    if "<<" not in line:
        return line
    kept, until = [], None
    for row in line.split("\n"):
        if until is not None:
            until = None if row.strip() == until else until
            continue
        opened = _HEREDOC.search(row)
        until = opened[1] if opened else None
        kept.append(_HEREDOC.sub("", row))
    return "\n".join(kept)


def _unwrap(words: list[str]) -> list[str]:
    """Drop assignments, keywords and wrappers in front of the command proper."""
    at = 0
    while at < len(words):
        word = words[at].rsplit("/", 1)[-1]
        if word in _LOOPS:
            return []
        if word in _WRAPPERS and at + 1 < len(words):
            at = _after_options(words, at + 1)
        elif word in _OPENERS or _ASSIGNMENT.match(words[at]):
            at += 1
        else:
            break
    return words[at:]


def _after_options(words: list[str], at: int) -> int:
    while at < len(words) and (words[at].startswith("-") or words[at][:1].isdigit()):
        at += 2 if words[at] in _VALUED else 1
    return at


def _head(program: str, rest: list[str]) -> str:
    if program.startswith("python"):
        if rest[:1] == ["-m"] and len(rest) > 1:
            return _head(rest[1], rest[2:])
        return "python"
    if program in _VERB_PROGRAMS:
        at = _after_options(rest, 0)
        if at < len(rest) and _PLAIN.match(rest[at]):
            return f"{program} {rest[at]}"
    return program


def _verb(head: str, rest: list[str]) -> str:
    """Return the first plain word after a program that nobody knows."""
    if " " in head or head in NOISE or head in FILTERS or head in _FILE_PROGRAMS or head == "python":
        return ""
    at = _after_options(rest, 0)
    return rest[at] if at < len(rest) and _PLAIN.match(rest[at]) else ""
