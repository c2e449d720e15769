"""The pictures that are kept beside a result: of its own inputs, at its own levels."""

from __future__ import annotations

from collections.abc import Iterator

from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.reports.example_files import read_examples
from rmqm_spec.results.stored import StoredResult
from rmqm_spec.validation.verdicts import verdict

__all__ = ["examples_belong"]

_FIX = "Delete examples.npz, and score the encoder again where the inputs still are."


def examples_belong(stored: StoredResult) -> Iterator[Finding]:
    """Look at ``examples.npz``; nothing is said where there is none, for a result needs none."""
    try:
        examples = read_examples(stored)
    except UnreadableError as error:
        yield verdict("VAL014", "", [error.message], _FIX)
        return
    if examples is None:
        return
    n_levels = stored.displacements.shape[1]
    problems = [
        f"examples.npz holds pictures of {identity[:12]}, which is no input of the result"
        for identity in examples.ids
        if identity not in stored.ids
    ]
    problems += [
        f"examples.npz holds pictures of level {level}; the result has the levels 0 to {n_levels}"
        for level in examples.levels
        if not 0 <= level <= n_levels
    ]
    if len(set(examples.ids)) < len(examples.ids):
        problems.append("examples.npz must hold every input once; it does not")
    if max(examples.pictures.shape[2:4], default=0) > examples.side:
        problems.append(
            f"examples.npz holds pictures of {examples.pictures.shape[2:4]} pixels, larger than "
            f"the {examples.side} that the network saw"
        )
    holds = f"examples.npz holds pictures of {len(examples.ids)} inputs of the result"
    yield verdict("VAL014", holds, problems, _FIX)
