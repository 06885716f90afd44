"""What a file is, by its content first and its name second, and its text whatever the encoding."""

from __future__ import annotations

import codecs
import re
from typing import Literal

FileKind = Literal[
    "markdown",
    "python",
    "shell",
    "javascript",
    "other-script",
    "json",
    "yaml",
    "toml",
    "notebook",
    "archive",
    "image",
    "bytecode",
    "executable",
    "pickle",
    "binary",
    "text",
    "link",
]
_SUFFIXES: dict[FileKind, str] = {
    "markdown": "md markdown mdx mdc",
    "python": "py pyw pyi",
    "shell": "sh bash zsh ksh fish command",
    "javascript": "js mjs cjs ts mts cts jsx tsx",
    "other-script": "ps1 psm1 bat cmd rb pl php lua r go rs swift applescript vbs",
    "json": "json jsonc json5 jsonl",
    "yaml": "yaml yml",
    "toml": "toml",
    "notebook": "ipynb",
    "image": "svg",
}
_BY_SUFFIX = {suffix: kind for kind, names in _SUFFIXES.items() for suffix in names.split()}
_BINARY_SUFFIXES: dict[FileKind, str] = {
    "image": "png jpg jpeg gif webp bmp ico tiff",
    "bytecode": "pyc pyo class wasm",
    "pickle": "pkl pickle joblib pt pth npy",
    "archive": "zip tar gz tgz bz2 xz 7z rar whl jar skill docx xlsx pptx",
    "executable": "exe dll so dylib node",
}
_BY_BINARY_SUFFIX = {suffix: kind for kind, names in _BINARY_SUFFIXES.items() for suffix in names.split()}
DATA_SUFFIXES = frozenset(
    "png jpg jpeg gif webp bmp ico tiff ttf otf woff woff2 mp3 mp4 wav pdf eot ogg flac mov avi webm doc xls "
    "ppt odt ods odp rtf epub db sqlite sqlite3 parquet arrow feather h5 hdf5 npz onnx gguf safetensors "
    "tflite bin dat mo icns psd heic avif ds_store pack idx lock pyc pyo".split()
)
"""Of formats that hold no text and run nothing."""
_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\x7fELF", "executable"),
    (b"MZ", "executable"),
    (b"\xcf\xfa\xed\xfe", "executable"),
    (b"\xca\xfe\xba\xbe", "executable"),
    (b"\x00asm", "bytecode"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"RIFF", "image"),
    (b"\x80\x02", "pickle"),
    (b"\x80\x03", "pickle"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"),
)
_SHEBANG = re.compile(r"#![^\n]{0,120}?\b(python|bash|zsh|dash|ksh|sh|node|deno|bun|ruby|perl|php)")
_SHEBANG_KINDS: dict[str, FileKind] = {
    "python": "python",
    "node": "javascript",
    "deno": "javascript",
    "bun": "javascript",
    "ruby": "other-script",
    "perl": "other-script",
    "php": "other-script",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4096
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"


def kind_of(path: str, data: bytes, text: str | None) -> FileKind:
    """Return the kind of a file; *text* is its decoded content, ``None`` if it has none."""
    name = path.rsplit("/", 1)[-1].lower()
    suffix = name.rsplit(".", 1)[-1] if "." in name.lstrip(".") else ""
    if text is None:
        magic = next((kind for mark, kind in _MAGIC if data.startswith(mark)), None)
        return magic or _BY_BINARY_SUFFIX.get(suffix, "binary")
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    found = _SHEBANG.match(text)
    return _SHEBANG_KINDS.get(found[1], "shell") if found else "text"


def decode(data: bytes) -> tuple[str | None, str]:
    """Return the text of *data* and its encoding; ``None`` for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    guess = _unmarked_utf16(data)
    if guess:
        return data.decode(guess, "replace"), guess
    head = data[:_SAMPLE]
    if any(data.startswith(mark) for mark, _ in _MAGIC if len(mark) > 2 or not head.isascii()):
        return None, "binary"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    try:
        text = data.decode("utf-8")
        return (text, "utf-8") if controls * 4 <= len(head) else (None, "binary")
    except UnicodeDecodeError:
        pass
    return (None, "binary") if controls * 50 > len(head) else (data.decode("latin-1"), "latin-1")


def _unmarked_utf16(data: bytes) -> str:
    """Return the UTF-16 that *data* is in without saying so: every other byte of ASCII text is zero."""
    head = data[:_SAMPLE]
    half = len(head) // 2
    if half < 4 or len(data) % 2:
        return ""
    for encoding, zeros, others in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if zeros.count(0) * 10 > half * 8 and others.count(0) * 20 < half:
            return encoding
    return ""
