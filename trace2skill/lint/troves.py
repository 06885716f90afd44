"""What holds secrets: files, stores and variables; and to whom a variable belongs by its name."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from trace2skill.lint.hosts import Host

Kind = Literal["path", "file", "environment", "clipboard", "keychain", "variable"]
WHAT: dict[Kind, str] = {
    "path": "the path of a credential file",
    "file": "a file of credentials",
    "environment": "the whole environment",
    "clipboard": "the clipboard",
    "keychain": "the keychain",
    "variable": "a secret from the environment",
}
PATHS = re.compile(
    r"(?:^|[/\\~\"'`=@ (,])\.(?:ssh(?!/(?:config|known_hosts)\b)|aws|gnupg|netrc|npmrc|pypirc|git-credentials"
    r"|kube|docker/config\.json|bash_history|zsh_history|config/gh|config/gcloud|mozilla|electrum"
    r"|claude/(?:projects|history|\.credentials)|claude\.json|codex/(?:sessions|auth)|(?:openclaw|clawdbot"
    r"|moltbot)/|config/solana|ethereum/keystore|bitcoin|exodus|vault-token|azure/|config/doctl|pgpass"
    r"|cargo/credentials|gem/credentials|password-store)(?!\w)(?![\w./-]{0,60}\.pub\b)"
    r"|\bid_(?:rsa|ed25519|ecdsa|dsa)\b(?!\.pub)|\bLogin Data\b|\bwallet\.dat\b|\blogin\.keychain"
    r"|/etc/shadow\b|\bcookies\.sqlite\b|\b(?:key4\.db|logins\.json)\b|/Cookies\b|\bLocal Extension "
    r"Settings\b"
    r"|\bMessages/chat\.db\b|\bKeychains/|\bnkbihfbeogaeaoehlefnkodbefgpgknn\b|\bLocal State\b"
    r"|\b(?:seed|mnemonic|recovery)[_-]?phrase\.txt\b|\bmnemonic\.txt\b|application_default_credentials\.json"
)
"""Files that hold credentials, histories or wallets; public keys are none."""
SETTINGS = re.compile(
    r"(?:^|[/\"'`=@ (<])\.env(?:\.(?:local|prod|production|dev|development|staging))?(?![\w./-])"
)
"""Files of variables, which programs read for good reason but never send away."""
_SECRET = re.compile(
    r"(?:^|_)(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|PAT|MNEMONIC|SEED)(?:$|_)|APIKEY"
)
_COMMON = frozenset(
    "api key token secret access id auth bearer app client user personal password pat private account"
    " credentials my the bot service url host".split()
)
_BRANDS = {
    "github gh": "github.com githubusercontent.com githubcopilot.com",
    "gitlab": "gitlab.com",
    "aws": "amazonaws.com aws.dev amazon.com",
    "openai": "openai.com",
    "anthropic claude": "anthropic.com claude.com claude.ai",
    "google gemini gcp gcloud firebase": "googleapis.com google.com firebaseio.com",
    "azure": "azure.com microsoft.com microsoftonline.com windows.net azure.net",
    "slack": "slack.com",
    "discord": "discord.com discordapp.com",
    "telegram tg": "telegram.org",
    "stripe": "stripe.com",
    "npm": "npmjs.org npmjs.com",
    "pypi twine": "pypi.org",
    "hf huggingface": "huggingface.co",
    "docker": "docker.com docker.io",
    "cloudflare cf": "cloudflare.com",
    "ssh": "",
    "digitalocean": "digitalocean.com",
    "sendgrid": "sendgrid.com",
    "twilio": "twilio.com",
    "vercel": "vercel.com",
    "supabase": "supabase.co supabase.com",
    "wallet mnemonic eth solana": "",
}
_DOMAINS = {name: tuple(domains.split()) for names, domains in _BRANDS.items() for name in names.split()}


class Source(NamedTuple):
    """Where a secret comes from, in whatever language."""

    kind: Kind
    line: int
    name: str = ""
    """Of the variable, where it is known."""

    @property
    def what(self) -> str:
        """Say in words what it is."""
        return self.name or WHAT[self.kind]


def is_secret_name(name: str) -> bool:
    """Say whether a variable with this *name* holds a secret."""
    return _SECRET.search(name.upper()) is not None and not name.upper().startswith(("PUBLIC_", "SSH_AUTH"))


def is_branded(name: str) -> bool:
    """Say whether *name* says whose secret it is, of those that many people have."""
    return any(word in _DOMAINS for word in name.lower().split("_"))


def belongs_to(name: str, host: Host) -> bool:
    """Say whether the variable *name* belongs to *host*: GITHUB_TOKEN to api.github.com."""
    words = [word for word in name.lower().split("_") if word not in _COMMON and len(word) > 1]
    branded = [_DOMAINS[word] for word in words if word in _DOMAINS]
    if branded:
        return any(host.is_under(*domains) for domains in branded)
    labels = host.name.replace("-", "").split(".")[:-1]
    return any(len(word) > 2 and word in label for word in words for label in labels)


def has_its_name(name: str, host: Host) -> bool:
    """Say whether a label of *host* is the brand in *name*, as of a server of one's own."""
    return any(word in _DOMAINS and word in host.name.split(".") for word in name.lower().split("_"))
