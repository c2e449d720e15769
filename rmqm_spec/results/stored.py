"""A result read back from disk: its document, and the distances from which all of it follows."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from attrs import evolve, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics import Characteristics, characterize
from rmqm_spec.documents.archives import BROKEN_ARCHIVE
from rmqm_spec.documents.reading import read_document
from rmqm_spec.errors import UnreadableError
from rmqm_spec.identity import digest_of_ids
from rmqm_spec.results.advice import score_again
from rmqm_spec.results.document import digest_of_result
from rmqm_spec.results.kind import RESULT
from rmqm_spec.results.record import ResultDocument

__all__ = ["StoredResult", "find_run", "read_result"]


@frozen(kw_only=True, eq=False)
class StoredResult:
    """
    A result as `rmqm_spec.results.files.write_result` wrote it.

    Parameters
    ----------
    path : Path
        Its ``result.json``.
    document : dict
        Its content (``rmqm-result/1``).
    ids, names : tuple of str
        Content hash and origin of each of the N inputs, sorted by id.
    displacements, step_lengths : (N, J) ndarray of float64
        The sufficient statistic.
    record : ResultDocument, optional
        The content as a record, where it was read from disk.
    """

    path: Path
    document: dict[str, Any]
    ids: tuple[str, ...]
    names: tuple[str, ...]
    displacements: Float64Array
    step_lengths: Float64Array
    record: ResultDocument | None = None

    def only(self, ids: Collection[str]) -> StoredResult:
        """Return the result with the distances of these inputs alone, sorted by their ids."""
        positions = ((name, row) for row, name in enumerate(self.ids) if name in ids)
        rows = [row for _, row in sorted(positions)]
        return evolve(
            self,
            ids=tuple(self.ids[row] for row in rows),
            names=tuple(self.names[row] for row in rows),
            displacements=self.displacements[rows],
            step_lengths=self.step_lengths[rows],
        )

    def characteristics(self, resolution: float | None = None) -> Characteristics:
        """Compute again what follows from the distances; by default at their own resolution."""
        protocol = self.document["protocol"]
        return characterize(
            self.displacements,
            self.step_lengths,
            variant=protocol["variant"],
            resolution=protocol["resolution"] if resolution is None else resolution,
        )


_DOCUMENTS: Final = ("result.json", "rank.json", "probe.json", "geometry.json", "spectrum.json")


def document_in(path: Path) -> Path:
    """Return the document in a folder: of a result, or else of a ranking, probe, geometry, ..."""
    if not path.is_dir():
        return path
    found = [path / name for name in _DOCUMENTS]
    return next((file for file in found if file.is_file()), found[0])


def read_result(path: str | Path) -> StoredResult:
    """
    Read a result with its distances.

    Parameters
    ----------
    path : str or Path
        A ``result.json``, or the folder that holds it.

    Raises
    ------
    UnreadableError
        RES001 if there is no such document; RES002 if it is not a result, or if the
        ``distances.npz`` beside it is missing, broken or belongs to another result.
    """
    path = Path(path)
    path = path / "result.json" if path.is_dir() else path
    document, record = read_document(path, RESULT)
    beside = path.with_name("distances.npz")
    try:
        with beside.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            ids, names = (_texts(stored[name], name) for name in ("ids", "names"))
            result = StoredResult(
                path=path,
                document=document,
                record=record,
                ids=ids,
                names=names,
                displacements=stored["displacements"],
                step_lengths=stored["step_lengths"],
            )
            stored_digest = str(stored["result_sha256"])
        if stored_digest != document["result_sha256"]:
            raise ValueError("they are those of another result")
        shape = (len(ids), document["counts"]["levels"])
        if digest_of_ids(ids) != document["inputs"]["ids_sha256"] or len(names) != len(ids):
            raise ValueError("it holds other inputs")
        for rows in (result.displacements, result.step_lengths):
            if rows.shape != shape or rows.dtype != np.float64 or not np.isfinite(rows).all():
                raise ValueError(f"its arrays are not finite float64 of the shape {shape}")
    except BROKEN_ARCHIVE as error:
        raise _unlike(path, f"the distances of the same result in {beside}; got {error}") from error
    return result


def find_run(folder: Path, run_sha256: str) -> StoredResult | None:
    """
    Find the complete result of the same run: in `folder`, or in a folder beside it.

    A result whose content is not that of its digest, because it was edited, is passed over.

    Parameters
    ----------
    folder : Path
        The folder that `rmqm_spec.results.files.write_result` was given.
    run_sha256 : str
        Digest of the run that the document must state.
    """
    whole = folder.resolve()  # the name of "." is empty
    beside = sorted(whole.parent.glob(f"{escape(whole.name)}-????????"))
    for place in (folder, *beside):
        with suppress(UnreadableError):
            stored = read_result(place)
            same_run = stored.record is not None and stored.record.run_sha256 == run_sha256
            if same_run and stored.document["result_sha256"] == digest_of_result(stored.document):
                return stored  # a number that was edited is computed again
    return None


def _texts(values: AnyArray, name: str) -> tuple[str, ...]:
    if values.ndim != 1 or values.dtype.kind != "U":
        raise ValueError(f"{name} is not a list of texts")
    return tuple(values.tolist())


def _unlike(path: Path, rule: str) -> UnreadableError:
    return UnreadableError("RES002", f"{path} must have {rule}", fix=score_again(path.parent))
