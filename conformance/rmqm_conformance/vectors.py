"""Golden vectors: fixed cases with values computed to 50 digits, read from ``vectors``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import Any

import numpy as np

from rmqm_conformance.checks import Check, Effort
from rmqm_conformance.laws import shown
from rmqm_conformance.naming import InputNamed, Named
from rmqm_conformance.operations import operation
from rmqm_conformance.problems import Errored, Refused, Violation
from rmqm_conformance.require import (
    require_alike,
    require_close,
    require_equal,
    require_near,
    require_refusal,
    require_same_bits,
)
from rmqm_conformance.subject import Subject

__all__ = ["judge_case", "manifest", "read_arguments", "vectors"]

_FOLDER = files("rmqm_conformance") / "vectors"
_CASE_KEYS = {"id", "clauses", "needs", "title", "op", "args", "expect", "refuse"}


@cache
def manifest() -> dict[str, Any]:
    """
    Return the list of vector files with their digests.

    Examples
    --------
    >>> manifest()["schema"]
    'rmqm-vectors-manifest/1'
    """
    content: dict[str, Any] = json.loads(_read("manifest.json"))
    return content


@cache
def vectors() -> tuple[Check, ...]:
    """
    Read all vectors.

    Raises
    ------
    ValueError
        If a file does not have the digest of the manifest: the installation is damaged.

    Examples
    --------
    >>> len(vectors()) == manifest()["cases"]
    True
    """
    names = [name for name in manifest()["files"] if name.endswith(".json")]
    return tuple(_check(case) for name in names for case in json.loads(_read(name))["cases"])


def judge_case(case: Mapping[str, Any], subject: Subject, _: Effort, /) -> None:
    """Ask what a case asks, and demand what it expects."""
    arguments = read_arguments(case["op"], case["args"])
    try:
        if "refuse" in case:
            rule = case["refuse"]
            naming = [_named(texts, arguments.get("ids", ())) for texts in rule["naming"]]
            require_refusal(subject, case["op"], why=rule["why"], naming=naming, **arguments)
            return
        answer = subject.perform(case["op"], **arguments)
        for key, rule in case["expect"].items():
            _demand(key, answer[key], rule)
    except (Violation, Errored, Refused) as problem:
        problem.example = f"{case['op']}({shown(arguments)})"
        raise


def read_arguments(name: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the arguments of a case into numbers and arrays."""
    takes = operation(name).takes
    return {key: _value(takes[key].kind, value) for key, value in raw.items()}


def _named(texts: Sequence[str], ids: Sequence[str]) -> Named:
    """Return what must be named; a text that is an id is that input."""
    return [InputNamed(ids, ids.index(text)) if text in ids else text for text in texts]


def _check(case: Mapping[str, Any]) -> Check:
    unknown = set(case) - _CASE_KEYS
    if unknown or ("expect" in case) == ("refuse" in case):
        raise ValueError(f"vector {case['id']} must either expect or refuse; got {sorted(case)}")
    return Check(
        id=case["id"],
        title=case["title"],
        clauses=tuple(case["clauses"]),
        needs=frozenset(case["needs"]),
        kind="vector",
        judge=partial(judge_case, case),
    )


def _demand(key: str, got: Any, rule: Mapping[str, Any]) -> None:
    if "exact" in rule:
        require_equal(key, got, rule["exact"])
    elif "bits" in rule:
        require_same_bits(key, got, _array(rule["bits"]))
    elif "unordered" in rule:
        require_alike(key, got, _array(rule["unordered"]), atol=rule["atol"])
    elif "value" in rule:
        require_near(key, got, float(rule["value"]), atol=rule["atol"], rtol=rule["rtol"])
    else:
        least = rule.get("zero_below", 0.0)
        values, should = (
            np.where(np.abs(array) < least, 0.0, array) for array in (got, _array(rule["values"]))
        )
        require_close(key, values, should, atol=rule["atol"], rtol=rule["rtol"])


def _value(kind: str, raw: Any) -> Any:
    if raw is None:
        return None
    if kind == "array":
        return _array(raw)
    if kind == "network":
        return {key: _array(item) if isinstance(item, dict) else item for key, item in raw.items()}
    if kind == "layers":
        return [_value("network", layer) for layer in raw]
    return float(raw) if kind == "float" else raw


@cache
def _stored(name: str) -> np.ndarray[Any, Any]:
    import io

    array: np.ndarray[Any, Any] = np.load(io.BytesIO(_read(name)), allow_pickle=False)
    return array


def _array(raw: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    if "npy" in raw:
        return _stored(raw["npy"]).copy()
    dtype = np.dtype(raw["dtype"])
    values = [float(value) if isinstance(value, str) else value for value in raw["values"]]
    return np.array(values, dtype=dtype).reshape(raw["shape"])


@cache
def _read(name: str) -> bytes:
    content = _FOLDER.joinpath(*name.split("/")).read_bytes()
    if name != "manifest.json":
        digest = hashlib.sha256(content).hexdigest()
        if digest != manifest()["files"][name]["sha256"]:
            raise ValueError(f"vectors/{name} must have the digest of the manifest; got {digest}")
    return content
