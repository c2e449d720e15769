"""All label-free numbers of an encoder, from two runs of ``rmqm-spec score``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import rmqm_spec
from rmqm_spec.measures.named import ALL, measures_named

__all__ = ["MATCHED_SIZE", "encodings_file", "label_free", "less"]

MATCHED_SIZE: Final = 16
"""Size of the projected encodings of size-matched values."""

_SHORT_PATH = 10


def label_free(
    encoder: Path,
    source: Path,
    folder: Path,
    *,
    n_path: int = 100,
    null: bool = True,
    **options: Any,
) -> dict[str, Any]:
    """
    Return what can be measured without labels, by name.

    Parameters
    ----------
    encoder : Path
        The model.
    source : Path
        An .npz with ``images``.
    folder : Path
        Receives the results.
    n_path : int
        Images on the full path of the specification; all images take a path of ten levels.
    null : bool
        Whether permuted weights are scored too.
    **options
        Preprocessing, as ``rmqm_spec.score`` takes it.

    Returns
    -------
    dict
        ``rmqm``, ``D``, ``1/D_RC``, ``1/P_RC`` and their ends of the interval on the full path;
        ``rmqm-null`` the score less that of permuted weights; ``NAME`` and ``NAME@16`` of every
        measure, ``NAME:DETAIL`` of its details, ``NAME-null`` less that of permuted weights. None
        where a value is undefined. The unaltered encodings are left in `encodings_file`.
    """
    full = _score(encoder, source, folder / "full", n=n_path, null=null, **options)
    short = _score(
        encoder,
        source,
        folder / "short",
        levels=_SHORT_PATH,
        measure=_measures(),
        null=null,
        save_encodings=str(encodings_file(folder)),
        **options,
    )
    of_null = (short.stored.document["null"] or {}).get("measures") or {}
    document = full.stored.document
    components = document["components"]
    values: dict[str, Any] = {
        "rmqm": document["rmqm"],
        "rmqm_low": (document["interval"] or (None, None))[0],
        "rmqm_high": (document["interval"] or (None, None))[1],
        "rmqm-null": (document["null"] or {}).get("difference"),
        "D": components["D"],
        "1/D_RC": _reciprocal(components["D_RC"]),
        "1/P_RC": _reciprocal(components["P_RC"]),
    }
    for name, measured in short.measures.items():
        values[name] = measured["value"]
        values[f"{name}-null"] = less(measured["value"], of_null.get(name, {}).get("value"))
        for detail, value in measured["details"].items():
            values[f"{name}:{detail}"] = value
    return values


def _measures() -> list[str]:
    """Every measure of one walk but RMQM, and the size-matched value of those of encodings."""
    measures = sorted(measures_named([ALL]), key=lambda measure: measure.name)
    matched = [measure.name for measure in measures if measure.needs == frozenset({"unaltered"})]
    return [
        *(measure.name for measure in measures),
        *(f"{name}@{MATCHED_SIZE}" for name in matched),
    ]


def _score(encoder: Path, source: Path, folder: Path, **options: Any) -> Any:
    return rmqm_spec.score(
        str(encoder), data=f"{source}:images", out=str(folder), force=True, **options
    )


def encodings_file(folder: Path) -> Path:
    """Return where the encodings of the unaltered images of an encoder are kept."""
    return folder / "unaltered.npz"


def less(value: float | None, of_null: float | None) -> float | None:
    """Return the difference of a value to that of the null; None where one is undefined."""
    return None if value is None or of_null is None else value - of_null


def _reciprocal(value: float | None) -> float | None:
    return 1 / value if value else None
