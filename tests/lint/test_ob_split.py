"""OB: names in pieces, payloads in data, packers."""

from __future__ import annotations

import pytest

from tests.lint.tables import Case, found, js, py, sh

CASES = [
    Case(
        "OB204",
        bad=[
            py("import os\ngetattr(os, 'sys' + 'tem')('id')\n"),
            py("__import__('o' + 's').system('id')\n"),
            py("import builtins\ngetattr(builtins, ''.join(['e', 'x', 'e', 'c']))('1')\n"),
            py("import os\nos.system('cu' + 'rl ' + 'ht' + 'tps://files.zz-not-a-host.xyz')\n"),
            py("x = ''.join(map(chr, [115, 121, 115, 116, 101, 109]))\nimport os\ngetattr(os, x)('id')\n"),
            sh("a=cu; b=rl\n$a$b -s https://files.zz-not-a-host.xyz"),
            sh("cu''rl -s https://files.zz-not-a-host.xyz"),
            sh("$(echo lruc | rev) -s https://files.zz-not-a-host.xyz"),
            sh("$(printf '\\143\\165\\162\\154') -s https://files.zz-not-a-host.xyz"),
            sh("$(echo phey | tr 'a-z' 'n-za-m') -s https://files.zz-not-a-host.xyz"),
            sh("$'\\x63url' -s https://files.zz-not-a-host.xyz"),
            sh("wget$IFS-q${IFS}https://files.zz-not-a-host.xyz"),
            sh("{curl,-s,https://files.zz-not-a-host.xyz}"),
            js("const cp = require('child_' + 'process');\n"),
        ],
        good=[
            py("import os\nprint(getattr(os, 'name'), 'sys' + 'tem')\n"),
            py("import os\nos.system('git ' + 'status')\n"),
            py("import subprocess\nBASE = 'curl'\nsubprocess.run(BASE + ' -V', shell=True)\n"),
            sh('PY=python3\n"$PY" a.py\n"$HOME/.venv/bin/python" a.py\npython${VERSION} a.py'),
            sh("\\rm -f a.txt\nVERSION=3.11\npython$VERSION a.py"),
            sh("OLDIFS=$IFS\nIFS=,\nfor x in $LIST; do echo $x; done\nIFS=$OLDIFS"),
            sh('"$(which curl)" -V\n$(command -v python3) a.py'),
            js("const a = require('./a' + '.js'.length);\nconst b = x['a' + i];\n"),
        ],
    ),
    Case(
        "OB206",
        bad=[
            {"scripts/a.py": "exec(open('assets/logo.dat').read())\n", "assets/logo.dat": "x\n"},
            {"scripts/a.py": "from pathlib import Path\nt = Path('a.txt').read_text()\nexec(t)\n"},
            {"scripts/a.py": "import json\nd = json.load(open('a.json'))\nexec(d['x'] + d['y'])\n"},
            {"scripts/a.py": "a = open('a.txt').read()\nb = open('b.txt').read()\nexec(a + b)\n"},
            {"scripts/a.py": "import os\nos.system(open('notes.txt').read())\n"},
            {
                "scripts/x.py": "from pathlib import Path\n\ndef part():\n"
                "    return (Path(__file__).parent / 'x.dat').read_text()\n",
                "scripts/y.py": "import x\nexec(x.part())\n",
            },
            {"scripts/a.js": "const fs = require('fs');\neval(fs.readFileSync('logo.dat', 'utf8'));\n"},
        ],
        good=[
            {"scripts/a.py": "print(open('assets/logo.dat').read())\n", "assets/logo.dat": "x\n"},
            {"setup.py": "about = {}\nexec(open('pkg/version.py').read(), about)\n"},
            {"scripts/a.py": "import json\nd = json.load(open('a.json'))\nprint(d['x'])\n"},
            {"scripts/a.py": "import subprocess\nsubprocess.run(['jq', '.'], input=open('a.json').read())\n"},
            {
                "scripts/a.js": "const fs = require('fs');\n"
                "const t = fs.readFileSync('a.txt', 'utf8');\nlog(t);\n"
            },
        ],
    ),
    Case(
        "OB207",
        bad=[
            js(
                "var _0x4f2a=['\\x6c\\x6f\\x67','\\x72\\x75\\x6e','\\x67\\x6f\\x6f'];"
                "_0x4f2a[0x1]+_0x4f2a[0x2]+_0x4f2a[0x0]+_0x4f2a[0x1];\n"
            ),
            js("eval(function(p,a,c,k,e,d){while(c--)p=p;return p}('0 1',2,2,'a|b'.split('|'),0,{}))\n"),
            js(
                "var a=['\\x63\\x68\\x69','\\x65\\x78\\x65','\\x63\\x75\\x72','\\x73\\x68\\x20'];"
                "b['\\x65\\x78\\x65'](a);c['\\x72\\x75\\x6e'](d['\\x67\\x6f\\x6f']);e['\\x61\\x62\\x63']();\n"
            ),
        ],
        good=[
            js("!function(e,t){t.exports=e}(0,module);\n"),
            js("const bell = '\\x07\\x1b[0m';\nconst codes = ['\\x1b', '\\x07'];\n"),
            js("const _0x = 1;\nfunction pack(p, a, c) { return p + a + c; }\n"),
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_rule_finds_the_bad_and_leaves_the_near_misses(case: Case) -> None:
    for example in case.bad:
        assert found(case.rule, example), example
    for example in case.good:
        assert found(case.rule, example) == (), example
