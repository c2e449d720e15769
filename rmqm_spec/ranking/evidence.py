"""How far a ranking by RMQM carries: what a study of many encoders measured."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from rmqm_spec.ranking.likeness import Likeness

__all__ = ["EVIDENCE", "Evidence", "Rho"]


@frozen(kw_only=True)
class Rho:
    """
    Mean Spearman correlation with accuracy on other data, within a task.

    Parameters
    ----------
    among_all : float
        Over all encoders of the study.
    of_one_architecture, of_one_size, of_both : float
        Mean over groups, among encoders of one architecture, of one embedding size, and of one
        architecture and size.
    """

    among_all: float
    of_one_architecture: float
    of_one_size: float
    of_both: float

    def among(self, alike: Likeness) -> float:
        """Return the correlation among encoders that have so much in common."""
        if alike.architecture is None:
            return self.among_all
        if alike.architecture:
            return self.of_both if alike.size else self.of_one_architecture
        return self.of_one_size if alike.size else self.among_all


@frozen(kw_only=True)
class Evidence:
    """
    What a study measured of RMQM.

    Parameters
    ----------
    n_encoders, n_architectures : int
        What the study rests on.
    neighbours, probe : Rho
        With the accuracy of one nearest neighbour, and of a linear probe.
    own_domain : float
        With one nearest neighbour on the data trained on, over all encoders.
    """

    n_encoders: int
    n_architectures: int
    neighbours: Rho
    probe: Rho
    own_domain: float

    def words(self, alike: Likeness) -> str:
        """Return what a ranking says of it: how far it carries for encoders so much alike."""
        neighbours, probe = self.neighbours.among(alike), self.probe.among(alike)
        compared = _compared(alike, self.n_architectures)
        return (
            f"Evidence: in a study of {self.n_encoders} small encoders, RMQM ordered {compared} "
            f"with a Spearman correlation of {neighbours:.2f} with nearest-neighbour accuracy on "
            f"other data, and of {probe:.2f} with that of a linear probe; over all encoders of "
            f"the study, on the data that they were trained on, it was {self.own_domain:.2f} "
            "(docs/evidence.md). With labels, rmqm-spec probe measures it."
        )


def _compared(alike: Likeness, n_architectures: int) -> str:
    if alike.architecture is None:
        return f"those of {n_architectures} architectures"
    architecture = "one architecture" if alike.architecture else "several architectures"
    if alike.size is None:
        return f"encoders like these ({architecture})"
    size = "one embedding size" if alike.size else "several embedding sizes"
    return f"encoders like these ({architecture}, {size})"


EVIDENCE: Final = Evidence(
    n_encoders=126,
    n_architectures=6,
    neighbours=Rho(among_all=0.60, of_one_architecture=0.78, of_one_size=0.60, of_both=0.69),
    probe=Rho(among_all=0.45, of_one_architecture=0.56, of_one_size=0.44, of_both=0.42),
    own_domain=-0.12,
)
"""From ``studies/architectures/results/analysis.json``; a test holds it against that file."""
