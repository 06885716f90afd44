"""Names of Python's library that the flow through a file is about."""

from __future__ import annotations

FETCH = frozenset(
    f"{module}.{name}"
    for module in (
        "requests", "httpx", "requests.sessions.Session", "requests.Session", "requests.session",
        "httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession", "urllib3.PoolManager",
    )
    for name in "get post request put stream send".split()
) | frozenset(
    "urllib.request.urlopen urllib2.urlopen urllib.urlopen urllib3.request "
    "xmlrpc.client.ServerProxy dns.resolver.resolve dns.resolver.query".split()
)  # fmt: skip
RECEIVE = frozenset(("recv", "recvfrom", "getresponse"))
DECODE = frozenset(
    "base64.b64decode base64.b32decode base64.b16decode base64.b85decode base64.a85decode "
    "base64.urlsafe_b64decode base64.standard_b64decode base64.decodebytes binascii.unhexlify "
    "binascii.a2b_base64 binascii.a2b_hex bytes.fromhex bytearray.fromhex zlib.decompress gzip.decompress "
    "bz2.decompress lzma.decompress marshal.loads codecs.decode".split()
)
DATA = frozenset("os.getenv os.environ.get".split())
GIVEN = frozenset("input sys.stdin.read sys.stdin.readline".split())
PASS = frozenset(
    "str bytes bytearray compile json.loads json.load textwrap.dedent builtins.compile types.FunctionType "
    "io.StringIO io.BytesIO types.CodeType map list reversed repr memoryview open io.open pathlib.Path next "
    "yaml.safe_load sorted filter zip enumerate".split()
)
EVAL = frozenset("exec eval builtins.exec builtins.eval __builtins__.exec __builtins__.eval".split())
SHELL = frozenset(
    "os.system os.popen subprocess.getoutput subprocess.getstatusoutput commands.getoutput pty.spawn "
    "asyncio.create_subprocess_shell".split()
)
PROCESS = frozenset(f"subprocess.{name}" for name in "run call check_call check_output Popen".split())
OPENS = frozenset(
    "runpy.run_path os.startfile importlib.util.spec_from_file_location os.execv os.execvp os.execl "
    "os.execlp importlib.machinery.SourceFileLoader os.spawnv os.posix_spawn ctypes.CDLL "
    "ctypes.cdll.LoadLibrary".split()
)
"""What runs the file that an argument names."""
PICKLES = frozenset("pickle.loads pickle.load marshal.loads dill.loads dill.load cloudpickle.loads".split())
INTERPRETERS = frozenset(
    "sh bash zsh dash python python3 node perl ruby powershell pwsh sys.executable cmd osascript".split()
)
CODE_SUFFIXES = (".py", ".pyw", ".in", ".cfg", ".toml")
"""Files whose text honest scripts run: their own version, their own settings."""
