"""The files of ``vectors``, byte by byte: the same cases always give the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import math
import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.case import Case
from rmqm_conformance.version import SUITE_VERSION

__all__ = ["rendered_files"]

_INLINE = 4096
_WIDTH = 100


def rendered_files(cases: Iterable[Case], spec: str) -> dict[str, bytes]:
    """
    Return the content of every file by its name.

    Parameters
    ----------
    cases : iterable of dict
        In the order in which they are stored; arrays are ndarrays.
    spec : str
        Version of the specification.

    Raises
    ------
    ValueError
        If two cases share an id.
    """
    arrays: dict[str, bytes] = {}
    families: dict[str, list[Any]] = {}
    for case in cases:
        family = families.setdefault(case["id"].split("-")[1], [])
        family.append(_stored(case, case["id"].removeprefix("RMQM-").replace("/", "-"), arrays))
    ids = [case["id"] for family in families.values() for case in family]
    if len(set(ids)) < len(ids):
        raise ValueError(
            f"ids must be unique; got twice {sorted({i for i in ids if ids.count(i) > 1})}"
        )
    head = {"schema": "rmqm-vectors/1", "suite": SUITE_VERSION}
    files = {
        f"{family.lower()}.json": _json(head | {"family": family, "cases": members})
        for family, members in families.items()
    }
    entries = {
        name: {"sha256": hashlib.sha256(content).hexdigest()}
        for name, content in {**files, **arrays}.items()
    }
    counts = {f"{family.lower()}.json": len(members) for family, members in families.items()}
    manifest = {
        "schema": "rmqm-vectors-manifest/1",
        "suite": SUITE_VERSION,
        "spec": spec,
        "files": {
            name: entry | ({"cases": counts[name]} if name in counts else {})
            for name, entry in entries.items()
        },
        "cases": len(ids),
    }
    return {**files, **arrays, "manifest.json": _json(manifest)}


def _stored(value: Any, place: str, arrays: dict[str, bytes]) -> Any:
    """Return a value as JSON data; arrays that are not small go to files of their own."""
    if isinstance(value, np.ndarray):
        return _array(value, place, arrays)
    if isinstance(value, dict):
        return {
            key: _stored(item, f"{place}-{key}" if key not in _SILENT else place, arrays)
            for key, item in value.items()
        }
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [_stored(item, f"{place}-{k}", arrays) for k, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


_SILENT = {"args", "expect", "bits", "values"}


def _array(array: npt.NDArray[Any], place: str, arrays: dict[str, bytes]) -> dict[str, Any]:
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    if little.nbytes > _INLINE:
        file = io.BytesIO()
        np.lib.format.write_array(file, little, version=(1, 0), allow_pickle=False)
        content = file.getvalue()
        known = [name for name, other in arrays.items() if other == content]
        name = known[0] if known else f"arrays/{place.lower()}.npy"
        arrays[name] = content
        return {"npy": name}
    values = [_scalar(value) for value in little.reshape(-1)]
    again = np.array([float(v) if isinstance(v, str) else v for v in values], little.dtype)
    if again.tobytes() != little.tobytes():
        raise ValueError(f"{place} must survive its text; got other bits from {values}")
    return {"dtype": little.dtype.str, "shape": list(array.shape), "values": values}


def _scalar(value: Any) -> float | int | bool | str:
    """Return a value of an array; a float as the shortest decimal of its own type."""
    if value.dtype.kind != "f":
        return value.item()  # type: ignore[no-any-return]
    return float(str(value)) if np.isfinite(value) else str(value)


def _json(value: Any) -> bytes:
    return (_lines(value, "") + "\n").encode("utf-8")


def _lines(value: Any, margin: str) -> str:
    """Return JSON in which every value that fits stands on a single line."""
    compact = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(margin) + len(compact) <= _WIDTH or not isinstance(value, dict | list):
        return compact
    inner = margin + " "
    if isinstance(value, list) and not any(isinstance(item, dict | list | str) for item in value):
        filled = textwrap.wrap(compact[1:-1], _WIDTH, initial_indent=inner, subsequent_indent=inner)
        return "[\n" + "\n".join(filled) + f"\n{margin}]"
    if isinstance(value, list):
        members = [_lines(item, inner) for item in value]
    else:
        members = [
            f"{json.dumps(key, ensure_ascii=False)}: {_lines(item, inner)}"
            for key, item in value.items()
        ]
    left, right = "[]" if isinstance(value, list) else "{}"
    return f"{left}\n{inner}" + f",\n{inner}".join(members) + f"\n{margin}{right}"
