"""Large inputs, large sets and inputs of many axes: RMQM-INP."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import hashlib

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.helpers import hash_of
from rmqm_conformance.properties.large.ladder import rungs
from rmqm_conformance.require import require_equal, require_same_bits
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "inputs"


@statistic("RMQM-INP-002/large-content", needs=NEEDS)
def large_content(subject: Subject, effort: Effort) -> None:
    """The id is that of the whole content, however large it is and however many axes it has."""
    rng = np.random.default_rng([effort.seed, 1])
    largest = 2**20 + 7 if effort.profile == "full" else 2**17 + 7
    for size in (1025, 4097, 65_537, largest):
        array = rng.integers(0, 256, size, dtype=np.uint8)
        for place in (None, size - 1, int(rng.integers(0, size))):
            if place is not None:
                array[place] ^= 1
            name = subject.perform("content_id", input=array)["id"]
            require_equal(f"id of {size} bytes", name, hash_of(array))
    for rank in (5, 9, 17):
        array = np.arange(6, dtype="<f4").reshape(2, *[1] * (rank - 2), 3)
        name = subject.perform("content_id", input=array)["id"]
        require_equal(f"id of an array of {rank} axes", name, hash_of(array))


@statistic("RMQM-INP-010/large-set", needs=NEEDS, also="RMQM-INP-004 RMQM-INP-005")
def large_set(subject: Subject, effort: Effort) -> None:
    """A set is ordered and named as a whole; copies count once, however far apart they are."""
    rng = np.random.default_rng([effort.seed, 2])
    for size in rungs(effort, 60, 4100, skip=2):
        once = [
            hashlib.sha256(f"{effort.seed}/{size}/{k}".encode()).hexdigest() for k in range(size)
        ]
        offered = [*once, *once[: size // 3]]
        result = subject.perform(
            "name_inputs", ids=[offered[k] for k in rng.permutation(len(offered))]
        )
        require_equal(f"number of ids of {size}", len(result["ids"]), size)
        require_equal(f"ids of {size}", result["ids"] == sorted(once), True)
        text = "".join(f"{name}\n" for name in sorted(once))
        require_equal(
            f"digest of {size} ids", result["digest"], hashlib.sha256(text.encode()).hexdigest()
        )


@statistic("RMQM-INP-006/large-image", needs=NEEDS, also="RMQM-INP-009")
def large_image(subject: Subject, effort: Effort) -> None:
    """Large images are prepared as small ones are, wide or tall."""
    rng = np.random.default_rng([effort.seed, 3])
    for height, width in ((9, 257), (257, 9), (130, 67)):
        image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        values = subject.perform("prepare", input=image, kind="image", low=0.0, high=1.0)["values"]
        should = (image / 255).astype("<f4").transpose(2, 0, 1)
        require_same_bits(f"values of {height} x {width}", values, np.ascontiguousarray(should))


CHECKS = (large_content, large_set, large_image)
