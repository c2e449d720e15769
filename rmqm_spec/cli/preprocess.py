"""``rmqm-spec preprocess show``: the pictures that the network really sees."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.cli.contact_sheets import contact_sheet
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import WITHOUT_SCORE, finding_line, note, print_json, print_text
from rmqm_spec.cli.seen import (
    Seen,
    arranged_range,
    channel_statistics,
    restoring_finding,
    seen_inputs,
)
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["run_show"]

SCHEMA = "rmqm-preprocess/1"
_DEFAULT_N = 3


def run_show(
    model: Path,
    options: ModelRequest,
    inputs: DataRequest,
    *,
    levels: str | None,
    out: Path,
    as_json: bool,
) -> int:
    """Show what a network sees; returns 1 where that is not the picture."""
    from rmqm_onnx import open_encoder
    from rmqm_spec.alterations import WhiteNoise

    encoder = open_encoder(model, options.open_options())
    prepared = inputs.open_inputs(
        encoder.spec, encoder.arrangement.preprocessing, inputs.n or _DEFAULT_N
    )
    alteration = WhiteNoise(seed=inputs.seed, bounds=prepared.bounds)
    chosen = _levels(levels, alteration.n_levels)
    found = list(seen_inputs(encoder, prepared, alteration, chosen))
    seen = [one for one in found if isinstance(one, Seen)]
    errors = [one for one in found if isinstance(one, UnreadableError)]
    if not seen:
        raise UnreadableError(
            "DAT018",
            f"at least one input must be readable; got 0 of {len(found)}, the first because "
            f"{errors[0].message}",
            fix="Point --data at images or arrays that open.",
        )
    captions = [
        "unaltered" if level == 0 else f"level {level} of {alteration.n_levels}" for level in chosen
    ]
    paths = [_draw(one, encoder, prepared, model, captions, out) for one in seen]
    findings = [*_findings(model, encoder, prepared), restoring_finding(seen)]
    document = _document(model, encoder, prepared, seen, chosen, findings)
    document["inputs"] = [
        {"id": one.id, "name": one.name, "picture": path and str(path)}
        for one, path in zip(seen, paths, strict=True)
    ]
    document["skipped"] = [{"code": one.code, "message": one.message} for one in errors]
    if as_json:
        print_json(document)
    else:
        _print(document, findings)
    return 0 if document["ok"] else 1


def _levels(asked: str | None, n_levels: int) -> tuple[int, ...]:
    """Return the levels to show: ascending, each once."""
    from rmqm_spec.cli.values import as_numbers

    if asked is None:
        return tuple(dict.fromkeys((0, n_levels // 4, n_levels // 2, n_levels)))
    numbers = as_numbers("--levels", asked) or ()
    if not all(one.is_integer() and 0 <= one <= n_levels for one in numbers):
        raise UsageError(
            "ARG001",
            f"--levels must be whole numbers from 0 to {n_levels}; got {asked!r}",
            fix="For example --levels 0,25,50,99.",
        )
    return tuple(sorted({int(one) for one in numbers}))


def _draw(
    one: Seen,
    encoder: OnnxEncoder,
    prepared: PreparedInputs,
    model: Path,
    captions: Sequence[str],
    out: Path,
) -> Path | None:
    """Write the sheet of one input; None where it is no picture."""
    from rmqm_spec.documents.writing import write_atomically

    shape = encoder.spec.shape
    if encoder.spec.kind != "image" or shape[0] not in {1, 3}:
        return None
    title = f"{one.name}, as {model.name} sees it: {shape[2]} x {shape[1]}"
    content = contact_sheet(one.restored, prepared.bounds, title, captions)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{model.stem}-{one.id[:12]}.png"
    write_atomically(path, content)
    return path


def _findings(model: Path, encoder: OnnxEncoder, prepared: PreparedInputs) -> Iterator[Finding]:
    from rmqm_onnx.choices.normalised_range import range_finding
    from rmqm_onnx.reading.model_file import read_model

    yield from (one for one in encoder.findings if one.code.startswith("PRE"))
    graph = read_model(model).proto.graph
    doubt = range_finding(graph, encoder.input, *arranged_range(encoder, prepared))
    if doubt is not None:
        yield doubt


def _document(
    model: Path,
    encoder: OnnxEncoder,
    prepared: PreparedInputs,
    seen: Sequence[Seen],
    levels: Sequence[int],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    import numpy as np

    arrangement = encoder.arrangement
    layout = arrangement.layout.layout
    before = np.stack([one.given[0] for one in seen])
    after = np.stack([one.handed[0] for one in seen])
    lowest, highest = arranged_range(encoder, prepared)
    is_image = encoder.spec.kind == "image"
    has_colours = is_image and encoder.spec.shape[0] == 3
    return {
        "schema": SCHEMA,
        **WITHOUT_SCORE,
        "ok": all(one.level != "fail" for one in findings),
        "model": str(model),
        "data": prepared.source.label,
        "network_input": {
            "name": encoder.input,
            "type": arrangement.dtype.name,
            "shape": list(arrangement.layout.network_shape),
            "layout": layout,
            "channel_order": arrangement.preprocessing.channel_order if has_colours else None,
        },
        "preprocessing": arrangement.preprocessing.to_dict(),
        "before": {
            "range": list(prepared.bounds),
            "channels": channel_statistics(before, "nchw" if is_image else "array"),
        },
        "after": {"range": [lowest, highest], "channels": channel_statistics(after, layout)},
        "restored_error": max(one.error for one in seen),
        "levels": list(levels),
        "findings": [one.to_dict() for one in findings],
    }


def _print(document: Mapping[str, Any], findings: Sequence[Finding]) -> None:
    taken, preprocessing = document["network_input"], document["preprocessing"]
    shape = " x ".join(map(str, taken["shape"]))
    order = f", {taken['channel_order']}" if taken["channel_order"] else ""
    print_text(
        f"  network input  {taken['name']}: {shape} {taken['type']}, {taken['layout']}{order}"
    )
    print_text(
        f"  value map      (scale * x - mean) / std, from {preprocessing['source']}: scale "
        f"{preprocessing['scale']:g}, mean {preprocessing['mean']}, std {preprocessing['std']}"
    )
    for when in ("before", "after"):
        low, high = document[when]["range"]
        print_text(f"  {when + ' the map':<14} range {low:.4g} to {high:.4g}; unaltered inputs:")
        order = "rgb" if when == "before" else taken["channel_order"]
        for k, one in enumerate(document[when]["channels"]):
            colour = f" ({order[k]})" if taken["channel_order"] else ""
            print_text(
                f"    channel {k}{colour:<4}  min {one['min']:.4g}   mean {one['mean']:.4g}   "
                f"max {one['max']:.4g}"
            )
    for finding in findings:
        print_text(finding_line(finding, sys.stdout))
    for one in document["inputs"]:
        print_text(f"  {one['name']}  -> {one['picture'] or 'no picture: it is no image'}")
    for one in document["skipped"]:
        note(f"  left out: ({one['code']}) {one['message']}")
