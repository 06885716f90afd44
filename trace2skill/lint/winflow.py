"""What flows in PowerShell and at the command prompt: what is fetched or decoded, and run.

By statements: what they fetch, the variable or file that it goes to, and what they run.
"""

from __future__ import annotations

import re

from trace2skill.lint.shelldata import Data, Run

MAX_CHARS = 400_000
_WORTH = re.compile(
    r"\b(?:iex|iwr|irm|invoke-\w{1,20}|downloadstring|downloadfile|certutil|mshta|bitsadmin|start-bitstransfer"
    r"|frombase64string|regsvr32|msiexec|curl|wget|scriptblock|rundll32)\b",
    re.IGNORECASE,
)
_STATEMENT = re.compile(r"[^;\n]{1,4000}")
_FETCH = re.compile(
    r"\b(?:irm|iwr|invoke-restmethod|invoke-webrequest|downloadstring|downloaddata|openread|curl(?:\.exe)?"
    r"|wget|getstringasync|start-bitstransfer|downloadfile|bitsadmin|certutil)\b",
    re.IGNORECASE,
)
_EVAL = re.compile(
    r"\b(?:iex|invoke-expression)\b|\[scriptblock\]::create\(|\.invokescript\("
    r"|\breflection\.assembly\]::load\(|\|\s{0,4}(?:powershell|pwsh)\b|\|\s{0,4}cmd\b",
    re.IGNORECASE,
)
_DECODE = re.compile(
    r"frombase64string\(|\[char\[?\]?\]|gzipstream|deflatestream|-bxor\b|\[array\]::reverse|\[-1\.\.-",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"\$([\w:]{1,64})\s{0,4}\+?=(?!=)")
_VARIABLE = re.compile(r"\$([\w:]{1,64})")
_FILE = re.compile(
    r"(?:-outfile|-destination|(?<!\S)-o|--output)\s{1,4}[\"']?([^\s\"',)]{1,300})"
    r"|downloadfile\([^,\n]{1,400},\s{0,4}[\"']?([^\s\"',)]{1,300})"
    r"|\b(?:certutil|bitsadmin)\b[^\n&|]{0,600}https?://\S{1,400}\s{1,4}[\"']?([^\s\"'&|]{1,300})",
    re.IGNORECASE,
)
_START = re.compile(
    r"(?:[&|(]|\b(?:start-process|start|invoke-item|ii|call|cmd(?:\.exe)? /c|python|node|powershell|pwsh"
    r"|msiexec|rundll32|regsvr32|saps|wscript|cscript|-file|-filepath|/i|/b)\b)[\s&\"'(]{0,8}([^\s\"'|&;,)]{1,300})",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[\s&\"'(.]{0,8}([^\s\"'|&;,)]{1,300})")
_REMOTE = re.compile(
    r"\b(?:mshta(?:\.exe)?\s{1,4}[\"']?(?:https?:|javascript:|vbscript:)"
    r"|regsvr32\b[^\n]{0,120}/i:https?:|msiexec\b[^\n]{0,120}\s[\"']?https?://"
    r"|rundll32\b[^\n]{0,60}javascript:)",
    re.IGNORECASE,
)


def windows_runs(text: str, base: int = 0) -> list[Run]:
    """Return what a script for Windows runs of what it fetched or decoded."""
    text = text[:MAX_CHARS]
    if not _WORTH.search(text):
        return []
    return _Windows().read(text.replace("`\n", " \n"), base)


class _Windows:
    def __init__(self) -> None:
        self.values: dict[str, Data] = {}
        self.files: dict[str, Data] = {}

    def read(self, text: str, base: int) -> list[Run]:
        runs: list[Run] = []
        at, line = 0, base + 1
        for found in _STATEMENT.finditer(text):
            line, at = line + text.count("\n", at, found.start()), found.start()
            for piece in re.split(r"&&|\|\|", found[0]):
                run = self._statement(piece.strip(), line)
                if run is not None:
                    runs.append(run)
        return runs

    def _statement(self, text: str, line: int) -> Run | None:
        if _REMOTE.search(text):
            return Run(Data(True, False, line, text[:400]), line, text[:400])
        fetches = _FETCH.search(text) is not None and "://" in text + "".join(
            data.source for name, data in self.values.items() if f"${name}" in text.lower()
        )
        data = self._held(text)
        if _FETCH.search(text) and (fetches or "$" in text):
            data = Data(True, False, line, text[:400])
        elif _DECODE.search(text):
            data = Data(bool(data and data.fetched), True, line, data.source if data else text[:400])
        if data is not None and _EVAL.search(text):
            return Run(data, line, text[:400])
        started = self._started(text)
        self._keep(text, line, data)
        return Run(started, line, text[:400]) if started is not None else None

    def _held(self, text: str) -> Data | None:
        names = (found[1].lower() for found in _VARIABLE.finditer(text))
        return next((self.values[name] for name in names if name in self.values), None)

    def _started(self, text: str) -> Data | None:
        if not self.files or _FETCH.search(text):
            return None
        first = _FIRST.match(text)
        names = [_base(found[1]) for found in (*_START.finditer(text), first) if found is not None]
        return next((self.files[name] for name in names if name in self.files), None)

    def _keep(self, text: str, line: int, data: Data | None) -> None:
        if data is None:
            return
        assigned = _ASSIGNED.match(text)
        if assigned:
            self.values[assigned[1].lower()] = data
        kept = _FILE.search(text) if data.fetched else None
        if kept:
            self.files[_base(kept[1] or kept[2] or kept[3])] = data


def _base(name: str) -> str:
    """Return the last part of a path, in lower case."""
    return re.split(r"[\\/]", name.strip("\"'"))[-1].lower()
