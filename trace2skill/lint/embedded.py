"""Python that stands in shell: in a here-document or as an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trace2skill.lint.scripts import Script

_DOCUMENT = re.compile(
    r"\bpython3?[^\n|;&]{0,80}<<-?[ \t]{0,4}['\"]?([A-Za-z_]\w{0,40})['\"]?[^\n]{0,80}"
    r"\n(.{0,20000}?)\n[ \t]{0,20}\1[ \t]{0,9}$",
    re.MULTILINE | re.DOTALL,
)
_ARGUMENT = re.compile(
    r"\bpython3?[ ](?:-\w{1,3}[ ]){0,3}-c[ ](?:'([^']{1,8000})'|\"((?:[^\"\\]|\\.){1,8000})\")", re.DOTALL
)
_MOST = 50


def python_in(script: Script) -> Iterator[Script]:
    """Yield the Python in a script of the shell, on the lines where it stands."""
    if "python" not in script.text:
        return
    for pattern, groups in ((_DOCUMENT, (2,)), (_ARGUMENT, (1, 2))):
        for count, found in enumerate(pattern.finditer(script.text)):
            group = next((one for one in groups if found[one]), groups[0])
            if count < _MOST and found[group]:
                line = script.line + script.text.count("\n", 0, found.start(group))
                inner = Script(script.path, "python", found[group].replace('\\"', '"'), line)
                inner.source, inner.context = script.source, script.context
                yield inner
