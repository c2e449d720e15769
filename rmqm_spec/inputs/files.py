"""Image files as inputs: a folder, a pattern, or one file."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs.hashing import Hashed
from rmqm_spec.inputs.images import MAX_FILE_BYTES, decode_image, display_name

__all__ = ["IMAGE_EXTENSIONS", "ImageFiles", "folder_of"]

IMAGE_EXTENSIONS = frozenset({
    ".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".ico", ".j2k", ".jfif", ".jp2", ".jpe",
    ".jpeg", ".jpg", ".pbm", ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".qoi", ".tif", ".tiff",
    ".webp",
})  # fmt: skip
"""Files that count as images. HEIC is among them although it cannot be decoded: a photograph that
is left out must be named."""


class ImageFiles(Hashed):
    """
    A source whose inputs are image files; each is decoded when it is read.

    Parameters
    ----------
    paths : sequence of Path
        The files, readable or not.
    label : str
        What to call the collection.
    ignored : int
        Number of files that were left out because they are not images.
    value_range : tuple of float, optional
        The values of (black, white) in files whose format does not say, see `decode_image`.
    root : Path, optional
        Folder that all files lie in: folders below it are labels.
    names : sequence of str, optional
        What to call the files; by default their paths.

    Raises
    ------
    UnreadableError
        DAT002 if there is no image file at all.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (4, 2)).save(Path(folder) / "black.png")
    ...     _ = (Path(folder) / "notes.txt").write_text("not an image")
    ...     files = ImageFiles.in_folder(Path(folder))
    ...     len(files), files.ignored, files.read(0).shape
    (1, 1, (2, 4, 3))
    """

    value_range = None

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        label: str,
        ignored: int = 0,
        value_range: Bounds | None = None,
        root: Path | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        if not paths:
            raise UnreadableError(
                "DAT002",
                f"{label} must hold at least one image file; got {ignored} other files",
                fix="Give a folder of images, for example .png or .jpg, or an .npy file.",
            )
        self.label = label
        self.ignored = ignored
        self._paths = tuple(paths)
        self._file_range = value_range
        self._root = root
        self._names = names

    @classmethod
    def in_folder(cls, folder: Path, *, value_range: Bounds | None = None) -> ImageFiles:
        """Find the image files in a folder and in all folders below it, links included."""
        return cls._sorted(_files_below(folder), display_name(folder), value_range, folder)

    @classmethod
    def matching(cls, pattern: str, *, value_range: Bounds | None = None) -> ImageFiles:
        """Find the image files that match a glob pattern, and those in folders that match it."""
        return cls._sorted(_files_matching(pattern), display_name(pattern), value_range)

    @classmethod
    def _sorted(
        cls,
        paths: Iterable[Path],
        label: str,
        value_range: Bounds | None,
        root: Path | None = None,
    ) -> ImageFiles:
        files = sorted(set(paths))
        images = [path for path in files if _is_image_file(path)]
        ignored = len(files) - len(images)
        return cls(images, label=label, ignored=ignored, value_range=value_range, root=root)

    def __len__(self) -> int:
        return len(self._paths)

    def name(self, index: int) -> str:
        """Return the path of file `index`, printable."""
        return display_name(self._paths[index]) if self._names is None else self._names[index]

    def path(self, index: int) -> Path:
        """Return where file `index` lies."""
        return self._paths[index]

    def read(self, index: int) -> AnyArray:
        """Decode file `index`, see `decode_image`."""
        return decode_image(self._paths[index], name=self.name(index), value_range=self._file_range)

    @property
    def labels(self) -> tuple[str | None, ...] | None:
        """Name of the folder of every file; None where all lie in the folder that was given."""
        if self._root is None:
            return None
        labels = tuple(folder_of(path.relative_to(self._root)) for path in self._paths)
        return labels if any(labels) else None

    def _digest(self, index: int) -> str:
        path = self._paths[index]
        place = path if self._root is None else path.relative_to(self._root)
        return _digest(path, place)


def folder_of(path: PurePath) -> str | None:
    """Return the name of the folder that a file lies in, which often is its class."""
    return display_name(path.parent.name) or None


def _is_image_file(path: Path) -> bool:
    """Return whether a path names an image: a file or a link, even a broken link, not hidden."""
    named = path.suffix.lower() in IMAGE_EXTENSIONS and not path.name.startswith(".")
    return named and (path.is_file() or path.is_symlink())


def _files_below(folder: Path) -> Iterator[Path]:
    """Walk through a folder and its links; skip hidden folders, and enter no folder twice."""
    visited: set[tuple[int, int]] = set()
    for root, folders, files in os.walk(folder, followlinks=True, onerror=_refuse_folder):
        status = Path(root).stat()
        if (status.st_dev, status.st_ino) in visited:
            folders.clear()
            continue
        visited.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in files)


def _files_matching(pattern: str) -> Iterator[Path]:
    matches = glob.iglob(pattern, recursive=True)  # noqa: PTH207 - takes absolute paths
    for match in map(Path, matches):
        if match.is_dir():
            yield from _files_below(match)
        else:
            yield match


def _refuse_folder(error: OSError) -> None:
    raise UnreadableError(
        "DAT001",
        f"{display_name(str(error.filename))} must be a folder that can be read;"
        f" got {error.strerror!r}",
        fix="Check the permissions, or leave the folder out.",
    )


def _digest(path: Path, place: Path) -> str:
    """Hash the bytes of a file, or its place if the file cannot be read."""
    try:
        if path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        pass
    return hashlib.sha256(b"unreadable " + os.fsencode(place)).hexdigest()
