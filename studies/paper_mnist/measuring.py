"""What is measured of one encoder: the paper's numbers, all further measures, accuracies."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import numpy as np
from attrs import asdict, frozen

import rmqm_spec
from rmqm_spec.characteristics import Characteristics, Variant
from studies.measuring.judging import accuracies
from studies.measuring.measuring import label_free
from studies.measuring.tasks import Task
from studies.training.recipe import Recipe

__all__ = ["ALTERATIONS", "VARIANTS", "Inputs", "curves_file", "measure"]

ALTERATIONS: Final = ("noise", "pgd")
VARIANTS: Final[tuple[Variant, ...]] = ("paper", "authors-2022")


@frozen(kw_only=True)
class Inputs:
    """
    What encoders are measured on and judged by.

    Parameters
    ----------
    source, attacked : Path
        An .npz with ``images`` for noise and the further measures, and one for PGD.
    tasks : list of Task
        What accuracies are taken on.
    n_path : int
        Images of the source on the full path of noise.
    """

    source: Path
    attacked: Path
    tasks: list[Task]
    n_path: int


def measure(recipe: Recipe, *, encoders: Path, inputs: Inputs, work: Path) -> dict[str, Any]:
    """
    Return a row: the recipe, its training, and all that is measured.

    ``VARIANT_ALTERATION_NAME`` are the numbers of the paper, for example ``paper_noise_D``; the
    further names are those of `label_free` and `accuracies`. The curves of the encoder are written
    to `curves_file`.
    """
    encoder = encoders / f"{recipe.name}.onnx"
    folder = work / "results" / recipe.name
    folder.mkdir(parents=True, exist_ok=True)
    values = {**asdict(recipe), **json.loads(encoder.with_suffix(".json").read_text())}
    values.pop("seconds")
    values |= label_free(encoder, inputs.source, folder, n_path=inputs.n_path)
    found = _characteristics(encoder, inputs, folder)
    for (variant, alteration), numbers in found.items():
        values |= _numbers(numbers, f"{variant}_{alteration}")
    for task in inputs.tasks:
        values |= accuracies(encoder, task, folder)
    shutil.rmtree(folder)
    curves = {name: found["paper", name].curves for name in ALTERATIONS}
    np.savez(
        curves_file(work, recipe),
        **{f"{name}_displacement": each.displacement.mean for name, each in curves.items()},
        **{f"{name}_change": each.displacement_change.mean for name, each in curves.items()},
    )
    return values


def curves_file(work: Path, recipe: Recipe) -> Path:
    """Return where the curves of an encoder are kept: an .npz of ``ALTERATION_NAME``."""
    return work / "results" / f"{recipe.name}.npz"


def _characteristics(
    encoder: Path, inputs: Inputs, folder: Path
) -> dict[tuple[Variant, str], Characteristics]:
    """Return D, D_RC, P_RC, RMQM and the curves by variant and alteration."""
    noise = _score(encoder, inputs.source, folder / "noise", n=inputs.n_path)
    distances = noise.stored.displacements, noise.stored.step_lengths
    found: dict[tuple[Variant, str], Characteristics] = {}
    for variant in VARIANTS:
        # Both variants take the same levels of noise, so one walk serves both; not so with PGD.
        found[variant, "noise"] = rmqm_spec.characterize(*distances, variant=variant)
        attacked = _score(
            encoder,
            inputs.attacked,
            folder / f"pgd-{variant}",
            alteration="pgd",
            variant=variant,
        )
        found[variant, "pgd"] = attacked.characteristics
    return found


def _score(encoder: Path, source: Path, folder: Path, **options: Any) -> Any:
    return rmqm_spec.score(
        str(encoder), data=f"{source}:images", out=str(folder), null=False, force=True, **options
    )


def _numbers(found: Characteristics, name: str) -> dict[str, float | None]:
    numbers = {
        "D": found.D,
        "D_RC": found.D_RC,
        "P_RC": found.P_RC,
        "S": found.S,
        "rmqm": found.rmqm,
    }
    return {
        f"{name}_{key}": float(value) if np.isfinite(value) else None
        for key, value in numbers.items()
    }
