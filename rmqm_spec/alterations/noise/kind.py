"""White noise as a plug: what commands, figures and documents state about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rmqm_spec.contracts.alteration import AlterationKind, AlterationSettings
from rmqm_spec.contracts.option import Option
from rmqm_spec.contracts.record import entry, record

if TYPE_CHECKING:
    from rmqm_spec.alterations.noise.white_noise import WhiteNoise

__all__ = ["WHITE_NOISE", "WhiteNoiseParameters"]


@record
class WhiteNoiseParameters:
    """White noise in a protocol (clause family RMQM-WN)."""

    name: Literal["white-noise"]
    J: int = entry(least=1)
    schedule: Literal["epsilon_j = j / J"]
    bounds: tuple[float, float]
    seed: int = entry(least=0)
    coupling: Literal["independent", "common"]
    generator: str


def _make(settings: AlterationSettings) -> WhiteNoise:
    from rmqm_spec.alterations.noise.white_noise import WhiteNoise

    return WhiteNoise(
        n_levels=settings.n_levels,
        seed=settings.seed,
        bounds=settings.bounds,
        **settings.options,
    )


def _words(parameters: Mapping[str, Any]) -> str:
    levels = "level" if parameters["J"] == 1 else "levels"
    return f"white noise of {parameters['J']} {levels}, seed {parameters['seed']}"


WHITE_NOISE = AlterationKind(
    name="white-noise",
    title="white noise",
    summary="Normal noise of growing deviation.",
    axis="level (noise: level/{J} of the range)",
    usual_levels=99,
    make=_make,
    words=_words,
    options=(
        Option(
            name="coupling",
            help="independent (default), or common: one draw for all levels.",
            choices=("independent", "common"),
            default="independent",
        ),
    ),
    parameters=WhiteNoiseParameters,
    is_default=True,
)
