"""Files that can be read to their end: a pipe that nobody writes to would be waited for forever."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

__all__ = ["check_regular"]


def check_regular(path: Path) -> None:
    """
    Refuse pipes, devices and sockets before they are opened.

    Raises
    ------
    OSError
        If `path` is one of these, or is not there.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "a pipe, a device or a socket is no file", str(path))
