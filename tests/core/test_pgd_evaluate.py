"""The evaluation of alterations whose levels follow from the encoder."""

import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec import (
    PGD,
    EncoderTraits,
    WhiteNoise,
    content_id,
    displacements,
    evaluate,
    pgd_path,
    step_lengths,
    with_finite_differences,
)
from rmqm_spec.contracts.alteration import DependentAlteration
from rmqm_spec.errors import EncodingError, RmqmError, UsageError

IMAGES = np.random.default_rng(0).random((23, 2, 3))
WEIGHTS = np.random.default_rng(1).normal(size=(6, 4))
SHORT = PGD(n_levels=5)


class Squashing:
    """Encode each input by its own sums, count the passes, and let threads in."""

    def __init__(self, *, dtype="f8", **traits):
        self.traits = EncoderTraits(**traits)
        self.dtype = dtype
        self.sizes, self.n_encoded, self.n_pulled = [], 0, 0
        self.lock = threading.Lock()

    def encode(self, inputs):
        with self.lock:
            self.n_encoded += 1
        return self._encode(inputs)

    def _encode(self, inputs):
        rows = inputs.reshape(len(inputs), -1).astype(np.float64)
        return np.tanh((rows[:, :, None] * WEIGHTS).sum(axis=1)).astype(self.dtype)

    def vjp(self, inputs):
        encodings = self._encode(inputs)
        with self.lock:
            self.sizes.append(len(inputs))

        def pullback(cotangent):
            with self.lock:
                self.n_pulled += 1
            through = cotangent * (1 - encodings.astype(np.float64) ** 2)
            return (through[:, None] * WEIGHTS).sum(axis=2).reshape(inputs.shape)

        return encodings, pullback


def statistic(found):
    return np.stack([found.displacements, found.step_lengths])


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


@pytest.mark.parametrize("rule", [SHORT, PGD(), PGD(restarted=True), PGD(alpha=0.1, seed=3)])
def test_the_statistic_is_that_of_the_pieces_put_together_by_hand(rule):
    found = evaluate(Squashing(), IMAGES, alteration=rule)
    rows = IMAGES[np.argsort([content_id(image) for image in IMAGES])]
    options = {"n_levels": rule.n_levels, "alpha": rule.alpha, "seed": rule.seed}
    altered = pgd_path(Squashing(), rows, **options)
    encodings = np.stack([Squashing().encode(levels) for levels in altered])
    np.testing.assert_array_equal(
        statistic(found), [displacements(encodings), step_lengths(encodings)]
    )
    assert (found.status, found.alteration) == ("ok", rule.to_dict())


@pytest.mark.parametrize("batch_size", [1, 2, 7, 23, 100])
@pytest.mark.parametrize("workers", [1, 3])
def test_batches_and_threads_change_not_a_bit(batch_size, workers):
    options = {"batch_size": batch_size, "workers": workers}
    found = evaluate(Squashing(), IMAGES, alteration=SHORT, **options)
    expected = evaluate(Squashing(), IMAGES, alteration=SHORT)
    np.testing.assert_array_equal(statistic(found), statistic(expected))


@given(order=st.permutations(range(23)), batch_size=st.integers(1, 30))
@settings(max_examples=20)
def test_the_order_of_inputs_changes_not_a_bit(order, batch_size):
    found = evaluate(Squashing(), IMAGES[order], alteration=SHORT, batch_size=batch_size)
    expected = evaluate(Squashing(), IMAGES, alteration=SHORT)
    np.testing.assert_array_equal(statistic(found), statistic(expected))


def test_each_level_costs_one_forward_and_one_backward_pass_and_the_start_one_more():
    encoder = Squashing(batch_size=10)
    evaluate(encoder, IMAGES, alteration=SHORT)
    levels_and_start = SHORT.n_levels + 2
    assert encoder.sizes == [10] * levels_and_start * 2 + [3] * levels_and_start
    assert (encoder.n_encoded, encoder.n_pulled) == (0, 3 * SHORT.n_levels)


def test_white_noise_asks_for_no_gradient():
    encoder = Squashing()
    found = evaluate(encoder, IMAGES, alteration=WhiteNoise(n_levels=3))
    assert (encoder.sizes, found.gradient_route) == ([], None)


class Named(Squashing):
    gradient_route = "by hand"


@pytest.mark.parametrize(
    ("encoder", "route"),
    [
        (Squashing(), "the encoder's own"),
        (Named(), "by hand"),
        (with_finite_differences(Named()), "finite differences"),
    ],
)
def test_the_route_of_the_gradient_is_told(encoder, route):
    assert evaluate(encoder, IMAGES[:2], alteration=SHORT).gradient_route == route


@pytest.mark.parametrize("encoder", [np.tanh, lambda x: x, type("E", (), {"encode": np.sin})()])
def test_an_encoder_without_gradients_is_refused_before_any_work(encoder):
    kind, code, text = message(evaluate, encoder, IMAGES, alteration=SHORT)
    assert (kind, code) == (UsageError, "GRA010")
    assert "this encoder gives no gradients" in text


@pytest.mark.parametrize("name", ["cross-entropy", "triplet", "nt-xent"])
def test_losses_that_need_more_than_inputs_are_refused_by_name(name):
    kind, code, text = message(evaluate, Squashing(), IMAGES, alteration=PGD(loss=name))
    assert (kind, code) == (UsageError, "GRA013")
    assert text == (
        f"the loss of a scored path must be displacement; got '{name}', which needs labels, or "
        "views and fixed batches"
    )


def test_other_bounds_than_those_of_the_inputs_are_refused():
    rule = PGD(bounds=(0, 2))
    assert message(evaluate, Squashing(), IMAGES, alteration=rule)[:2] == (UsageError, "ARG001")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_broken_gradient_names_input_and_level(workers):
    class Broken(Squashing):
        def vjp(self, inputs):
            encodings, pullback = super().vjp(inputs)
            if len(self.sizes) < 4:  # level 0, the start, level 1, level 2
                return encodings, pullback
            return encodings, lambda cotangent: pullback(cotangent) * math.nan

    options = {"ids": ["x", "y"], "alteration": SHORT, "workers": workers}
    expected = "a gradient must be finite; got 6 of 6 values that are not for input x at level 3"
    found = message(evaluate, Broken(), IMAGES[:2], **options)
    assert found == (EncodingError, "GRA011", expected)


def test_a_broken_encoding_names_input_and_level():
    class Fading(Squashing):
        def _encode(self, inputs):
            return super()._encode(inputs) * (0 if len(self.sizes) == 5 else 1)

    expected = "an encoding must have a norm above zero; got 0 for inputs[0] (id x) at level 4"
    found = message(evaluate, Fading(), IMAGES[:1], ids=["x"], alteration=SHORT)
    assert found == (EncodingError, "ENC002", expected)


@pytest.mark.parametrize(("dtype", "resolution"), [("f8", 1e-12), ("f4", 1e-6), ("f2", 1e-3)])
def test_the_resolution_is_that_of_the_encodings(dtype, resolution):
    found = evaluate(Squashing(dtype=dtype), IMAGES, alteration=SHORT)
    assert found.characteristics.resolution == resolution


def test_known_groups_are_not_walked_again():
    groups = []
    options = {"alteration": SHORT, "batch_size": 4}
    expected = evaluate(Squashing(), IMAGES, **options, keep=groups.append)
    encoder = Squashing()
    known = {one.first: one for one in groups[:3]}
    found = evaluate(encoder, IMAGES, **options, known=known)
    np.testing.assert_array_equal(statistic(found), statistic(expected))
    assert len(encoder.sizes) == 3 * (SHORT.n_levels + 2)


def test_precision_stops_the_walk():
    images = np.random.default_rng(0).random((400, 2, 3))
    found = evaluate(Squashing(batch_size=8), images, alteration=SHORT, precision=10.0)
    assert (found.stopped_early, len(found.ids)) == (True, 104)


class Fading:
    """An alteration of one's own that follows the encoder, of too many or too few levels."""

    name, independent_levels, n_levels, bounds = "fading", False, 3, (0.0, 1.0)

    def __init__(self, n_yielded=4):
        self.n_yielded = n_yielded

    def path(self, encoder, inputs, ids):
        for level in range(self.n_yielded):
            faded = inputs * 0.5**level
            yield faded, encoder.vjp(faded)[0]

    def to_dict(self):
        return {"name": self.name, "J": self.n_levels}


def test_an_alteration_of_ones_own_may_follow_the_encoder():
    assert isinstance(Fading(), DependentAlteration)
    assert not isinstance(WhiteNoise(), DependentAlteration)
    found = evaluate(Squashing(), IMAGES, alteration=Fading())
    levels = np.stack([IMAGES * 0.5**level for level in range(4)], axis=1)
    encodings = np.stack([Squashing().encode(one) for one in levels])
    order = np.argsort([content_id(image) for image in IMAGES])
    np.testing.assert_array_equal(found.displacements, displacements(encodings[order]))


@pytest.mark.parametrize("n_yielded", [3, 5])
def test_an_alteration_with_another_number_of_levels_than_it_says_is_an_error(n_yielded):
    with pytest.raises(ValueError):
        evaluate(Squashing(), IMAGES, alteration=Fading(n_yielded))
