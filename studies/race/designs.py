"""Which encoders race: all of a group, a few of many, and encoders that are exactly level."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from studies.race.pools import Pool, scores_of

__all__ = ["SATURATED", "Design", "designs"]

_SEED: Final = 20
SATURATED: Final = ("mnist_matlab_tansig", "mnist_tf2onnx_selfattention")
"""They give probabilities of classes, near 0 or 1 for most inputs."""


@frozen(kw_only=True, eq=False)
class Design:
    """
    A race whose truth is known: the scores of the whole pool.

    Parameters
    ----------
    name : str
        What the tables call it.
    kind : {"real", "level"}
        Real encoders, or some that are exactly level.
    pool : (N, K, 3) ndarray
        The values that inputs are drawn from.
    saturated : bool
        Whether some of the encoders give probabilities of classes, near 0 or 1 for most inputs.
    """

    name: str
    kind: str
    pool: Pool
    saturated: bool = False

    @property
    def differences(self) -> np.ndarray:
        """True differences (K, K): the score of the row minus that of the column."""
        scores = scores_of(self.pool.mean(axis=0))
        return np.asarray(scores[:, None] - scores)

    @property
    def truth(self) -> np.ndarray:
        """Signs (K, K): +1 where the encoder of the row is above that of the column."""
        apart = self.differences
        return np.where(np.abs(apart) < 1e-9, 0, np.sign(apart))


def designs(groups: dict[str, dict[str, Pool]]) -> list[Design]:
    """Return the races of the study."""
    random = np.random.default_rng(_SEED)
    digits, colour, paper = groups["digits"], groups["colour"], groups["paper"]
    plain = {name: pool for name, pool in digits.items() if name not in SATURATED}
    found = [
        _real("8 digit networks", digits, saturated=True),
        _real("6 digit networks", plain),
        _real("5 networks, class scores", _ending(colour, last=True)),
        _real("5 networks, layer before the last", _ending(colour, last=False)),
        _real("10 networks: both", colour),
    ]
    names = sorted(paper)
    for size in (2, 3, 4, 4, 6, 8):
        chosen = random.choice(names, size, replace=False)
        label = f"{size} LeNets"
        label += " (other 4)" if label in [one.name for one in found] else ""
        found.append(_real(label, {name: paper[name] for name in chosen}))
    found.append(_real("12 LeNets", paper))
    return found + _level(digits, colour, paper, random)


def _real(name: str, encoders: dict[str, Pool], *, saturated: bool = False) -> Design:
    pool = np.stack(list(encoders.values()), axis=1)
    return Design(name=name, kind="real", pool=pool, saturated=saturated)


def _ending(encoders: dict[str, Pool], *, last: bool) -> dict[str, Pool]:
    return {name: pool for name, pool in encoders.items() if name.endswith("_layer") is not last}


def _level(
    digits: dict[str, Pool],
    colour: dict[str, Pool],
    paper: dict[str, Pool],
    random: np.random.Generator,
) -> list[Design]:
    """Make encoders that are level: copies on other inputs, and pairs that swap their values."""

    def copies(pool: Pool, number: int) -> Pool:
        return np.stack([pool, *(random.permutation(pool) for _ in range(number - 1))], axis=1)

    def swapped(first: Pool, second: Pool) -> Pool:
        both = np.stack([first, second], axis=1)
        return np.concatenate([both, both[:, ::-1]])

    def beside(level: Pool, *others: Pool) -> Pool:
        times = len(level) // len(others[0])
        rest = np.stack([np.concatenate([other] * times) for other in others], axis=1)
        return np.concatenate([level, rest], axis=1)

    skewed, usual = digits["mnist_dynamo_external_data"], colour["cifar10_resnet_4b"]
    lenets = [paper[name] for name in sorted(paper)]
    made = {
        "2 level, independent": copies(usual, 2),
        "2 level, skewed": copies(skewed, 2),
        "2 level, paired": swapped(lenets[0], lenets[1]),
        "2 level CIFAR-10 networks, paired": swapped(
            colour["cifar10_resnet_4b"], colour["cifar10_large"]
        ),
        "4 level, independent": copies(usual, 4),
        "6 level, skewed": copies(skewed, 6),
        "8 level, independent": copies(lenets[3], 8),
        "2 level beside 4 apart": beside(swapped(lenets[4], lenets[5]), *lenets[6:10]),
        "3 level beside 3 apart": beside(copies(lenets[8], 3), lenets[0], lenets[5], lenets[11]),
    }
    return [Design(name=name, kind="level", pool=pool) for name, pool in made.items()]
