"""The study as a list of pieces of work, each of which gives one row of the table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from attrs import evolve, field, frozen

from studies.sensitivity.altered_models import hidden_layers
from studies.sensitivity.encoders import layered, sampled, trainings
from studies.sensitivity.measuring import Images, accuracy, measured
from studies.sensitivity.settings import FURTHER, Setting, settings

__all__ = ["Piece", "done", "pieces"]

_OF_LAYERS: Final = tuple(name for name in FURTHER if name != "lidar")
"""LiDAR inverts a matrix of all values by all values: minutes for a layer of 9,408."""

_SPATIAL: Final = 3
"""Axes from which an output has positions to take the mean over."""


@frozen(kw_only=True)
class Piece:
    """
    One encoder at one setting.

    Parameters
    ----------
    encoder : str
        Name of its recipe.
    setting : Setting
        How it is measured.
    facts : dict
        Columns that are known before: of a layer or a length.
    judged : dict, optional
        Options of ``rmqm_spec.probe``, where the accuracy belongs to it.
    """

    encoder: str
    setting: Setting
    facts: dict[str, Any] = field(factory=dict)
    judged: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """Name of the row."""
        return f"{self.encoder}/{self.setting.name}"


def pieces(files: dict[str, Path], *, quick: bool = False) -> list[Piece]:
    """Return all pieces: lengths of trainings, encoders at settings, layers of networks."""
    base = settings(quick=quick)[0]
    found = []
    for training in trainings(quick=quick):
        found += [
            Piece(
                encoder=recipe.name,
                setting=evolve(base, factor="length", level=str(recipe.seen)),
                facts={"group": training[-1].name, "place": recipe.seen},
                judged={},
            )
            for recipe in training
        ]
    found += [
        Piece(encoder=recipe.name, setting=setting)
        for setting in settings(quick=quick)
        for recipe in sampled(quick=quick)
    ]
    for recipe in layered(quick=quick):
        found += _of_layers(recipe.name, files[recipe.name], base)
    return found


def _of_layers(encoder: str, file: Path, base: Setting) -> list[Piece]:
    found = []
    for place, (output, axes) in enumerate(hidden_layers(file).items()):
        for pooling in ("flatten", "mean") if axes >= _SPATIAL else ("flatten",):
            options = {"output": output, **({"pooling": pooling} if axes >= _SPATIAL else {})}
            found.append(
                Piece(
                    encoder=encoder,
                    setting=evolve(
                        base,
                        factor="layer",
                        level=f"{place} {pooling}",
                        further=_OF_LAYERS,
                        options=options,
                    ),
                    facts={"group": encoder, "place": place, "pooling": pooling, "output": output},
                    judged=options,
                )
            )
    return found


def done(
    piece: Piece, *, files: dict[str, Path], images: Images, work: Path
) -> tuple[str, dict[str, Any]]:
    """Return the name of a piece's row, and its columns."""
    folder = work / f"scratch-{os.getpid()}"
    encoder, setting = files[piece.encoder], piece.setting
    values = {
        "recipe": piece.encoder,
        "factor": setting.factor,
        "level": setting.level,
        "reference": setting.reference,
        **piece.facts,
        **measured(encoder, setting, images, folder),
    }
    if piece.judged is not None:
        values |= accuracy(encoder, images, folder, piece.judged)
    return piece.name, {
        name: float(f"{value:.9g}") if isinstance(value, float) else value
        for name, value in values.items()
    }
