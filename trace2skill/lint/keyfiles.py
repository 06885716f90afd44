"""Files that are made to hold secrets, told by name and content."""

from __future__ import annotations

import re

from trace2skill.lint.folder import File

_PRIVATE = re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----")
_CREDENTIALS = re.compile(
    r'"(?:private_key|client_secret|refresh_token|aws_secret_access_key)"\s{0,5}:\s{0,5}"\w'
)
_TOKEN = re.compile(
    r"_(?:authToken|password)\s{0,3}=\s{0,3}[^\s$]|^\s{0,9}password\s{0,3}[:=]\s{0,3}[^\s$]", re.MULTILINE
)
_VALUE = re.compile(r"^[ \t]{0,9}(?:export )?[A-Za-z_]\w{0,80}=[^\s#]", re.MULTILINE)
_SHOWN = re.compile(r"example|sample|template|dist|default|schema")
_STORES = re.compile(r"id_(?:rsa|dsa|ecdsa|ed25519)|.{0,200}\.(?:p12|pfx|jks|kdbx)")
_ACCOUNTS = ("credentials", "service-account", "service_account")


def secret_in(file: File) -> str:
    """Return what kind of secret *file* holds, or nothing; one that holds no value has none."""
    name = file.path.rsplit("/", 1)[-1].lower()
    if name == ".env" or name.startswith(".env."):
        return "an environment file" if _VALUE.search(file.text) and not _SHOWN.search(name) else ""
    if _STORES.fullmatch(name) and file.size:
        return "a key store" if "." in name else "a private key"
    if name.endswith((".pem", ".key")) and _PRIVATE.search(file.text):
        return "a private key"
    if name.startswith(_ACCOUNTS) and _CREDENTIALS.search(file.text):
        return "credentials"
    return "credentials" if name in (".netrc", ".npmrc", ".pypirc") and _TOKEN.search(file.text) else ""
