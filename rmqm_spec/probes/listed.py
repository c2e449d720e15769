"""The probes as the list of measures shows them: accuracies on held-out inputs."""

from __future__ import annotations

from attrs import field, frozen

from rmqm_spec.contracts.measure import Column, Direction, Need

__all__ = ["PROBES", "ListedProbe"]


@frozen(kw_only=True)
class ListedProbe:
    """
    What there is to know of a probe; `rmqm_spec.probes.judge` computes it.

    Parameters
    ----------
    name, title, summary, source : str
        As in `rmqm_spec.contracts.measure.Measure`.
    """

    name: str
    title: str
    summary: str
    source: str
    units: str = "1"
    direction: Direction = "higher"
    needs: frozenset[Need] = frozenset({"unaltered", "labels"})
    kept: tuple[Column, ...] = field(default=())


PROBES = (
    ListedProbe(
        name="k-nn",
        title="k-NN accuracy",
        summary="Share of test inputs that their nearest training inputs classify correctly.",
        source="docs/probing.md, nearest neighbours",
    ),
    ListedProbe(
        name="linear",
        title="Linear probe",
        summary="Share of test inputs that logistic regression on encodings classifies correctly.",
        source="docs/probing.md, linear probe",
    ),
)
"""They are part of ``rmqm-spec probe`` itself: a measure has no test part to be judged on."""
