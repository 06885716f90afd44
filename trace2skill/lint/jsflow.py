"""What flows in JavaScript, by its tokens: from the network, a decoder or a data file to what runs it.

Follows names, callbacks, returns and files through one script. Scopes and control flow are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trace2skill.lint.jssources import Held, source_at, text_at
from trace2skill.lint.jstokens import Token, tokens_of
from trace2skill.lint.pysinks import Use

MAX_STEPS = 4_000_000
AHEAD = 400
"""So many tokens an expression, and what stands before a callback, are looked at."""
_EVAL = frozenset(
    "eval Function runInThisContext runInNewContext runInContext _compile compileFunction".split()
)
_EXEC = frozenset("exec execSync".split())
_SPAWN = frozenset("spawn spawnSync execFile execFileSync fork".split())
_LOAD = frozenset("require import".split())
_WRITES = frozenset("writeFileSync writeFile outputFile outputFileSync appendFileSync".split())
_MATTER = _EVAL | _EXEC | _SPAWN | _LOAD | _WRITES | {"pipe"}
_GOES_ON = frozenset("= + , => && || ? : await return".split())
_SHELLS = re.compile(r"(?:^|/)(?:sh|bash|zsh|node|python3?|powershell|pwsh|cmd)(?:\.exe)?(?:\s|$)")
_WORTH = re.compile(
    r"\b(?:Function|_compile|writeFile\w{0,6}|compileFunction)\s?\(|\beval\b|child_|\bvm\b|createWriteStream"
)
_SOURCES = re.compile(
    r"\b(?:fetch|axios|got|https?|atob|Buffer|fromCharCode|unescape|readFileSync|zlib|needle|request|reverse)\b"
)
_PART = re.compile(r"[^\s\"'`]{3,}")


def uses_in_javascript(text: str) -> tuple[list[Use], str]:
    """Return where a script runs what it fetched, decoded or read, and why it was not read whole, if so."""
    if not _WORTH.search(text) or not _SOURCES.search(text):
        return [], ""
    tokens, cut = tokens_of(text)
    flow = _Flow(tokens)
    flow.go()
    if flow.held:
        flow.go()
    uses = dict.fromkeys(flow.uses)
    return sorted(uses, key=lambda use: (use.line, use.kind, use.since)), cut


class _Flow:
    """Goes through the tokens; what it learns in one round serves the next."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.held: dict[str, Held] = {}
        self.files: dict[str, Held] = {}
        self.streams: dict[str, str] = {}
        self.parameters: dict[str, list[str]] = {}
        self.processes = {"child_process", "cp"}
        """Names that hold the module of processes."""
        self.uses: list[Use] = []
        self.closes = _closes(tokens)
        self.steps = 0

    def go(self) -> None:
        """Go through the script once."""
        self.uses = []
        start, starts, owner = 0, [(0, "")], ""
        for at, token in enumerate(self.tokens):
            if token.kind == "name":
                self._named(start, at, owner)
            elif token.kind == "mark":
                if token.text == "{":
                    named = self._function(start, at)
                    starts.append((start, owner))
                    owner, start = named or owner, at + 1
                elif token.text == "}":
                    before, owner = starts.pop() if len(starts) > 1 else (at + 1, "")
                    start = before if self._text(at + 1) in (")", ".", ",") else at + 1
                elif token.text == ";":
                    start = at + 1
                else:
                    self._marked(start, at)

    def _marked(self, start: int, at: int) -> None:
        if self.tokens[at].text in ("=", "+="):
            self._assign(start, at)
        elif self.tokens[at].text == "=>":
            self._callback(start, at, at - 1)

    def _named(self, start: int, at: int, owner: str) -> None:
        text = self.tokens[at].text
        if text == "function":
            self._callback(start, at, self._closing(at))
        elif text == "return" and owner:
            self._hold(owner, self._expression(at + 1, self._end(at + 1)))
        elif self._text(at + 1) == "(":
            self._call(at)
        elif text == "eval" and (self._text(at + 1), self._text(at + 2)) == (")", "("):
            self._sink(at + 1, text, self._end(at + 3, argument=True))  # as in (0, eval)(code)

    def _text(self, at: int) -> str:
        return text_at(self.tokens, at)

    def _end(self, at: int, *, argument: bool = False) -> int:
        """Return where the expression at *at* ends; an *argument* ends at a comma, too."""
        place, last = at, min(len(self.tokens), at + AHEAD)
        while place < last:
            mark = self._text(place)
            if mark in (")", "]", "}", ";") or (argument and mark == ","):
                return place
            here = place
            place = self.closes.get(place, last) if mark in ("(", "[", "{") else place
            place += 1
            ends = not argument and here > at and place < last
            if ends and self.tokens[place].line > self.tokens[place - 1].line:
                following = self.tokens[place]
                if following.text == "}" or (following.kind in ("name", "text") and mark not in _GOES_ON):
                    return place
        return min(place, last)

    def _closing(self, at: int) -> int:
        """Return where the brackets that open behind *at* close."""
        for place in range(at + 1, min(len(self.tokens), at + 40)):
            if self._text(place) == ")":
                return place
        return at

    def _expression(self, start: int, end: int) -> Held | None:
        """Return what an expression holds: of a source in it, or of a name that is known."""
        self.steps += end - start
        if self.steps > MAX_STEPS:
            return None
        for at in range(start, end):
            token = self.tokens[at]
            if token.kind == "text":
                found = next((self.held[name] for name in token.names if name in self.held), None)
            elif token.kind == "name":
                found = source_at(self.tokens, at, end)
                if found is None and self._text(at - 1) != ".":
                    found = self.held.get(token.text)
            else:
                continue
            if found is not None:
                return found
        return None

    def _hold(self, name: str, found: Held | None) -> None:
        if found is not None and name:
            self.held.setdefault(name, found)

    def _assign(self, start: int, at: int) -> None:
        if at == 0:
            return
        end = self._end(at + 1)
        value = self.tokens[at + 1 : end]
        names = [self._text(at - 1)] if self.tokens[at - 1].kind == "name" else []
        if self._text(at - 1) in ("}", "]"):
            names = [one.text for one in self.tokens[max(start, at - 40) : at] if one.kind == "name"]
        if any(one.kind == "text" and one.text.endswith("child_process") for one in value[:6]):
            self.processes.update(names)
        if any(one.text == "=>" for one in value[:12]) or (value and value[0].text == "function"):
            return
        stream = next((place for place, one in enumerate(value) if one.text == "createWriteStream"), None)
        if stream is not None and names:
            self.streams[names[0]] = self._key(at + 1 + stream + 2)
            return
        found = self._expression(at + 1, end)
        for name in names:
            self._hold(name, found)

    def _function(self, start: int, at: int) -> str:
        """Return the name of the function whose body opens at *at*."""
        head = self.tokens[max(start, at - 40) : at]
        words = [one.text for one in head]
        if "function" in words and words[-1:] == [")"]:
            place = words.index("function")
            name = head[place + 1].text if place + 1 < len(head) and head[place + 1].kind == "name" else ""
        elif words[-1:] == ["=>"] and "=" in words:
            name = words[words.index("=") - 1]
        else:
            return ""
        inside = words[words.index("(") + 1 :] if "(" in words else words
        self.parameters[name] = [one for one in inside if one.isidentifier() and one != "async"]
        return name

    def _callback(self, start: int, at: int, last: int) -> None:
        """Taint the parameters of a callback if what it is handed to holds something."""
        first = max(start, at - AHEAD)
        found = self._expression(first, at) if at > first else None
        if found is None or "(" not in (one.text for one in self.tokens[first:at]):
            return
        place = last
        if self._text(last) == ")":
            while place > first and self._text(place) != "(":
                place -= 1
        for token in self.tokens[place : last + 1]:
            if token.kind == "name" and token.text not in ("async", "function"):
                self._hold(token.text, found)

    def _key(self, at: int) -> str:
        """Return the file that an argument names: its text or its name."""
        end = self._end(at, argument=True)
        texts = [one.text for one in self.tokens[at:end] if one.kind == "text"]
        if end == at + 1:
            return self.tokens[at].text
        return texts[-1] if texts else ""

    def _call(self, at: int) -> None:
        name, first = self.tokens[at].text, at + 2
        if name not in _MATTER and name not in self.parameters:
            return
        end = self._end(first, argument=True)
        if name in _WRITES:
            found = self._expression(end + 1, self._end(end + 1, argument=True))
            key = self._key(first)
            if found is not None and key:
                self.files.setdefault(key, found)
        elif name == "pipe":
            opened = self._text(first) if end == first + 1 else ""
            key = self.streams.get(opened, "") or (self._key(first + 4) if self._text(first + 2) else "")
            found = self._expression(max(0, at - 20), at)
            if key and found is not None:
                self.files.setdefault(key, found)
        elif name in self.parameters and self._text(at - 1) not in ("function", "."):
            found = self._expression(first, end)
            for parameter in self.parameters[name][:1]:
                self._hold(parameter, found)
        self._sink(at, name, end)

    def _sink(self, at: int, name: str, end: int) -> None:
        first, last = at + 2, self._end(at + 2)
        found: Held | None = None
        if name in _EVAL:
            found = self._expression(first, last)
        elif name in _LOAD:
            found = self._file(first, end)
            raw = self._expression(first, end)
            found = found or (raw if raw is not None and name == "import" and raw.kind == "decoded" else None)
        elif (name in _EXEC or name in _SPAWN) and self._is_process(at):
            program = self.tokens[first].text if self.tokens[first : first + 1] else ""
            composed = any(one.kind == "text" and one.text.strip() for one in self.tokens[first:end])
            if name in _SPAWN and _SHELLS.search(program):
                found = self._expression(end, last)
            elif name in _EXEC and (not composed or source_at(self.tokens, first, end) is not None):
                found = self._expression(first, end)
            found = found or self._file(first, last)
        if found is not None:
            text = " ".join(one.text for one in self.tokens[at : min(last + 1, at + 60)])[:400]
            self.uses.append(Use(found.kind, self.tokens[at].line, found.line, text, found.source))

    def _is_process(self, at: int) -> bool:
        if self._text(at - 1) != ".":
            return True
        return self._text(at - 2) in self.processes or self._text(at - 2) in (")", "await")

    def _file(self, start: int, end: int) -> Held | None:
        """Return what is in the file that one of these tokens names."""
        if not self.files:
            return None
        for token in self.tokens[start:end]:
            for key in _keys(token):
                if key in self.files:
                    return self.files[key]
        return None


def _keys(token: Token) -> Iterator[str]:
    yield token.text
    yield from token.names
    if token.kind == "text":
        parts: Sequence[str] = _PART.findall(token.text[:2000])
        yield from parts


def _closes(tokens: Sequence[Token]) -> dict[int, int]:
    """Return where each bracket that is opened closes."""
    waiting: list[int] = []
    found: dict[int, int] = {}
    for at, token in enumerate(tokens):
        if token.kind == "mark" and token.text in "([{":
            waiting.append(at)
        elif token.kind == "mark" and token.text in ")]}" and waiting:
            found[waiting.pop()] = at
    return found
