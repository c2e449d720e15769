"""PGD as a plug: what commands, figures and documents state about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rmqm_spec.contracts.alteration import AlterationKind, AlterationSettings
from rmqm_spec.contracts.option import Option
from rmqm_spec.contracts.record import entry, record
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_spec.alterations.pgd.alteration import PGD

__all__ = ["PROJECTED_GRADIENT", "PGDParameters"]

_LOSSES = ("displacement", "cross-entropy", "triplet", "nt-xent")


@record
class PGDParameters:
    """PGD in a protocol (clause families RMQM-PGD and RMQM-LOSS)."""

    name: Literal["pgd"]
    J: int = entry(least=1)
    alpha: float = entry("Step size relative to the width of the bounds.", above=0)
    bounds: tuple[float, float]
    loss: Literal["displacement"]
    seed: int = entry(least=0)
    restarts: Literal[True] = entry(
        "In authors-2022: every level is the end of a path of its own.", optional=True
    )


def _make(settings: AlterationSettings) -> PGD:
    from rmqm_spec.alterations.pgd.alteration import PGD

    names = {"step_size": "alpha", "loss": "loss"}
    return PGD(
        n_levels=settings.n_levels,
        seed=settings.seed,
        bounds=settings.bounds,
        restarted=settings.variant == "authors-2022",
        **{names[name]: value for name, value in settings.options.items()},
    )


def _words(parameters: Mapping[str, Any]) -> str:
    levels = "level" if parameters["J"] == 1 else "levels"
    return (
        f"PGD of {parameters['J']} {levels}, steps of {parameters['alpha']:.3g}, "
        f"loss {parameters['loss']}, seed {parameters['seed']}"
    )


def _step_size(given: Any) -> float:
    """Read a number, or a fraction such as 2/255."""
    try:
        above, *below = (float(part) for part in str(given).split("/"))
        size = above / below[0] if len(below) == 1 else math.nan if below else above
    except (ValueError, ZeroDivisionError):
        size = math.nan
    if not math.isfinite(size):
        raise UsageError(
            "ARG001",
            f"--step-size must be a number or a fraction; got {given!r}",
            fix="For example --step-size 2/255.",
        )
    if size <= 0:
        raise UsageError(
            "ARG001",
            f"--step-size must be a finite number above 0; got {size}",
            fix="For example --step-size 2/255, the default.",
        )
    return size


def _scored_loss(given: Any) -> str:
    if given not in _LOSSES:
        raise UsageError(
            "ARG001",
            f"--loss must be one of {', '.join(_LOSSES)}; got {given!r}",
            fix="Choose displacement, the only loss that can be scored.",
        )
    if given != "displacement":
        raise UsageError(
            "GRA013",
            f"--loss must be displacement for a score; got {given!r}, which needs labels, or views "
            "and fixed batches",
            fix="Use displacement, the default. In Python, rmqm_spec.pgd_path takes all losses.",
        )
    return "displacement"


PROJECTED_GRADIENT = AlterationKind(
    name="pgd",
    title="PGD",
    summary="Steps up the gradient of the encodings' displacement.",
    axis="level (steps of PGD)",
    usual_levels={"paper": 30, "authors-2022": 29},
    make=_make,
    words=_words,
    options=(
        Option(
            name="step_size",
            help="Step size as a share of the range; 2/255 by default.",
            read=_step_size,
            default=2 / 255,
            parameter="alpha",
        ),
        Option(
            name="loss",
            help="displacement, the only loss that can be scored.",
            read=_scored_loss,
            default="displacement",
        ),
    ),
    ranks=False,
    why_not="a path depends on the loss that is attacked, so scores do not rank encoders of "
    "different training methods",
    needs_gradients=True,
    about_levels="Every level is one more step along the gradient.",
    parameters=PGDParameters,
)
