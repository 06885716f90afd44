"""SC: packages that a skill has installed, where they come from, and what they run while they are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from trace2skill.lint.autorun import HOOKS, hooks_of
from trace2skill.lint.folder import File
from trace2skill.lint.gates import lowered
from trace2skill.lint.packages import Package, packages_of
from trace2skill.lint.pipes import LONGEST, statements
from trace2skill.lint.purpose import declares
from trace2skill.lint.reputation import ANYONE, Address, addresses_in
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.topnames import misspelt
from trace2skill.lint.view import View
from trace2skill.records import Severity

_USUAL = re.compile(
    r"(?:npx |npm run |pnpm |yarn |bun )?(?:husky|node-gyp|node-gyp-build|patch-package|tsc|prisma"
    r"|playwright|lerna"
    r"|simple-git-hooks|lefthook|is-ci|only-allow|build|compile|electron-builder|ngcc|opencollective|nuxt"
    r"|svelte-kit"
    r"|rimraf|tsup|rollup|vite|esbuild|prebuild-install|node-pre-gyp|@php artisan|echo)\b[\w@:./= -]{0,120}",
    re.IGNORECASE,
)
_REACHES = re.compile(
    r"\b(?:curl|wget|nc|ncat|iwr|irm|powershell)\b|https?://|\bbase64\b|\beval\b|/dev/tcp|\bnode -e\b"
    r"|\bpython3? -c\b"
    r"|\brequire\(['\"](?:https?|net|child_process)['\"]\)|\burlopen\b|\brequests\.|\bsocket\.|\bexec\("
    r"|\bos\.system\b"
    r"|\bsubprocess\.|\bprocess\.env\b|\bos\.environ\b|\bfetch\("
)
_BUILD_RS = re.compile(
    r"\bCommand::new\(\s{0,4}\"(?:sh|bash|curl|wget|powershell|python3?|cmd)\"|\bTcpStream::|\breqwest::"
    r"|\bureq::"
)
_GYP = re.compile(r"<!@?\(([^)\n]{1,400})\)")
_RUN_FILE = re.compile(
    r"\b(?:node|python3?|sh|bash|tsx|bun)[ ](?:\./)?([\w./-]{1,120}\.(?:js|cjs|mjs|py|sh|ts))"
)
_INDEX = re.compile(
    r"(?:--(?:extra-)?index-url|--index|--default-index|--find-links|(?<= )-i|(?<= )-f|--registry"
    r"|--source)[ =\t]{1,3}[\"']?(https?://[^\s\"']{1,400})"
    r"|\b(?:PIP_(?:EXTRA_)?INDEX_URL|UV_(?:EXTRA_|DEFAULT_)?INDEX(?:_URL)?|NPM_CONFIG_REGISTRY|GOPROXY"
    r"|YARN_REGISTRY)=[\"']?"
    r"(?:[a-z]{1,8},)?(https?://[^\s\"',|]{1,400})"
    r"|\b(?:npm|pnpm|yarn) config set (?:@[\w-]{1,60}:)?(?:registry"
    r"|npmRegistryServer)[ =](https?://[^\s\"']{1,400})"
    r"|\bpip3? config set (?:global|site|user)\.(?:extra-)?index-url (https?://[^\s\"']{1,400})"
    r"|\bgo env -w GOPROXY=[\"']?(https?://[^\s\"',|]{1,400})",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"^[#/ \t]{0,9}(?:(?:extra-)?index-url|(?:@[\w-]{1,60}:)?registry|npmRegistryServer|find-links|url"
    r"|default-index)"
    r"[ \t]{0,4}[=:][ \t]{0,4}[\"']?(https?://[^\s\"']{1,400})"
    r"|\"registry\"\s{0,4}:\s{0,4}\"(https?://[^\"]{1,400})\"",
    re.MULTILINE,
)
_SETTINGS = re.compile(
    r"(?:^|/)(?:\.npmrc|\.yarnrc(?:\.yml)?|pip\.(?:conf|ini)|uv\.toml|\.pypirc|bunfig\.toml|\.bunfig\.toml)$"
)
_UV = re.compile(r"\[\[?tool\.uv(?:\.index|\.pip)?\]\]?|^# /// script", re.MULTILINE)
_KNOWN = tuple(
    "pypi.org pythonhosted.org npmjs.org npmjs.com yarnpkg.com pytorch.org nvidia.com pkg.github.com pkg.dev"
    " pkgs.dev.azure.com jfrog.io amazonaws.com npmmirror.com tsinghua.edu.cn aliyun.com tencent.com"
    " tencentyun.com huaweicloud.com ustc.edu.cn douban.com golang.org goproxy.io goproxy.cn gitlab.com "
    "gemfury.io"
    " fury.io cloudsmith.io anaconda.org packagist.org rubygems.org data.pyg.org jsr.io googleapis.com"
    " piwheels.org conda.anaconda.org".split()
)
_VCS = re.compile(
    r"(?:git\+)?(?:https?|ssh|git)://[^\s\"'#;]{3,400}(?:#[^\s\"']{1,100})?|\b(?:github"
    r"|gitlab):[\w.-]{1,60}/[\w.-]{1,80}\S{0,60}"
)
_COMMIT = re.compile(r"[@#][0-9a-f]{12,40}\b|#sha256=|[@#]v?\d{1,4}\.\d{1,5}")


def install_hook(view: View) -> Iterator[Hit]:
    """Find what is run while a package is installed."""
    for file in view.texts():
        name = file.path.rsplit("/", 1)[-1].lower()
        if name in ("package.json", "composer.json"):
            yield from _scripts(view, file)
        elif name == "setup.py":
            yield from _setup(file)
        elif name == "binding.gyp":
            yield from (_hook(file, found.start(), found[1], found[1]) for found in _GYP.finditer(file.text))
        elif name == "build.rs":
            found = _BUILD_RS.search(file.text)
            if found:
                yield _hook(file, found.start(), found[0], file.text)


def _hook(file: File, place: int, what: str, text: str) -> Hit:
    return Hit(
        file.path,
        file.text.count("\n", 0, place) + 1,
        "runs a command of its own while it is installed",
        fix="run it as a step that the user sees",
        evidence=what,
        level="error" if _REACHES.search(text) else None,
    )


def _scripts(view: View, file: File) -> Iterator[Hit]:
    for key, script in hooks_of(file):
        if not HOOKS.fullmatch(key) or all(
            _USUAL.fullmatch(text.strip()) for _, text in statements(script.text)
        ):
            continue
        run = _RUN_FILE.search(script.text)
        folder = file.path.rpartition("/")[0]
        started = view.file(f"{folder}/{run[1]}".lstrip("/")) if run else None
        text = f"{script.text}\n{started.text if started is not None else ''}"
        hit = _hook(file, 0, f"{key}: {script.text}", text)
        yield Hit(hit.path, script.line, hit.message, fix=hit.fix, evidence=hit.evidence, level=hit.level)


def _setup(file: File) -> Iterator[Hit]:
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "cmdclass" and isinstance(node.value, ast.Dict):
            for value in node.value.values:
                body = classes.get(value.id) if isinstance(value, ast.Name) else None
                text = ast.unparse(body) if body is not None else ""
                level: Severity | None = "error" if _REACHES.search(text) else None
                said = "runs code of its own while it is installed"
                yield Hit(
                    file.path, node.value.lineno, said, evidence=ast.unparse(node.value)[:300], level=level
                )


def registry_redirect(view: View) -> Iterator[Hit]:
    """Find packages that are taken from another registry than the usual one."""
    for script in view.scripts("shell"):
        for line, text in statements(script.text):
            for found in _INDEX.finditer(text[:LONGEST]):
                if re.search(
                    r"\b(?:pip3?|uv|uvx|npm|pnpm|yarn|npx|bun|go|gem|poetry|pdm|config|_URL|PROXY|INDEX)",
                    text,
                    re.I,
                ):
                    for address in addresses_in(found[0]):
                        yield from _redirected(view, address, script.path, script.at(line), hidden=False)
    for file in view.texts():
        listed = file.path.endswith(".txt") and "requirements" in file.path.lower()
        embedded = file.kind in ("python", "toml") and _UV.search(file.text[:200_000]) is not None
        hidden = bool(_SETTINGS.search(file.path)) or (embedded and file.kind == "python")
        if listed or embedded or hidden:
            pattern = _INDEX if listed else _SETTING
            for found in pattern.finditer(file.text[:200_000]):
                line = file.text.count("\n", 0, found.start()) + 1
                for address in addresses_in(found[0]):
                    yield from _redirected(view, address, file.path, line, hidden=hidden)


def _redirected(view: View, address: Address, path: str, line: int, *, hidden: bool) -> Iterator[Hit]:
    if address.standing in ("not-public", "stand-in") or not address.url:
        return
    level: Severity = "warning"
    plain = address.host.scheme == "http"
    if address.host.is_under(*_KNOWN) and not plain:
        return
    if plain or hidden or (address.standing in ANYONE and not address.host.is_under("github.io")):
        level = "error"
    gates: tuple[str, ...] = ()
    if declares(view, address.host):
        level, gates = lowered(level), ("the description names it",)
    said = f"takes packages from {address.host.name}"
    yield Hit(path, line, said, fix="use the usual registry", evidence=address.url, level=level, gates=gates)


def url_dependency(view: View) -> Iterator[Hit]:
    """Find packages that are installed from an address instead of a registry."""
    for package in packages_of(view):
        found = _VCS.search(package.asked)
        if found is None:
            continue
        address = next(addresses_in(found[0].removeprefix("git+")), None)
        code = address is None or address.host.is_under("github.com", "gitlab.com", "bitbucket.org")
        if address is not None and address.standing in ("not-public", "stand-in"):
            continue
        fine = (
            _COMMIT.search(package.asked)
            or (code and package.fence)
            or (address and address.standing == "vendor" and not code)
        )
        said = f"installs from {found[0][:120]}, whatever stands there on the day"
        level: Severity | None = "note" if fine else None
        fix = "take it from the registry, or pin the commit"
        yield Hit(
            package.path,
            package.line,
            said,
            fix=fix,
            evidence=package.asked,
            level=level,
            context=package.context,
        )


def typosquat(view: View) -> Iterator[Hit]:
    """Find names of packages that are one slip away from a well-known one."""
    for package in packages_of(view):
        meant = misspelt(package.name, package.registry) if package.name else ""
        if meant:
            said = f"{package.name} is one slip away from {meant}"
            fix = f"write {meant}, if that is meant"
            yield Hit(
                package.path, package.line, said, fix=fix, evidence=package.asked, context=package.context
            )


def unpinned(view: View) -> Iterator[Hit]:
    """Find packages without a version, once for each file."""
    first: dict[str, Package] = {}
    loose: dict[str, set[str]] = {}
    for package in packages_of(view):
        if package.name and not package.pinned:
            first.setdefault(package.path, package)
            loose.setdefault(package.path, set()).add(package.name)
    for path, package in first.items():
        names = sorted(loose[path])
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        said = f"takes whatever version is there: {', '.join(names[:3])}{more}"
        yield Hit(path, package.line, said, fix="name the version", evidence=package.asked)


RULES = (
    Rule(
        id="SC606", name="install-hook", class_="risky", level="warning", check=install_hook,
        why="Whoever installs the package runs the command without having asked for it.",
        bad={"package.json": '{"scripts": {"postinstall": "node zz.js"}}\n', "zz.js": "console.log(1)\n"},
        good={"package.json": '{"scripts": {"prepare": "husky", "test": "node zz.js"}}\n'},
        hazards=("CWE-506", "AST02"),
    ),
    Rule(
        id="SC607", name="registry-redirect", class_="malicious", level="warning", check=registry_redirect,
        why="Whoever runs the registry decides what is behind each name.",
        bad="```sh\npip install --index-url https://pip.zz-not-a-host.xyz/simple requests\n```\n",
        good="```sh\npip install --index-url https://download.pytorch.org/whl/cpu torch\n```\n",
        hazards=("CWE-829",),
    ),
    Rule(
        id="SC608", name="url-dependency", class_="risky", level="warning", check=url_dependency,
        why="What stands at an address can change after every check.",
        bad={"requirements.txt": "zz @ https://files.zz-not-a-host.xyz/zz.whl\n"},
        good={"requirements.txt": "requests==2.32.0\n"},
        hazards=("CWE-829",),
    ),
    Rule(
        id="SC609", name="typosquat", class_="risky", level="warning", check=typosquat,
        why="Names that are nearly those of known packages are often taken by somebody else.",
        bad={"requirements.txt": "reqeusts==2.0\n"}, good={"requirements.txt": "requests-html==0.10\n"},
        hazards=("CWE-1357",),
    ),
    Rule(
        id="SC610", name="unpinned-dependency", class_="quality", level="note", check=unpinned,
        why="The next version may do something else, or belong to somebody else.",
        bad={"requirements.txt": "requests\n"}, good={"requirements.txt": "requests==2.32.0\n"},
        hazards=("CWE-1357",),
    ),
)  # fmt: skip
