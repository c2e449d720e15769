"""Data behind a URL, fetched once through fsspec. Nothing is fetched that was not asked for."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.inputs.images import MAX_FILE_BYTES, display_name
from rmqm_spec.inputs.optional import missing_package, optional_package

__all__ = [
    "MAX_DOWNLOAD_BYTES",
    "discard",
    "fetch_bytes",
    "fetch_file",
    "is_url",
    "open_url",
    "without_secrets",
]

MAX_DOWNLOAD_BYTES = 64 * 2**30

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
_PACKAGES = {
    "http": "fsspec[http]", "https": "fsspec[http]", "s3": "fsspec[s3]", "s3a": "fsspec[s3]",
    "gs": "fsspec[gcs]", "gcs": "fsspec[gcs]", "hf": "huggingface_hub", "az": "fsspec[abfs]",
    "abfs": "fsspec[abfs]", "ssh": "fsspec[ssh]", "sftp": "fsspec[sftp]",
}  # fmt: skip
"""What to install for a protocol."""


def is_url(text: str) -> bool:
    """
    Return whether a text is a URL, not a path.

    Examples
    --------
    >>> is_url("https://example.org/a.tar"), is_url("a.npz:images"), is_url("C:/a.png")
    (True, False, False)
    """
    return _URL.match(text) is not None


def without_secrets(url: str) -> str:
    """
    Return a URL as it may be printed: without password, and without what follows a question mark.

    Examples
    --------
    >>> without_secrets("https://me:secret@example.org/a.tar?token=1")
    'https://example.org/a.tar'
    """
    parts = _split(url)
    host = parts.netloc.rpartition("@")[2]
    return display_name(f"{parts.scheme}://{host}{parts.path}")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise UnreadableError(
            "DAT025", f"{url!r} must be a URL; got {error}", fix="Check the address."
        ) from error


def fetch_file(url: str) -> Path:
    """
    Fetch a file to a temporary folder, which is removed when the process ends.

    Raises
    ------
    UnavailableError
        DAT024 if fsspec or what it needs for the protocol is missing.
    UnreadableError
        DAT025 if it cannot be fetched completely, DAT026 if it is too large.
    """
    parts = _split(url)
    name = unquote(PurePosixPath(f"{parts.netloc}{parts.path}").name)
    safe = re.sub(r"[^\w.=-]", "_", name).lstrip(".") or "data"
    target = Path(tempfile.mkdtemp(dir=_folder())) / safe[-128:]
    _fetch(url, target, MAX_DOWNLOAD_BYTES)
    return target


def fetch_bytes(url: str) -> bytes:
    """Fetch an image file; raises the errors of `fetch_file`."""
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        target = Path(folder) / "image"
        _fetch(url, target, MAX_FILE_BYTES)
        return target.read_bytes()


def discard() -> None:
    """Remove everything that was fetched."""
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder(), ignore_errors=True)


@cache
def _folder() -> str:
    atexit.register(discard)
    return tempfile.mkdtemp(prefix="rmqm-spec-")


def _fetch(url: str, target: Path, limit: int) -> None:
    name = without_secrets(url)
    try:
        system, path = open_url(url)
        expected = system.info(path).get("size")
        _check_size(expected, limit, name)
        system.get_file(path, str(target), callback=_meter(limit, name))
        got = target.stat().st_size
    except RmqmError:
        raise
    except Exception as error:  # each protocol raises errors of its own
        raise _failed(name, f"{type(error).__name__}: {_reason(error, url)}") from error
    if isinstance(expected, int) and got != expected:
        raise _failed(name, f"{got} of {expected} bytes")


def open_url(url: str) -> tuple[Any, str]:
    """
    Return the file system of fsspec for a URL, and the path in it.

    Bytes come over HTTP as they are, so that they can be counted.

    Raises
    ------
    UnavailableError
        DAT024 if the package for its protocol is not installed.
    """
    fsspec = optional_package("fsspec", "URLs")
    protocol = url.partition("://")[0].lower()
    plain = {"client_kwargs": {"headers": {"Accept-Encoding": "identity"}}}
    options = plain if protocol in {"http", "https"} else {}
    try:
        system, path = fsspec.core.url_to_fs(url, **options)
    except ImportError as error:
        package = _PACKAGES.get(protocol, f"fsspec[{protocol}]")
        raise missing_package(
            package, f"{protocol}:// URLs", f'python -m pip install "{package}"'
        ) from error
    return system, path


def _meter(limit: int, name: str) -> Any:
    """Return a callback that stops a transfer that becomes too large, whatever was announced."""
    from fsspec.callbacks import Callback

    class Meter(Callback):  # type: ignore[misc]
        def call(self, *_: object, **__: object) -> None:
            _check_size(max(self.value, self.size or 0), limit, name)

    return Meter()


def _check_size(size: object, limit: int, name: str) -> None:
    if isinstance(size, int) and size > limit:
        raise UnreadableError(
            "DAT026",
            f"{name} must have at most {limit} bytes; got {size}",
            fix="Fetch it by other means and give the files.",
        )


def _reason(error: Exception, url: str) -> str:
    """Return the text of an error, on a single line and without the secrets of a URL."""
    text = " ".join(str(error).split()).replace(url, without_secrets(url))
    return display_name(text)[:300]


def _failed(name: str, reason: str) -> UnreadableError:
    return UnreadableError(
        "DAT025",
        f"{name} must be fetched completely; got {reason}",
        fix="Check the address and the network, and run the command again.",
    )
