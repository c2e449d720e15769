"""Images as encoded bytes, wherever they lie: in an archive, in a table, behind a URL."""

from __future__ import annotations

import hashlib
from abc import abstractmethod

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs.hashing import Hashed
from rmqm_spec.inputs.images import decode_bytes

__all__ = ["EncodedImages"]


class EncodedImages(Hashed):
    """
    A source whose inputs are image files that do not lie in a folder.

    The digest of an input is the SHA-256 of its bytes: the same file is the same input in a folder,
    in an archive and in a table.

    Parameters
    ----------
    label : str
        What to call the collection.
    ignored : int
        Number of other entries, which are left out.
    value_range : tuple of float, optional
        The values of (black, white) in files whose format does not say, see `decode_bytes`.
    """

    value_range = None

    def __init__(self, *, label: str, ignored: int = 0, value_range: Bounds | None = None) -> None:
        self.label = label
        self.ignored = ignored
        self._file_range = value_range

    @abstractmethod
    def name(self, index: int) -> str:
        """Return where input `index` came from, printable."""

    @abstractmethod
    def encoded(self, index: int) -> bytes:
        """Return the file of input `index`; raises `UnreadableError` if there is none."""

    def read(self, index: int) -> AnyArray:
        """Decode input `index`, see `decode_bytes`."""
        name = self.name(index)
        return decode_bytes(self.encoded(index), name, value_range=self._file_range)

    def _digest(self, index: int) -> str:
        try:
            return hashlib.sha256(self.encoded(index)).hexdigest()
        except UnreadableError:
            return self._digest_of_nothing(index)

    def _digest_of_nothing(self, index: int) -> str:
        """Return the digest of an unreadable input: by its place, the same on every machine."""
        return hashlib.sha256(f"unreadable {index}".encode()).hexdigest()
