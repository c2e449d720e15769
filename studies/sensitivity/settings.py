"""The settings that a user can choose: each changes one thing of the base."""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve, field, frozen

__all__ = ["BASE", "FURTHER", "MEAN", "OF_PATHS", "STD", "Setting", "settings"]

FURTHER: Final = (
    "neighbour-agreement",
    "participation-ratio",
    "relative-displacement",
    "rankme",
    "coding-rate",
    "nesum",
    "neighbour-ratio",
    "lidar",
    "alpha-req",
    "mle-dimension",
    "cluster-learnability",
)
"""Measures beside RMQM: those of the table in docs/evidence.md."""

OF_PATHS: Final = ("relative-displacement", "lidar")
"""Those that depend on altered inputs; the others know no levels, noise or coupling."""

MEAN: Final = 0.1307
STD: Final = 0.3081
"""Of MNIST's pixels: about what the encoders normalise by inside."""


@frozen(kw_only=True)
class Setting:
    """
    One way of measuring.

    Parameters
    ----------
    factor, level : str
        What is changed, and to what.
    n, levels : int
        Inputs and levels of the path of RMQM; with ``n = 0`` it is not measured.
    n_further, levels_further : int
        The same for the further measures.
    further : tuple of str
        Which of these are measured: those that can depend on the setting.
    draw : int
        Which of the disjoint sets of images.
    pixels : str
        ``bytes`` or ``floats``: how the array holds them.
    model : str
        ``as it is``, ``float16``, ``int8`` or ``from SIDE``.
    options : dict
        Further options of ``rmqm_spec.score``.
    reference : str
        Name of the setting that this one is compared with.
    """

    factor: str = "base"
    level: str = ""
    n: int = 100
    levels: int = 99
    n_further: int = 256
    levels_further: int = 10
    further: tuple[str, ...] = FURTHER
    draw: int = 0
    pixels: str = "bytes"
    model: str = "as it is"
    options: dict[str, Any] = field(factory=dict)
    reference: str = "base"

    @property
    def name(self) -> str:
        """Factor and level."""
        return f"{self.factor} {self.level}".strip()


BASE: Final = Setting()


def settings(*, quick: bool = False) -> list[Setting]:
    """
    Return the base and every setting that differs from it.

    Examples
    --------
    >>> [setting.name for setting in settings()][:4]
    ['base', 'N 16', 'N 32', 'N 64']
    """
    every = [BASE, *_amounts(), *_draws(), *_models(), *_inputs(), *_seeds()]
    if not quick:
        return every
    kept = ("base", "N 16", "J 5 ", "draw 1", "arithmetic", "size 14", "variant")
    return [
        evolve(
            setting,
            n=min(setting.n, 16 if setting.factor == "N" else 24),
            levels=min(setting.levels, 5 if setting.factor == "J" else 10),
            n_further=min(setting.n_further, 48),
        )
        for setting in every
        if f"{setting.name} ".startswith(kept)
    ]


def _amounts() -> list[Setting]:
    inputs = [
        evolve(BASE, factor="N", level=str(n), n=n if n <= 256 else 0, n_further=n)
        for n in (16, 32, 64, 128, 256, 512)
    ]
    levels = [
        evolve(
            BASE,
            factor="J",
            level=str(levels),
            levels=levels,
            n_further=BASE.n_further if levels <= 20 else 0,
            levels_further=levels,
            further=OF_PATHS,
        )
        for levels in (5, 10, 20, 50, 99)
    ]
    return [*inputs, *levels]


def _draws() -> list[Setting]:
    return [evolve(BASE, factor="draw", level=str(draw), draw=draw) for draw in range(1, 5)]


def _seeds() -> list[Setting]:
    return [
        evolve(BASE, factor="seed", level=str(seed), further=OF_PATHS, options={"seed": seed})
        for seed in range(1, 5)
    ]


def _inputs() -> list[Setting]:
    floats = evolve(BASE, factor="bounds", pixels="floats", reference="bounds 0,1")
    bounds = [
        evolve(floats, level=level, options={"range": given})
        for level, given in (("0,1", "0,1"), ("-0.5,1.5", "-0.5,1.5"), ("of each value", "data"))
    ]
    maps = [
        evolve(BASE, factor="preprocessing", level=level, options=options)
        for level, options in (
            ("twice", {"mean": MEAN, "std": STD}),
            ("forgotten", {"mean": -MEAN / STD, "std": 1 / STD}),
            ("bytes", {"scale": 255.0}),
        )
    ]
    return [*maps, *bounds]


def _models() -> list[Setting]:
    return [
        evolve(
            BASE,
            factor="variant",
            level="2022",
            n_further=0,  # they have no variant
            options={"variant": "authors-2022"},
        ),
        evolve(
            BASE,
            factor="coupling",
            level="common",
            further=OF_PATHS,
            options={"coupling": "common"},
        ),
        *(evolve(BASE, factor="arithmetic", level=a, model=a) for a in ("float16", "int8")),
        *(evolve(BASE, factor="size", level=str(s), model=f"from {s}") for s in (14, 56)),
    ]
