"""What the runtime's native code writes to stderr while a provider opens: often the only reason."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import UnsupportedOperation

__all__ = ["NativeLog", "native_log"]

_ENTRY = re.compile(r"\[E:onnxruntime:[^]]*\] ([^\x1b]*)")
_PLACE = re.compile(r"^(?:\S+\.(?:cc|cpp|h):\d+ )?(?:[^()\[]*\([^()]*\) )?(?:\[[^]]*\] )*")
_STDERR = 2


class NativeLog:
    """What was written, once the block has ended."""

    text = ""

    @property
    def error(self) -> str | None:
        """
        The last error in it, without source positions; None where there is none.

        Examples
        --------
        >>> log = NativeLog()
        >>> log.text = "[E:onnxruntime:Default, a.cc:2 Create] /b.cc:1 int f(int) [ERROR] No GPU"
        >>> log.error
        'No GPU'
        """
        entries = _ENTRY.findall(self.text)
        if not entries:
            return None
        return _PLACE.sub("", " ".join(entries[-1].split())) or None


@contextmanager
def native_log() -> Iterator[NativeLog]:
    """Keep what native code writes to stderr meanwhile, which no stream of Python sees."""
    log = NativeLog()
    try:
        sys.stderr.flush()
        kept = os.dup(_STDERR)
    except (AttributeError, OSError, UnsupportedOperation):  # closed, as in a windowed program
        yield log
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), _STDERR)
        try:
            yield log
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
            file.seek(0)
            log.text = file.read().decode(errors="replace")
