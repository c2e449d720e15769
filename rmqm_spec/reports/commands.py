"""The command that makes a result again, from what its document says."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.contracts.measure import ALONE
from rmqm_spec.contracts.preprocessing import SWITCHED_OFF
from rmqm_spec.contracts.registry import facts_of

__all__ = ["command_of"]

_OWN_DATA = "SCO007"
"""Finding of a score on the bundled images, which need no --data."""

_OWN_PREPROCESSING = "flags"


def command_of(document: Mapping[str, Any]) -> str:
    """
    Return the command line that asks for the same numbers.

    Parameters
    ----------
    document : mapping
        A result document (``rmqm-result/1``).

    Examples
    --------
    >>> command_of({
    ...     "model": {"name": "my model.onnx"},
    ...     "protocol": {
    ...         "variant": "paper",
    ...         "alteration": {"name": "white-noise", "J": 99, "seed": 0, "bounds": [0.0, 1.0],
    ...                        "coupling": "independent"},
    ...     },
    ...     "counts": {"offered": 200},
    ...     "inputs": {"source": "images/"},
    ...     "findings": [],
    ... })
    "rmqm-spec score 'my model.onnx' --data images/ --n 200"
    """
    model = document.get("model") or {}
    words = ["rmqm-spec", "score", str(model.get("name") or "MODEL")]
    for name, value in [*_of_model(document), *_of_inputs(document), *_of_protocol(document)]:
        words += [f"--{name}", value]
    return shlex.join(words)


def _of_model(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    output, model_input = document.get("output") or {}, document.get("input") or {}
    if model_input.get("name"):
        yield "input", str(model_input["name"])
    if model_input.get("layout"):
        yield "layout", str(model_input["layout"])
    for feed, value in (model_input.get("feeds") or {}).items():
        yield "feed", f"{feed}={value}"
    if output.get("name"):
        yield "output", str(output["name"])
    if output.get("pooling"):
        yield "pooling", str(output["pooling"])
    preprocessing = document.get("preprocessing") or {}
    if preprocessing.get("source") == SWITCHED_OFF:
        yield "preprocess", "none"
    elif preprocessing.get("source") == _OWN_PREPROCESSING:
        yield from _of_preprocessing(preprocessing)
    elif str(preprocessing.get("source", "")).endswith((".toml", ".json")):
        yield "preprocess", str(preprocessing["source"])


def _of_preprocessing(preprocessing: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("scale", "mean", "std"):
        value = preprocessing.get(name)
        if value is not None:
            numbers = value if isinstance(value, list) else [value]
            yield name, ",".join(f"{number:g}" for number in numbers)
    if preprocessing.get("channel_order") == "bgr":
        yield "channel-order", "bgr"


def _of_inputs(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    codes = {finding["code"] for finding in document["findings"]}
    if _OWN_DATA not in codes:
        yield "data", str(document["inputs"]["source"])
    yield "n", str(document["counts"]["offered"])
    bounds = document["protocol"]["alteration"]["bounds"]
    own_ranges = (document.get("input") or {}).get("ranges")
    if own_ranges is not None:
        yield "range", str(own_ranges)
    elif list(bounds) != [0.0, 1.0]:
        yield "range", ",".join(f"{bound:g}" for bound in bounds)


def _of_protocol(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    protocol = document["protocol"]
    rule = protocol["alteration"]
    if protocol["variant"] != "paper":
        yield "variant", protocol["variant"]
    kind = facts_of(rule)
    if not kind.is_default:
        yield "alteration", kind.name
    if rule["J"] != kind.levels_of(protocol["variant"]):
        yield "levels", str(rule["J"])
    for option in kind.options:
        value = rule.get(option.parameter, option.default)
        if value != option.default:
            yield option.flag.removeprefix("--"), value if isinstance(value, str) else repr(value)
    if rule.get("seed"):
        yield "seed", str(rule["seed"])
    for name, section in (document.get("measures") or {}).items():
        if section["status"] != ALONE:
            yield "measure", name
