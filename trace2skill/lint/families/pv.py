"""PV: what a skill keeps, switches off and destroys on a machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.shelltexts import is_fenced, shell_statements
from trace2skill.lint.view import View
from trace2skill.records import Severity

_KEPT = {
    "adds a job to cron": (
        r"\|[ \t]{0,4}crontab[ \t]{1,4}-(?:[ \t\"')]|$)|>{1,2}[ \t]{0,4}/etc/cron[\w./-]{1,60}"
    ),
    "adds a program that starts with the session": (
        r"(?:>{1,2}|\bcp\b|\bmv\b|\btee\b|\binstall\b|\bln\b)[^\n|;]{0,200}(?:Library/Launch(?:Agents"
        r"|Daemons)/"
        r"|\.config/autostart/|/etc/systemd/system/|\.config/systemd/user/|/etc/init\.d/|/etc/rc\.local)"
        r"|\blaunchctl (?:load|bootstrap)\b"
    ),
    "changes a start file of the shell": (
        r"(?:>>|\btee[ \t]-a)[ \t\"']{0,4}[^\s\"'|;]{0,60}/?\.(?:bashrc|zshrc|bash_profile|zprofile|profile"
        r"|zshenv|bash_login)\b"
    ),
    "lets a key log in": r"(?:>{1,2}|\btee\b|\bcp\b)[^\n|;]{0,120}\bauthorized_keys\b",
    "has git run hooks of its own": (
        r"\bgit config\b[^\n|;]{0,80}\b(?:core\.hooksPath|init\.templateDir|core\.fsmonitor)\b"
        r"[ \t=]{1,4}[^\s-]"
    ),
    "adds a program to the start of Windows": (
        r"\\CurrentVersion\\Run\b|\bschtasks\b[^\n]{0,40}/create\b|\bRegister-ScheduledTask\b"
    ),
}
_FETCHES = re.compile(
    r"\balias[ ](?:sudo|su|ssh|git|ls|cd)=|"
    r"\b(?:curl|wget|nc|ncat|iwr|irm)[ \t]|/dev/tcp/|\bbase64 (?:-d|-D|--decode)\b|authorized_keys"
    r"|\b(?:python3?|node|perl|ruby) -[ce]\b|\beval[ \t]{1,8}\"?\$\((?:curl|wget|echo|printf)|DownloadString"
)
_SETUP = re.compile(
    r"[\s'\"]{0,4}(?:(?:export[ ])?(?:PATH|[A-Z][A-Z0-9_]{1,40}_(?:HOME|ROOT|DIR"
    r"|PATH))=[\w./:${}~\\\"'+-]{1,300}"
    r"|eval[ ]\\?\"?\\?\$\((?:[\w./${}~-]{0,80}/)?(?:brew|pyenv|rbenv|nodenv|direnv|starship|zoxide|fnm"
    r"|mise|conda|atuin|gh|op)[ ]"
    r"[\w -]{1,60}\)\\?\"?"
    r"|(?:source|\.)[ ][<(]{0,2}[\w./${}~\" -]{1,120}(?:completions?|nvm\.sh|env|\.fzf\.\w{2,4})[\w./\" "
    r")-]{0,40}"
    r"|\[ -s [^\]]{1,80}\] && \\?\. [\w./${}~\\\" ]{1,80}|autoload[ -~]{1,60}|alias (?!sudo|ssh"
    r"|git\b)\w{1,20}=['\"]?[\w./ "
    r"-]{1,80}['\"]?"
    r"|\#[^\n]{0,200}|)[\s'\"]{0,4}(?:\#[^\n]{0,80})?"
)
"""What installers add to a start file: a path, an environment, completion."""
_SAID = re.compile(
    r"\b(?:echo|printf)[ \t]{1,4}(?:-\w{1,3}[ \t])?(.{1,2000}?)(?:>>|\|[ \t]{0,4}tee\b)", re.DOTALL
)
_HOOKS = re.compile(
    r"core\.hooksPath[ \t=]{1,4}[\"']?(?:\./)?(?:\.?(?:husky|githooks|hooks|git-hooks)"
    r"|scripts/\S{0,40}hooks)\b"
)
"""What a project sets up for all who work on it."""
_START_FILE = "changes a start file of the shell"


def _is_setup(what: str, text: str) -> bool:
    """Say whether a command adds only what installers and projects add, in full."""
    if what == "has git run hooks of its own":
        return _HOOKS.search(text) is not None and not re.search(r"--(?:global|system)\b", text)
    said = _SAID.search(text) if what == _START_FILE else None
    if said is None:
        return False
    rows = re.split(r"\\n|\n", said[1].strip().strip("'\""))
    return all(_SETUP.fullmatch(row[:600]) for row in rows)


_OPENED = re.compile(r"\"runOn\"\s{0,9}:\s{0,9}\"folderOpen\"")
_OFF = {
    "takes the quarantine mark off a download": (
        r"\bxattr[ \t]{1,4}-\w{0,4}d\w{0,4}\b[^\n|;]{0,80}com\.apple\.quarantine|\bxattr[ \t]{1,4}-r?cr?\b"
    ),
    "switches Gatekeeper off": r"\bspctl[ \t][^\n|;]{0,40}--(?:master|global)-disable\b",
    "switches system integrity protection off": r"\bcsrutil[ \t]{1,4}disable\b",
    "switches SELinux off": r"\bsetenforce[ \t]{1,4}(?:0|Permissive)\b|\bSELINUX=disabled\b",
    "switches a guard off": (
        r"\bufw[ \t]{1,4}disable\b|\biptables[ \t]{1,4}-F\b|\bnetsh advfirewall\b[^\n]{0,60}\bstate off\b"
        r"|\bsystemctl (?:stop|disable)[ \t][^\n|;]{0,40}\b(?:firewalld|ufw|apparmor|auditd)\b"
    ),
    "switches Defender off": (
        r"\bSet-MpPreference\b[^\n|;]{0,80}-Disable\w{1,40}[ \t]{1,4}(?:\$true|1)\b"
        r"|\bAdd-MpPreference\b[^\n|;]{0,40}-Exclusion"
    ),
    "lets sudo ask for no password": r"\bNOPASSWD:[^\n]{1,160}(?:sudoers|>{1,2}|\btee\b)",
}
_BUILD_NOTES = tuple(_OFF)[:1] + tuple(_OFF)[3:5]
"""What notes on building and on servers tell, too."""


def persistence(view: View) -> Iterator[Hit]:
    """Find commands by which something is run again later, without being asked for."""
    for _, text, hit in shell_statements(view):
        for what, pattern in _KEPT.items():
            if re.search(pattern, text, re.IGNORECASE) and not _is_setup(what, text):
                level: Severity = "error" if _FETCHES.search(text) else "note" if hit.prose else "warning"
                fix = "show the line, and let the user add it"
                yield msgspec.structs.replace(hit, message=what, level=level, fix=fix)
    for file in view.texts():
        found = _OPENED.search(file.text) if file.path.endswith("tasks.json") else None
        if found is not None:
            line = file.text.count("\n", 0, found.start()) + 1
            said = "runs a task as soon as the folder is opened in an editor"
            yield Hit(file.path, line, said, fix="let the user start it", evidence=found[0])


def control_off(view: View) -> Iterator[Hit]:
    """Find commands that switch off what protects a machine."""
    for _, text, hit in shell_statements(view):
        for what, pattern in _OFF.items():
            if re.search(pattern, text, re.IGNORECASE):
                told = hit.prose or (is_fenced(view, hit) and what in _BUILD_NOTES)
                level: Severity | None = "warning" if told else None
                yield msgspec.structs.replace(hit, message=what, fix="leave it on", level=level)


RULES = (
    Rule(
        id="PV701", name="persistence", class_="risky", level="warning", check=persistence,
        why="What starts by itself keeps running after the skill is gone.",
        bad="```sh\n(crontab -l; echo '* * * * * ~/x.sh') | crontab -\n```\n",
        good="```sh\ncrontab -l\n```\n",
        hazards=("CWE-506", "T1053"),
    ),
    Rule(
        id="PV702", name="security-control-off", class_="malicious", level="error", check=control_off,
        why="Everything that is run afterwards goes unchecked.",
        bad="```sh\nsudo spctl --master-disable\n```\n", good="```sh\nspctl --assess --verbose app\n```\n",
        hazards=("CWE-693", "T1562"),
    ),
)  # fmt: skip
