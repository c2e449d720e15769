"""Several files as a single source: what braces, patterns and folders name."""

from __future__ import annotations

import glob
import re
from itertools import chain
from pathlib import Path

from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.files import IMAGE_EXTENSIONS
from rmqm_spec.inputs.images import display_name

__all__ = ["SHARD_EXTENSIONS", "expand_braces", "shards_in_folder", "shards_matching"]

SHARD_EXTENSIONS = frozenset({".parquet", ".tar"})

_BRACES = re.compile(r"\{([^{}]*)\}")
_MAX_NAMES = 100_000


def expand_braces(pattern: str) -> list[str]:
    """
    Write ``{000..009}`` and ``{a,b}`` out, as a shell and WebDataset do.

    Raises
    ------
    UsageError
        DAT023 if that gives more than 100,000 names.

    Examples
    --------
    >>> expand_braces("{a,b}-{08..10}.tar")[:4]
    ['a-08.tar', 'a-09.tar', 'a-10.tar', 'b-08.tar']
    """
    names, done = [pattern], False
    while not done:
        expanded = [_expand_first(name) for name in names]
        done = all(len(alternatives) == 1 for alternatives in expanded)
        if sum(map(len, expanded)) > _MAX_NAMES:
            raise _too_many(pattern)
        names = list(chain.from_iterable(expanded))
    return names


def _expand_first(name: str) -> list[str]:
    for braces in _BRACES.finditer(name):
        first, dots, last = braces[1].partition("..")
        if dots and first.isdecimal() and last.isdecimal():
            low, high, width = int(first), int(last), len(first)
            if high - low > _MAX_NAMES:
                raise _too_many(name)
            words = [f"{number:0{width}}" for number in range(low, high + 1)]
        elif "," in braces[1]:
            words = braces[1].split(",")
        else:
            continue
        if len(words) > 1:
            return [name[: braces.start()] + word + name[braces.end() :] for word in words]
    return [name]


def shards_matching(pattern: str) -> list[Path] | None:
    """
    Return the .parquet or .tar files that a pattern with braces or wildcards names.

    The result is None if it names other files. Every file that braces name must exist.

    Raises
    ------
    UnreadableError
        DAT001 if a file that braces name is missing.
    UsageError
        DAT023 if there are files of both kinds.
    """
    if Path(pattern).suffix.lower() not in SHARD_EXTENSIONS:
        return None
    shards: list[Path] = []
    for name in expand_braces(pattern):
        matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - takes absolute paths
        if not matches:
            raise UnreadableError(
                "DAT001",
                f"every file that a pattern names must be there; got no {display_name(name)}",
                fix="Check the pattern, and that all files were fetched.",
            )
        shards += map(Path, matches)
    return _of_one_split(shards, pattern)


def shards_in_folder(folder: Path) -> list[Path] | None:
    """
    Return the .parquet or .tar files below a folder that holds no images.

    Raises
    ------
    UsageError
        DAT023 if there are files of both kinds, or parts of several splits.
    """
    files = [path for path in sorted(folder.rglob("*")) if not path.name.startswith(".")]
    suffixes = {path.suffix.lower() for path in files}
    if suffixes & IMAGE_EXTENSIONS or not suffixes & SHARD_EXTENSIONS:
        return None
    shards = [path for path in files if path.suffix.lower() in SHARD_EXTENSIONS]
    return _of_one_split(shards, str(folder))


def _of_one_split(shards: list[Path], pattern: str) -> list[Path]:
    """Refuse to mix kinds, or training and test images, which lie side by side at Hugging Face."""
    kinds = {path.suffix.lower() for path in shards}
    splits = {match[1] for path in shards if (match := _SPLIT.match(path.name))}
    for what, several in (("kinds", kinds), ("splits", splits)):
        if len(several) > 1:
            raise UsageError(
                "DAT023",
                f"{display_name(pattern)} must name files of one kind and one split; got {what}"
                f" {', '.join(sorted(several))}",
                fix="Give a pattern, for example 'folder/train-*.parquet'.",
            )
    return shards


_SPLIT = re.compile(r"(.+)-\d{5}-of-\d{5}\.parquet$")
"""Hugging Face's names of parts: train-00000-of-00005.parquet."""


def _too_many(pattern: str) -> UsageError:
    return UsageError(
        "DAT023",
        f"braces must name at most {_MAX_NAMES} files; got more by {display_name(pattern)}",
        fix="Give fewer files.",
    )
