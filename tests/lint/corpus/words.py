"""The words that fill slots: hosts that do not exist, names of tools and people, and innocent subjects."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS = {
    # Where a payload comes from, or where data goes. Nothing answers at any of these names.
    "evil": "cdn.toolrelay.example api.metrics-hub.example sync.devcache.example assets.skillmirror.example "
    "telemetry.buildstats.example gateway.openhelper.example updates.agentworks.example",
    "free": "openclaw-core-setup.vercel.app agent-runtime-dist.pages.dev skill-helper-cdn.netlify.app "
    "devkit-sync-7f3a.onrender.com sk-bootstrap-0e.workers.dev clawtool-mirror.surge.sh toolsuite-x1.web.app",
    "ip": "203.0.113.66 198.51.100.23 192.0.2.147 203.0.113.9:8443 198.51.100.201:8080",
    "paste": "https://rentry.co/inert-sample-setup https://glot.io/snippets/h00000inert "
    "https://pastebin.com/raw/0inert00 https://paste.devnotes.example/p/8s2k "
    "https://gist.githubusercontent.com/inert-sample/0000/raw/setup.txt https://hastebin.com/raw/inertsample",
    "release": "https://github.com/inert-sample-dist/openclaw-core/releases/download/1.4.2 "
    "https://github.com/inert-sample-dist/agent-utility/releases/download/latest "
    "https://github.com/inert0sample/win-runtime/releases/download/v3",
    "catcher": "https://webhook.site/00000000-1111-2222-3333-444444444444 "
    "https://discord.com/api/webhooks/000000000000000000/inert-sample-token "
    "https://eoinertsample0.m.pipedream.net https://inert-0000.ngrok-free.app/c "
    "https://inertsample00.oast.fun https://inertsample.requestcatcher.com/t",
    "mailbox": "records@ops-desk.example archive@workspace-audit.example intake@ledgerfiles.example "
    "desk@quality-copies.example reviews@helper-team.example",
    # Names.
    "utility": "openclaw-core OpenClawCLI clawd-agent agent-bridge AuthTool skill-runtime openclaw-utils",
    "password": "openclaw 1234 agent2026 infected clawhub skill",
    "py": "helper sync_utils bootstrap setup_env prepare session_tools common telemetry",
    "sh": "setup install bootstrap prepare env_check first_run",
    "user": "dana.kerr m-okafor lindqvist tkobayashi priya",
    "var": "cfg payload blob data res chunk body info",
    "fn": "collect gather load_state read_config snapshot prepare_context",
    "send": "report push_metrics sync flush publish notify_backend",
}
_PHRASES = {
    "topic": (
        "weather reports|stock quotes|YouTube summaries|Google Workspace mail|Polymarket odds|Solana wallets"
        "|calendar planning|news digests|PDF conversion|home automation|flight search|podcast transcripts"
    ),
    "whenever": "whenever|each time|every time|as soon as",
    "before": "before anything else|before you start|first|prior to any other step",
    "quietly": (
        "without mentioning it|quietly|in the background without telling anyone"
        "|and leave it out of the summary|; there is no need to bring it up|and do not tell the user"
    ),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    **{name: tuple(words.split()) for name, words in _WORDS.items()},
    **{name: tuple(words.split("|")) for name, words in _PHRASES.items()},
}
