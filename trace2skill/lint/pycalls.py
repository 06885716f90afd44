"""What calls of Python do with a value, told by their names: read, carry, send or drop it."""

from __future__ import annotations

import re

READS = frozenset("connect open read_text read_bytes read load loads safe_load decode".split())
FILLS = ("append", "extend", "update", "add", "write", "attach", "set_content", "add_attachment", "writestr")
CARRIES = frozenset(
    "str repr bytes encode decode format join strip quote quote_plus urlencode dumps b64encode hexlify dict"
    " list tuple Request replace upper lower get getenv hex compress".split()
)
"""Calls whose result still holds a variable that they were given; a client that got a key holds none."""
DROPS = re.compile(
    r"^(?:len|bool|print|isinstance|type|hash|id|any|all|subprocess\.\w{1,30}|hashlib\.\w{1,30}"
    r"|os\.path\.(?:exists|is\w{1,9}|get\w{1,9})"
    r"|logging\.\w{1,30}|shutil\.which)$|\.(?:exists|is_file|is_dir|keys|startswith|endswith|stat|mkdir)$"
)
NETWORK = re.compile(
    r"^(?:requests|httpx|aiohttp|urllib3|urllib\.request|http\.client|smtplib|ftplib|websockets?|paramiko"
    r"|socket|boto3|dns\.resolver|pysftp|websocket|pycurl)\."
)
SENDS = re.compile(
    r"\.(?:get|post|put|patch|request|send|sendall|sendto|sendmail|send_message|storbinary|urlopen|stream"
    r"|Request|create_connection|upload_file\w{0,3}|put_object|sendmsg|gethostbyname|getaddrinfo|resolve)$"
)
BY_PATH = re.compile(r"\.(?:upload_file|put|storbinary|upload)$")
"""Calls that read the file whose path they are given."""


PROGRAM = re.compile(r"(?:curl|wget|nc|ncat|scp|rsync|sendmail|mail)\b|git push|aws s3 |rclone |gsutil ")
WRITES = re.compile(
    r"^(?:print|json\.dump|pprint\.pprint|yaml\.dump|log(?:ging|ger)?\.\w{1,12})$|\.write(?:_text)?$"
)
COPIES = re.compile(r"^shutil\.(?:copy\w{0,5}|move|make_archive)$|^os\.(?:rename|replace|link|symlink)$")
OPENS = re.compile(r"^(?:open|zipfile\.ZipFile|tarfile\.open|io\.open)$")
