"""Inputs among their altered versions: an encoder that turns along, and one that stands still."""

import numpy as np
import pytest

from rmqm_spec.contracts.encoder import EncoderTraits, as_encoder
from rmqm_spec.errors import SubjectError
from rmqm_spec.geometries import altered_sets, ends_of_sets
from rmqm_spec.geometries.altering import altered_vectors, measure_altered
from rmqm_spec.inputs.in_memory import ArrayInputs

N_LEVELS = 24


class Turning:
    """Level j turns a point of the plane by j / J of a full turn."""

    name, independent_levels, n_levels, bounds = "turning", True, N_LEVELS, (-1.0, 1.0)

    def to_dict(self):
        return {"name": self.name, "J": self.n_levels, "bounds": [-1, 1], "seed": 0}

    def alter(self, inputs, ids, first_level, n_levels, *, out=None):
        angles = 2 * np.pi * (first_level + np.arange(n_levels)) / self.n_levels
        turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
        return np.einsum("abl,nb->nla", turns, inputs)


@pytest.fixture
def points():
    angles = np.random.default_rng(0).random(7) * 6
    return ArrayInputs(np.stack([np.cos(angles), np.sin(angles)], axis=1), (-1, 1))


class Fed:
    """An encoder that notes how many inputs it is given at once."""

    traits = EncoderTraits(batch_size=10)

    def __init__(self, function):
        self.function, self.sizes = function, []

    def encode(self, inputs, /):
        self.sizes.append(len(inputs))
        return self.function(inputs)


def test_an_encoder_that_stands_still_has_polytopes_without_width(points):
    still = as_encoder(lambda rows: np.stack([np.linalg.norm(rows, axis=1), rows[:, 0] * 0], 1))
    sets = measure_altered(still, points, range(7), Turning())
    assert (sets.diameters < 1e-9).all()
    assert (sets.displacements < 1e-9).all()


def test_an_encoder_that_turns_along_has_the_two_nearest_versions_as_neighbours(points):
    sets = measure_altered(as_encoder(lambda rows: rows), points, range(7), Turning())
    step = 2 * np.pi / N_LEVELS
    assert sets.levels.tolist() == ends_of_sets(N_LEVELS)
    # The whole circle: level J lies upon level 0, which it rebuilds alone.
    assert (sets.neighbours[:, -1] == 1).all()
    assert (sets.diameters[:, -1] == 0).all()
    # Short of the whole circle: a neighbour on either side, the last level and the first.
    before = [row for row, level in enumerate(sets.levels) if N_LEVELS / 2 < level < N_LEVELS]
    for column in before:
        level = int(sets.levels[column])
        width = 2 * abs(np.sin((level - 1) * step / 2))
        assert sets.neighbours[:, column].tolist() == [2] * 7
        assert sets.diameters[:, column] == pytest.approx(np.full(7, width))
        moved = 2 * abs(np.sin(level * step / 2))
        assert sets.displacements[:, column] == pytest.approx(np.full(7, moved))
    assert sets.diameters[0, 0] == 0 or sets.levels[0] > 1


def test_the_encoder_is_fed_as_it_likes_and_hears_no_difference(points):
    fed = Fed(lambda rows: rows)
    heard = []
    sets = measure_altered(
        fed, points, [5, 2], Turning(), lambda done, total: heard.append((done, total))
    )
    assert max(fed.sizes) <= 10
    assert sum(fed.sizes) == 2 * (N_LEVELS + 1)
    assert heard == [(1, 2), (2, 2)]
    [alone] = [vectors for vectors, _ in altered_vectors(fed, points, [2], Turning())]
    same = altered_sets(alone, ends_of_sets(N_LEVELS))
    assert sets.diameters[1].tolist() == same.diameters[0].tolist()


def test_few_levels_all_end_a_set():
    assert ends_of_sets(1) == [1]
    assert ends_of_sets(10) == list(range(1, 11))
    assert len(ends_of_sets(99)) == 10
    assert ends_of_sets(99)[-1] == 99


def test_a_failing_alteration_is_named(points):
    class Broken(Turning):
        def alter(self, inputs, ids, first_level, n_levels, *, out=None):
            raise ValueError("no way")

    with pytest.raises(SubjectError, match=r"turning must work; got ValueError: no way") as failed:
        measure_altered(as_encoder(lambda rows: rows), points, range(7), Broken())
    assert failed.value.code == "ALT002"
