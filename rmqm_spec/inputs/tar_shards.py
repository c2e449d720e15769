"""Images in tar archives, named as WebDataset names them: key.jpg beside key.cls."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain
from pathlib import Path

from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.encoded_images import EncodedImages
from rmqm_spec.inputs.files import IMAGE_EXTENSIONS, folder_of
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.missing_labels import as_label
from rmqm_spec.inputs.tar_members import Member, list_members

__all__ = ["TarShards"]

_LABELS = ("cls", "json", "txt")
"""Extensions of labels; the first that exists counts."""

_KEYS = ("label", "cls", "class", "label_name", "class_name")
"""Where a .json holds a label, in this order."""

_MAX_LABEL_BYTES = 2**16


class TarShards(EncodedImages):
    """
    A source whose inputs are images in tar archives.

    Nothing is unpacked to disk. Each image is read at its place, from any thread. Links, devices
    and files that belong to no image are counted as ignored.

    Parameters
    ----------
    archives : sequence of Path
        Archives, in order.
    label : str
        What to call the collection.
    extension : str, optional
        Ending of the members to take, such as ``jpg`` or ``seg.png``; without it all images, at
        most one per key.
    names : sequence of str, optional
        What to call the archives; by default their paths.
    value_range : tuple of float, optional
        See `EncodedImages`.

    Raises
    ------
    UnreadableError
        DAT002 if there is no image, DAT022 if an archive is damaged.
    UsageError
        DAT023 if a key has several images.

    Examples
    --------
    >>> import io, tarfile, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with tarfile.open(f"{folder}/a.tar", "w") as tar:
    ...         for name, data in (("1.pgm", b"P5 1 1 255 7"), ("1.cls", b"3")):
    ...             info = tarfile.TarInfo(name)
    ...             info.size = len(data)
    ...             tar.addfile(info, io.BytesIO(data))
    ...     shards = TarShards([Path(folder, "a.tar")], label="a.tar")
    ...     len(shards), shards.read(0).item(), shards.labels
    (1, 55, ('3',))
    """

    def __init__(
        self,
        archives: Sequence[Path],
        *,
        label: str,
        extension: str | None = None,
        names: Sequence[str] | None = None,
        value_range: Bounds | None = None,
    ) -> None:
        shown = names or [display_name(archive) for archive in archives]
        members = list(chain.from_iterable(map(list_members, archives, shown)))
        files = [member for member in members if member.is_file and not member.is_hidden]
        self._images = [file for file in files if _is_wanted(file, extension)]
        self._beside = {
            (file.archive, file.key, file.extension): file
            for file in files
            if file.extension in _LABELS
        }
        keys = {(image.archive, image.key) for image in self._images}
        partners = sum((archive, key) in keys for archive, key, _ in self._beside)
        n_ignored = len(members) - len(self._images) - partners
        super().__init__(label=label, ignored=n_ignored, value_range=value_range)
        if not self._images:
            wanted = "image" if extension is None else f"file that ends in .{extension}"
            raise UnreadableError(
                "DAT002",
                f"{label} must hold at least one {wanted}; got {len(members)} other members",
                fix="Give archives of images such as 0001.jpg, or name their ending: a.tar:ENDING",
            )
        if extension is None:
            self._check_keys()

    def __len__(self) -> int:
        return len(self._images)

    def name(self, index: int) -> str:
        """Return archive and path of member `index`, printable."""
        return self._images[index].name

    def encoded(self, index: int) -> bytes:
        """Return the bytes of member `index`."""
        return self._images[index].read()

    @cached_property
    def labels(self) -> tuple[str | None, ...] | None:
        """What stands in .cls, .json or .txt beside each image; else the name of its folder."""
        for extension in _LABELS:
            labels = self.labels_from(extension)
            if labels is not None:
                return labels
        folders = tuple(folder_of(image.path) for image in self._images)
        return folders if any(folders) else None

    def labels_from(self, extension: str) -> tuple[str | None, ...] | None:
        """Return what stands in .cls, .json or .txt beside each image; None if there is none."""
        labels = tuple(self._label(image, extension) for image in self._images)
        return labels if any(label is not None for label in labels) else None

    def _label(self, image: Member, extension: str) -> str | None:
        beside = self._beside.get((image.archive, image.key, extension))
        if beside is None or beside.size > _MAX_LABEL_BYTES:
            return None
        text = beside.read().decode("utf-8", "replace").strip()
        return as_label(_json_label(text) if extension == "json" else text)

    def _check_keys(self) -> None:
        counts = Counter((image.archive, image.key, image.path.parent) for image in self._images)
        (archive, key, _), n_images = counts.most_common(1)[0]
        if n_images > 1:
            same = [image for image in self._images if (image.archive, image.key) == (archive, key)]
            endings = ", ".join(sorted({image.extension for image in same}))
            raise UsageError(
                "DAT023",
                f"{self.label} must have one image for each key; got {endings} for {same[0].name}",
                fix=f"Name the ending of those that are meant: {self.label}:ENDING",
            )


def _is_wanted(member: Member, extension: str | None) -> bool:
    if extension is not None:
        return member.path.name.lower().endswith(f".{extension.lower()}")
    return member.path.suffix.lower() in IMAGE_EXTENSIONS


def _json_label(text: str) -> str | None:
    with suppress(ValueError, RecursionError):
        document = json.loads(text)
        if isinstance(document, str | int):
            return str(document)
        if isinstance(document, dict):
            values = [document[key] for key in _KEYS if isinstance(document.get(key), str | int)]
            return str(values[0]) if values else None
    return None
