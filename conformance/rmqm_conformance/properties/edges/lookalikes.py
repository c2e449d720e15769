"""Laws of values that look like others: equal channels, -0.0, a single level, N equal to E."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Refused
from rmqm_conformance.properties.helpers import (
    altered,
    hash_of,
    measured,
    own_inputs,
    require_distances,
)
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.properties.thresholds.paths import PAPER, require_characteristics
from rmqm_conformance.require import require_close, require_equal, require_same_bits
from rmqm_conformance.strategies import Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


@walk("RMQM-INP-003/plain-images", needs="inputs", also="RMQM-INP-002 RMQM-INP-007")
def plain_images(subject: Subject) -> None:
    """Images of equal channels, of one value and of -0.0 are images like others."""
    grey = np.arange(6, dtype="|u1").reshape(2, 3, 1)
    flat = np.full((2, 3, 3), 0.5, "<f4")
    for image in (
        grey,
        np.repeat(grey, 3, axis=2),
        flat,
        0 * flat,
        -0.0 * flat,
        -0.0 * flat[..., :1],
    ):
        answer = subject.perform("prepare", input=image, kind="image", low=0.0, high=1.0)
        require_equal(f"id of an image of shape {image.shape}", answer["id"], hash_of(image))
        if image.dtype == "<f4":
            values = np.ascontiguousarray(image.transpose(2, 0, 1))
            require_same_bits("values of a plain image", answer["values"], values)


@walk("RMQM-INP-007/any-byte-order", needs="inputs", also="RMQM-INP-002")
def any_byte_order(subject: Subject) -> None:
    """Values are read in the byte order that an array declares; the id is the same in any."""
    for kind in ("f4", "f8", "u2", "i4"):
        plain = np.arange(6).astype(f"<{kind}") / (8 if kind[0] == "f" else 1)
        plain = plain.astype(f"<{kind}")
        swapped = plain.astype(f">{kind}")
        usual = {"kind": "array", "low": 0.0, "high": 8.0}
        should, got = (
            subject.perform("prepare", input=array, **usual) for array in (plain, swapped)
        )
        require_equal(f"id of >{kind}", got["id"], should["id"])
        require_same_bits(f"values of >{kind}", got["values"], should["values"])


@walk("RMQM-WN-002/few-levels", needs="noise generator", also="RMQM-WN-001")
def few_levels(subject: Subject) -> None:
    """With J = 1 or 2 the last level has noise of the whole width, like that of any J."""
    batch = Batch(np.full((1, 24), 0.5), ["photo"], -1.0, 2.0)
    for n_levels in (1, 2, 3):
        for level in range(n_levels + 1):
            got = altered(subject, batch, Levels(n_levels, [level]), 3)[0, 0]
            should = oracle.noise(
                batch.values[0], "photo", level, n_levels, 3, batch.low, batch.high
            )
            require_same_bits(f"level {level} of {n_levels}", got, should)


@walk("RMQM-ENC-001/as-many-as-long", needs="encoder")
def as_many_as_long(subject: Subject) -> None:
    """A batch of as many inputs as an encoding is long comes back row by row."""
    length = subject.perform("encode", inputs=own_inputs(subject, 1, 0))["encodings"].shape[1]
    inputs = own_inputs(subject, min(length, 64), 1)
    together = subject.perform("encode", inputs=inputs)["encodings"]
    for row in (0, len(inputs) // 2, len(inputs) - 1):
        alone = subject.perform("encode", inputs=inputs[row : row + 1])["encodings"][0]
        scale = float(np.abs(alone).max())
        require_close(f"encoding {row} of {len(inputs)}", together[row], alone, atol=1e-2 * scale)


@walk("RMQM-DIST-002/subnormal-squares", needs="characteristics")
def subnormal_squares(subject: Subject) -> None:
    """Vectors whose squares are subnormal, or hardly finite, have directions to the last digit."""
    for length in (3, 48, 300):
        z = np.random.default_rng(length).normal(size=(2, 4, length))
        d, s = oracle.distances(z)
        for power in (-900, *range(-540, -504, 4), 500, 505, 510, 511, 900):
            got = measured(subject, np.ldexp(z, power))
            require_distances(f"displacements of E={length} at 2^{power}", got[0], d)
            require_distances(f"step_lengths of E={length} at 2^{power}", got[1], s)


@walk("RMQM-RES-002/no-resolution", needs="characteristics", also="RMQM-RES-005")
def no_resolution(subject: Subject) -> None:
    """A resolution of 0 cuts nothing off, or is refused; it is not taken for the default."""
    d, s = np.array([[0.5, 1e-13, 0.75]]), np.array([[0.5, 0.375, 1e-13]])
    usual = sound("characterize") | {"displacements": d, "step_lengths": s, "resolution": 0.0}
    try:
        subject.perform("characterize", **usual)
    except Refused:
        return
    require_characteristics("a resolution of 0", subject, d, s, PAPER, 0.0)


CHECKS = (
    plain_images,
    any_byte_order,
    few_levels,
    as_many_as_long,
    subnormal_squares,
    no_resolution,
)
