"""Whether what lies in a folder of results is whole: another document is not a damaged one."""

from __future__ import annotations

from pathlib import Path

from rmqm_spec.errors import UnreadableError

__all__ = ["damage_in"]


def damage_in(folder: Path, kind: str) -> str | None:
    """
    Say why a document in a folder cannot be read.

    Parameters
    ----------
    folder : Path
        Where it lies.
    kind : {"result", "ranking", "probe", "geometry", "spectrum"}
        What it should be.

    Returns
    -------
    str or None
        The reason; None where it is whole.
    """
    from rmqm_spec.documents.reading import read_document
    from rmqm_spec.geometries.kind import GEOMETRY
    from rmqm_spec.probes.kind import PROBE
    from rmqm_spec.ranking.kind import RANKING
    from rmqm_spec.results.stored import read_result
    from rmqm_spec.spectra.kind import SPECTRUM

    try:
        if kind == "result":
            read_result(folder)
        elif kind == "ranking":
            read_document(folder / "rank.json", RANKING)
        elif kind == "geometry":
            read_document(folder / "geometry.json", GEOMETRY)
        elif kind == "spectrum":
            read_document(folder / "spectrum.json", SPECTRUM)
        else:
            read_document(folder / "probe.json", PROBE)
    except UnreadableError as error:
        return error.message
    return None
