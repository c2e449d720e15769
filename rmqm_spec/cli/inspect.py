"""``rmqm-spec inspect``: what goes in, what comes out, which tensors could be the encodings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.cli.output import WITHOUT_SCORE
from rmqm_spec.cli.preprocessing_words import preprocessing_words
from rmqm_spec.contracts.preprocessing import SWITCHED_OFF
from rmqm_spec.screen.writing import print_json, print_text

__all__ = ["run_inspect"]


def run_inspect(model: Path, options: dict[str, Any], *, as_json: bool) -> int:
    """Describe a model; an open choice is shown, not an error."""
    from rmqm_spec.cli.requests import request_for
    from rmqm_spec.results.document import plain
    from rmqm_spec.runs.inspecting import inspect

    facts = plain(inspect(request_for(model, options)))
    if as_json:
        print_json({"schema": "rmqm-inspect/1", **WITHOUT_SCORE, **facts})
    else:
        for line in _lines(facts):
            print_text(line)
    return 0


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    model = facts["model"]
    opsets = ", ".join(f"{domain} {release}" for domain, release in model["opsets"].items())
    yield f"  {model['path']}"
    yield (
        f"  sha256 {model['sha256'][:12]}...  opset {opsets}  {model['bytes'] / 1e6:.2f} MB  "
        f"{model['parameters']:,} parameters ({', '.join(model['weight_types'])})  "
        f"{model['producer'] or 'unknown producer'}"
    )
    chosen = facts["chosen"]
    for info in facts["inputs"]:
        mark = _mark(chosen["input"], info["name"], "altered input")
        yield f"  input   {info['name']}  {info['type']}  {_shape(info['dims'])}{mark}"
    for info in facts["outputs"]:
        mark = _mark(chosen["output"], info["name"], "encodings")
        yield f"  output  {info['name']}  {info['type']}  {_shape(info['dims'])}{mark}"
    yield from _choices(chosen)
    declared = {info["name"] for info in facts["outputs"]}
    for candidate in facts["candidates"]:
        if candidate["name"] not in declared:
            shape = _shape(candidate["dims"])
            pooling = f" --pooling {candidate['pooling']}" if candidate.get("pooling") else ""
            option = f"--output {candidate['name']}{pooling}"
            yield f"  candidate  {option}  {shape}  {candidate['what']}"
    yield from _preprocessing(facts)
    operators = list(facts["operators"].items())
    listed = ", ".join(f"{name} {count}" for name, count in operators[:12])
    yield f"  operators  {listed}" + (f" and {len(operators) - 12} more" if operators[12:] else "")
    yield from _gradients(facts["gradients"])


def _gradients(gradients: Mapping[str, Any]) -> Iterator[str]:
    if gradients["possible"]:
        yield "  gradients  yes, every operator has a derivative rule"
    elif gradients["missing"]:
        listed = ", ".join(f"{name} {count}" for name, count in gradients["missing"].items())
        yield f"  gradients  no (so no PGD): there is no derivative rule for {listed}"


def _choices(chosen: Mapping[str, Any]) -> Iterator[str]:
    for what, choice in chosen.items():
        if "error" in choice:
            error = choice["error"]
            yield f"  open    {what}: {error['code']} {error['message']}"
            yield f"          {error['fix']}"
    layout = chosen["input"]
    if "layout" in layout:
        yield (
            f"  read as {layout['layout']}: {layout['kind']} of {tuple(layout['shape'])}, "
            f"{layout['layout_why']}"
        )
    if chosen["output"].get("answers_of"):
        yield f"  note    the output looks like an answer of {chosen['output']['answers_of']}"
    if chosen["output"].get("probabilities_by"):
        operator = chosen["output"]["probabilities_by"]
        yield f"  note    the output comes out of {operator}: probabilities"


def _preprocessing(facts: Mapping[str, Any]) -> Iterator[str]:
    preprocessing = facts["preprocessing"]
    if "error" in preprocessing:
        error = preprocessing["error"]
        yield f"  preprocessing  {error['code']} {error['message']}"
        yield f"                 {error['fix']}"
    elif preprocessing["source"] == SWITCHED_OFF:
        yield f"  preprocessing  {SWITCHED_OFF}: values would go in as they are"
    elif preprocessing["source"] == "none":
        yield "  preprocessing  none found: values would go in as they are"
    else:
        yield f"  preprocessing  {preprocessing['source']}"
        for about, words in preprocessing_words(preprocessing):
            yield f"    {about:<11}  {words}"
    operators = facts["normalisation_in_graph"]
    yield f"  normalisation in graph  {', '.join(operators) if operators else 'none seen'}"


def _shape(dims: list[int | None] | tuple[int | None, ...] | None) -> str:
    if dims is None:
        return ""
    return "[" + ", ".join("?" if length is None else str(length) for length in dims) + "]"


def _mark(choice: Mapping[str, Any], name: str, what: str) -> str:
    return f"   <- {what}" if choice.get("name") == name else ""
