"""``rmqm-spec gradient``: the gradient of an encoder as a model file for any language."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.cli.requests import request_for
from rmqm_spec.contracts.backend import GradientKind
from rmqm_spec.runs.gradient_writing import GradientRequest, write_gradient
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json, print_text

__all__ = ["run_gradient"]


def run_gradient(
    model: Path,
    options: dict[str, Any],
    *,
    out: Path,
    kind: GradientKind,
    force: bool,
    as_json: bool,
) -> int:
    """Write a gradient; a doubt about it is said, and the file is there all the same."""
    request = GradientRequest(run=request_for(model, options), out=out, kind=kind, force=force)
    written = write_gradient(request, ConsoleListener())
    for finding in written.findings:
        note(finding_line(finding, sys.stderr))
    if as_json:
        print_json(dict(written.document))
    else:
        for line in _lines(written.document):
            print_text(line)
    return 0


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {document['description']}"
    for way in ("inputs", "outputs"):
        for entry in document[way]:
            dims = ", ".join("N" if length is None else str(length) for length in entry["dims"])
            yield f"  {way[:-1]:<7} {entry['name']}  {entry['type']}  [{dims}]"
    if document["deviation"] is not None:
        deviation = f"{100 * document['deviation']:.2g} %"
        yield f"  encodings differ from the network's by {deviation} of the largest value"
    if document["error"] is not None and "straight through" not in document["route"]:
        yield f"  gradient and difference quotient differ by {100 * document['error']:.2g} %"
    yield (
        f"  opset {document['opset']}, {sum(document['operators'].values())} nodes, "
        f"{document['bytes'] / 1e6:.2f} MB -> {document['path']}"
    )
