"""How far a ranking by RMQM carries: what a study of many encoders measured."""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = ["EVIDENCE", "Evidence"]


@frozen(kw_only=True)
class Evidence:
    """
    Mean Spearman correlation of RMQM with accuracy on other data, within a task.

    Parameters
    ----------
    n_encoders, n_architectures : int
        What the study rests on.
    neighbours, probe : float
        Over all architectures: with one nearest neighbour, and with a linear probe.
    neighbours_within, probe_within : float
        Mean over architectures, among the encoders of one.
    own_domain : float
        With one nearest neighbour on the data trained on, over all architectures.
    """

    n_encoders: int
    n_architectures: int
    neighbours: float
    probe: float
    neighbours_within: float
    probe_within: float
    own_domain: float

    @property
    def words(self) -> str:
        """What a ranking says of it, in two sentences."""
        return (
            f"Evidence: in a study of {self.n_encoders} small encoders, RMQM ordered those of one "
            f"architecture by nearest-neighbour accuracy on other data with a Spearman correlation "
            f"of {self.neighbours_within:.2f}, those of {self.n_architectures} architectures with "
            f"{self.neighbours:.2f}; by a linear probe with {self.probe_within:.2f} and "
            f"{self.probe:.2f}; on the data that they were trained on with {self.own_domain:.2f} "
            "(docs/evidence.md). With labels, rmqm-spec probe measures it."
        )


EVIDENCE: Final = Evidence(
    n_encoders=126,
    n_architectures=6,
    neighbours=0.60,
    probe=0.45,
    neighbours_within=0.78,
    probe_within=0.56,
    own_domain=-0.12,
)
"""From ``studies/architectures/results/analysis.json``; a test holds it against that file."""
