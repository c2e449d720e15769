"""The three parts of the study: the encoders of each, and how many images they see."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any, Final

from attrs import asdict, evolve, frozen

from studies.natural.deepnnk import REGIMES, checkpoints
from studies.natural.design import design, quick_design
from studies.natural.encoder import Encoder
from studies.natural.images import NaturalImages
from studies.natural.real import real_encoders

__all__ = ["PARTS", "Part", "facts_of_training", "part_named"]

PARTS: Final = ("trained", "deepnnk", "real")
_QUICK_STEPS = (0, 19_000)
_QUICK_REAL = ("cifar10_vit_pgd", "gtsrb_fast")


@frozen
class Part:
    """
    Encoders that are compared with one another.

    Parameters
    ----------
    name : str
        One of `PARTS`.
    encoders : list of Encoder
        They may have no file yet.
    images : NaturalImages
        What they are measured on and judged by.
    n_path : int
        Images at J = 99.
    """

    name: str
    encoders: list[Encoder]
    images: NaturalImages
    n_path: int


def part_named(name: str, *, data: Path, models: Path, work: Path, quick: bool) -> Part:
    """
    Return a part of the study.

    Parameters
    ----------
    name : str
        One of `PARTS`.
    data, models, work : Path
        Folders of the data sets, of the real models, and of what is written.
    quick : bool
        Whether to take a few encoders and images.
    """
    images = NaturalImages(data, work / "data")
    if name == "real":
        encoders = real_encoders(models, work / "packages")
        images, n_path = evolve(images, n_measured=100, n_judged=500, per_class=6), 16
    else:
        encoders = _trained(work, quick) if name == "trained" else _deepnnk(data, work)
        n_path = 60
    if quick:
        images, n_path = evolve(images, n_measured=40, n_judged=100, per_class=2), 4
        encoders = _few(name, encoders)
    return Part(name, encoders, images, n_path)


def _trained(work: Path, quick: bool) -> list[Encoder]:
    return [
        Encoder(
            name=recipe.name,
            file=work / "encoders" / f"{recipe.name}.onnx",
            facts=asdict(recipe),
            options={"mean": "0", "std": "1"},
        )
        for recipe in (quick_design() if quick else design())
    ]


def _deepnnk(data: Path, work: Path) -> list[Encoder]:
    found = []
    for checkpoint in checkpoints(data / "deepnnk"):
        facts: dict[str, Any] = {
            "regime": checkpoint.regime,
            "step": checkpoint.step,
            "test_error": checkpoint.test_error,
            "gap": checkpoint.gap,
        }
        found.append(
            Encoder(
                name=checkpoint.name,
                file=work / "deepnnk" / f"{checkpoint.name}.onnx",
                facts=facts,
                options={"mean": "0", "std": "1"},
                write=partial(checkpoint.write, data / "deepnnk"),
            )
        )
    # Of a stopped study all regimes are there, with every other checkpoint first.
    return sorted(found, key=lambda one: one.facts["step"] % 2_000)


def _few(name: str, encoders: list[Encoder]) -> list[Encoder]:
    if name == "deepnnk":
        return [
            encoder
            for encoder in encoders
            if encoder.facts["step"] in _QUICK_STEPS and encoder.facts["regime"] in REGIMES[1:]
        ]
    return [one for one in encoders if name != "real" or one.name.startswith(_QUICK_REAL)]


def facts_of_training(encoder: Encoder) -> Encoder:
    """Return a trained encoder with the facts that its training wrote beside its file."""
    known = json.loads(encoder.file.with_suffix(".json").read_text(encoding="utf-8"))
    known.pop("seconds")
    return evolve(encoder, facts={**encoder.facts, **known})
