"""Gradients by central differences: how near they come, and when they are refused."""

import numpy as np
import pytest

from rmqm_spec import EncoderTraits, pgd_path, with_finite_differences
from rmqm_spec.errors import RmqmError, UsageError

WEIGHTS = np.random.default_rng(0).normal(size=(6, 4))
IMAGES = np.random.default_rng(1).random((5, 2, 3))
COTANGENT = np.random.default_rng(2).normal(size=(5, 4))


class Squashing:
    """An encoder in a type of its own, with the derivative by hand for comparison."""

    def __init__(self, dtype="f8", batch_size=64, resolution=None):
        self.dtype = dtype
        self.traits = EncoderTraits(batch_size=batch_size, resolution=resolution)
        self.seen = []

    def encode(self, inputs):
        self.seen.append(inputs.copy())
        rows = inputs.reshape(len(inputs), -1).astype(self.dtype)
        return np.tanh(rows @ WEIGHTS.astype(self.dtype))

    def by_hand(self, inputs, cotangent):
        slopes = 1 - np.tanh(inputs.reshape(len(inputs), -1) @ WEIGHTS) ** 2
        return ((cotangent * slopes) @ WEIGHTS.T).reshape(inputs.shape)


class Plain(Squashing):
    """The same with a derivative, for whole paths."""

    def vjp(self, inputs):
        return self.encode(inputs), lambda cotangent: self.by_hand(inputs, cotangent)


@pytest.mark.parametrize(
    ("dtype", "inputs_type", "near"), [("f8", "f8", 1e-8), ("f4", "f8", 2e-3), ("f4", "f4", 2e-3)]
)
def test_differences_come_near_the_derivative(dtype, inputs_type, near):
    images = 0.02 + 0.96 * IMAGES.astype(inputs_type)  # no difference is one-sided
    encodings, pullback = with_finite_differences(Squashing(dtype)).vjp(images)
    np.testing.assert_array_equal(encodings, Squashing(dtype).encode(images))
    expected = Squashing().by_hand(images.astype("f8"), COTANGENT)
    np.testing.assert_allclose(pullback(COTANGENT), expected, atol=near)


@pytest.mark.parametrize("bounds", [(0.0, 1.0), (-3.0, 2.0)])
def test_differences_stay_in_the_bounds_and_are_one_sided_at_their_ends(bounds):
    low, high = bounds
    corners = np.random.default_rng(0).choice([low, high], size=IMAGES.shape)
    encoder = Squashing()
    _, pullback = with_finite_differences(encoder, bounds).vjp(corners)
    found = pullback(COTANGENT)
    seen = np.concatenate(encoder.seen)
    assert (seen.min(), seen.max()) == bounds
    np.testing.assert_allclose(found, encoder.by_hand(corners, COTANGENT), atol=1e-3)


def test_a_coarser_arithmetic_takes_longer_steps():
    lengths = []
    for encoder in (Squashing(), Squashing("f4"), Squashing("f4", resolution=1e-3)):
        centre = np.full((1, 2, 3), 0.5)
        with_finite_differences(encoder).vjp(centre)[1](COTANGENT[:1])
        lengths.append(np.abs(np.concatenate(encoder.seen) - centre).max())
    np.testing.assert_allclose(lengths, np.cbrt([2.0**-52, 2.0**-23, 1e-4]), rtol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 4, 5, 100])
def test_the_encoder_is_fed_as_it_wishes(batch_size):
    encoder = Squashing(batch_size=batch_size)
    found = with_finite_differences(encoder)
    pulled = found.vjp(IMAGES)[1](COTANGENT)
    assert found.traits is encoder.traits
    assert max(map(len, encoder.seen[1:])) == min(batch_size, 6)
    expected = with_finite_differences(Squashing()).vjp(IMAGES)[1](COTANGENT)
    np.testing.assert_allclose(pulled, expected, atol=1e-9)


def test_paths_are_those_of_the_derivative():
    # Only a derivative within the blur of zero could have another sign.
    found = pgd_path(with_finite_differences(Squashing()), IMAGES, n_levels=8)
    np.testing.assert_array_equal(found, pgd_path(Plain(), IMAGES, n_levels=8))


def test_the_route_is_named():
    assert with_finite_differences(Squashing()).gradient_route == "finite differences"


@pytest.mark.parametrize(("shape", "refused"), [((256,), False), ((16, 16), False), ((257,), True)])
def test_many_values_are_refused_with_their_number(shape, refused):
    encoder = with_finite_differences(lambda x: x.reshape(len(x), -1)[:, :2] + 0.1)
    if not refused:
        encoder.vjp(np.ones((1, *shape)))
        return
    with pytest.raises(RmqmError) as caught:
        encoder.vjp(np.ones((1, *shape)))
    expected = "inputs must have at most 256 values for finite differences; got 257"
    found = type(caught.value), caught.value.code, str(caught.value)
    assert found == (UsageError, "GRA014", expected)
