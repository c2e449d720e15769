"""PGD: the bits of a step, of the start and of whole paths, against loops and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmqm_spec import PGD, content_id, pgd_path
from rmqm_spec.alterations.noise.generator import uniform_start
from rmqm_spec.alterations.pgd.losses import loss
from rmqm_spec.alterations.pgd.steps import first_start, take_step
from rmqm_spec.errors import EncodingError, RmqmError, ShapeError, UsageError

IMAGES = np.random.default_rng(0).random((5, 2, 3))
WEIGHTS = np.random.default_rng(1).normal(size=(6, 4))


class Squashing:
    """Encode each input by its own sums: no batch can be seen, and the derivative is by hand."""

    def __init__(self, weights=WEIGHTS):
        self.weights = weights

    def encode(self, inputs):
        rows = inputs.reshape(len(inputs), -1).astype(np.float64)
        return np.tanh((rows[:, :, None] * self.weights).sum(axis=1))

    def vjp(self, inputs):
        encodings = self.encode(inputs)

        def pullback(cotangent):
            through = cotangent * (1 - encodings**2)
            return (through[:, None] * self.weights).sum(axis=2).reshape(inputs.shape)

        return encodings, pullback


class Slope:
    """The direction of (1, a . x): the closed form of a path is a line."""

    def __init__(self, slope):
        self.slope = slope

    def encode(self, inputs):
        return np.stack([np.ones(len(inputs)), inputs @ self.slope], axis=1)

    def vjp(self, inputs):
        return self.encode(inputs), lambda cotangent: np.outer(cotangent[:, 1], self.slope)


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


def step_by_hand(value, slope, alpha, low, high):
    """Clause RMQM-PGD-008 for one value: each operation rounded to the type of the value."""
    kind = type(value)
    sign = int(slope > 0) - int(slope < 0)
    moved = kind(value + kind(kind(alpha * (high - low)) * kind(sign)))
    return min(max(moved, kind(low)), kind(high))


def path_by_loops(encoder, image, name, n_levels, alpha, seed=0, bounds=(0.0, 1.0)):
    """Follow one input, value by value, in new arrays; restarts are made of it."""
    unaltered = image[None]
    origin = encoder.encode(unaltered)[0]
    at = first_start(unaltered, [name], seed=seed, alpha=alpha, bounds=bounds)
    levels = [image]
    for _ in range(n_levels):
        z, pullback = encoder.vjp(at)
        phi, zero = z[0] / np.linalg.norm(z[0]), origin / np.linalg.norm(origin)
        cotangent = 2 / np.linalg.norm(z[0]) * ((phi @ zero) * phi - zero)
        gradient = pullback(cotangent[None])[0]
        pairs = zip(levels[-1].flat, gradient.flat, strict=True)
        moved = [step_by_hand(value, slope, alpha, *bounds) for value, slope in pairs]
        levels.append(np.array(moved, dtype=image.dtype).reshape(image.shape))
        at = levels[-1][None]
    return np.stack(levels)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gradient_type", ["f2", "f4", "f8"])
@pytest.mark.parametrize("bounds", [(0, 1), (-1, 1), (0, 255), (-0.3, 0.1)])
@pytest.mark.parametrize("alpha", [2 / 255, 0.1, 0.7])
def test_a_step_is_rounded_operation_by_operation(dtype, gradient_type, bounds, alpha):
    low, high = bounds
    x = np.linspace(low, high, 50).astype(dtype).clip(dtype(low), dtype(high)).reshape(1, 5, 10)
    gradient = np.random.default_rng(0).choice([-3.0, -1e-5, 0.0, 2.0], x.shape)
    gradient = gradient.astype(gradient_type)
    stepped = take_step(x, gradient, ["a"], 1, alpha=alpha, bounds=bounds)
    pairs = zip(x.flat, gradient.flat, strict=True)
    expected = [step_by_hand(value, slope, alpha, low, high) for value, slope in pairs]
    assert (stepped.dtype, stepped.shape) == (x.dtype, x.shape)
    assert stepped.tobytes() == np.array(expected, dtype).tobytes()


def test_a_step_leaves_what_it_is_given():
    x, gradient = IMAGES.copy(), np.ones_like(IMAGES)
    take_step(x, gradient, list("abcde"), 1)
    np.testing.assert_array_equal(x, IMAGES)
    assert (gradient == 1).all()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_gradient_that_is_not_finite_names_input_and_level(bad, dtype):
    gradient = np.ones(IMAGES.shape, dtype)
    gradient[3, 1, :2] = bad
    found = message(take_step, IMAGES, gradient, list("abcde"), 7)
    expected = "a gradient must be finite; got 2 of 6 values that are not for input d at level 7"
    assert found == (EncodingError, "GRA011", expected)


@pytest.mark.parametrize("n_values", [1, 15, 16, 17, 1000])
def test_the_start_has_one_lane_of_level_1_for_each_value(n_values):
    import hashlib

    digest = hashlib.sha256(b"rmqm-pgd-start/1\n3\nphoto \xc3\xa9").digest()
    n_blocks = math.ceil(n_values / 16)
    key = int.from_bytes(digest[:16], "little")
    words = np.random.Philox(key=key, counter=n_blocks - 1).random_raw(4 * n_blocks).tolist()
    lanes = [word >> shift & 0xFFFF for word in words for shift in (0, 16, 32, 48)]
    expected = [(2 * lane - 65535) / 65536 for lane in lanes[:n_values]]
    drawn = uniform_start(3, "photo é", n_values)
    assert (drawn.dtype, drawn.tolist()) == (np.float32, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_start_is_within_alpha_and_the_bounds_and_rounded_like_a_step(dtype):
    x = np.linspace(0, 255, 40).astype(dtype).reshape(2, 20)
    start = first_start(x, ["a", "b"], seed=5, alpha=0.1, bounds=(0, 255))
    expected = [
        min(max(dtype(v + dtype(dtype(25.5) * dtype(r))), dtype(0)), dtype(255))
        for row, name in zip(x, "ab", strict=True)
        for v, r in zip(row, uniform_start(5, name, 20), strict=True)
    ]
    assert (start.dtype, start.ravel().tolist()) == (x.dtype, expected)
    assert (np.abs(start - x) <= 25.5).all()


@pytest.mark.parametrize("other", [{"seed": 1}, {"ids": ["b"]}])
def test_a_start_depends_on_seed_and_id(other):
    usual = first_start(IMAGES[:1], ids=["a"])
    assert (first_start(IMAGES[:1], **({"ids": ["a"]} | other)) != usual).all()


@given(
    seed=st.integers(0, 2**40),
    n_levels=st.integers(1, 8),
    alpha=st.sampled_from([2 / 255, 0.05, 0.3]),
    dtype=st.sampled_from(["f4", "f8"]),
    bounds=st.sampled_from([(0.0, 1.0), (-1.0, 2.0)]),
)
def test_a_path_is_that_of_loops_over_the_clauses(seed, n_levels, alpha, dtype, bounds):
    images = IMAGES.astype(dtype)
    altered = pgd_path(
        Squashing(), images, n_levels=n_levels, alpha=alpha, seed=seed, bounds=bounds
    )
    for image, levels in zip(images, altered, strict=True):
        name = content_id(image)
        expected = path_by_loops(Squashing(), image, name, n_levels, alpha, seed, bounds)
        assert levels.tobytes() == expected.tobytes()


def test_restarted_paths_end_on_the_single_path():
    altered = pgd_path(Squashing(), IMAGES[:2], restarted=True, ids=["a", "b"])
    assert altered.shape[1] == 30
    for image, name, levels in zip(IMAGES, "ab", altered, strict=False):
        ends = [path_by_loops(Squashing(), image, name, j, 2 / 255)[-1] for j in range(1, 30)]
        assert levels.tobytes() == np.stack([image, *ends]).tobytes()


@given(seed=st.integers(0, 2**32), n_values=st.integers(1, 40))
def test_the_path_of_a_slope_is_a_clipped_line(seed, n_values):
    rng = np.random.default_rng(seed)
    slope = rng.choice([-1.0, 1.0], n_values) * rng.uniform(0.1, 1, n_values)
    x = rng.integers(0, 65, (1, n_values)) / 64  # sums of 64ths are exact
    start = first_start(x, ["a"], seed=seed, alpha=1 / 64)
    way = np.sign((start - x) @ slope)
    line = [np.clip(x[0] + j / 64 * way * np.sign(slope), 0, 1) for j in range(9)]
    altered = pgd_path(Slope(slope), x, ids=["a"], n_levels=8, alpha=1 / 64, seed=seed)
    np.testing.assert_array_equal(altered[0], line)


def test_a_path_is_not_projected_onto_a_ball():
    x = np.zeros((1, 3))
    altered = pgd_path(Slope(np.ones(3)), x, n_levels=300, alpha=2 / 255)
    np.testing.assert_array_equal(altered[0, -1], 1.0)


def test_where_the_encoder_has_no_slope_nothing_moves():
    altered = pgd_path(Slope(np.array([0.0, 1.0])), np.full((1, 2), 0.5), n_levels=5)
    assert (altered[0, :, 0] == 0.5).all()
    assert (altered[0, 1:, 1] != 0.5).all()


@given(order=st.permutations(range(5)), n=st.integers(1, 5))
def test_batch_and_order_change_not_a_bit(order, n):
    rows = list(order)[:n]
    together = pgd_path(Squashing(), IMAGES, n_levels=6)
    alone = pgd_path(Squashing(), IMAGES[rows], n_levels=6)
    assert alone.tobytes() == together[rows].tobytes()


@pytest.mark.parametrize(
    ("given_type", "seen"), [("f4", "f4"), (">f4", "f4"), ("f8", "f8"), ("f2", "f8"), ("u1", "f8")]
)
def test_a_path_has_the_type_in_which_inputs_are_altered(given_type, seen):
    x = np.eye(6).astype(given_type)
    altered = pgd_path(Squashing(), x, n_levels=2)
    assert altered.dtype == seen
    assert altered[:, 0].tobytes() == x.astype(seen).tobytes()


def test_cotangents_have_the_type_of_the_encodings_and_do_not_vanish_in_it():
    types, sizes = set(), []

    class Half(Slope):
        def vjp(self, inputs):
            encodings, pullback = super().vjp(inputs)
            # Long encodings have gradients below the least float16.
            return (encodings * 1e4).astype(
                "f2"
            ), lambda c: types.add(c.dtype) or sizes.append(np.abs(c).max()) or pullback(c)

    pgd_path(Half(np.ones(2)), np.full((1, 2), 0.5), n_levels=3, alpha=0.1)
    assert types == {np.dtype("f2")}
    assert all(0.5 <= size <= 1 for size in sizes)


@pytest.mark.parametrize(
    ("options", "n_levels"), [({}, 30), ({"restarted": True}, 29), ({"n_levels": 7}, 7)]
)
def test_the_number_of_levels_follows_from_the_variant(options, n_levels):
    assert PGD(**options).n_levels == n_levels
    assert pgd_path(Squashing(), IMAGES[:1], **options).shape[1] == n_levels + 1


def test_the_protocol_names_all_that_changes_a_number():
    assert PGD().to_dict() == {
        "name": "pgd",
        "J": 30,
        "alpha": 2 / 255,
        "bounds": [0.0, 1.0],
        "loss": "displacement",
        "seed": 0,
    }
    assert PGD(restarted=True, alpha=1 / 255, seed=3, bounds=(0, 255)).to_dict() == {
        "name": "pgd",
        "J": 29,
        "alpha": 1 / 255,
        "bounds": [0.0, 255.0],
        "loss": "displacement",
        "seed": 3,
        "restarts": True,
    }


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"n_levels": 0}, "n_levels must be at least 1; got 0"),
        ({"n_levels": 2.0}, "n_levels must be an integer; got 2.0"),
        ({"alpha": 0}, "alpha must be finite and above 0; got 0.0"),
        ({"alpha": math.nan}, "alpha must be finite and above 0; got nan"),
        ({"alpha": math.inf}, "alpha must be finite and above 0; got inf"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
        ({"bounds": (1, 1)}, "bounds must be finite with low < high; got (1.0, 1.0)"),
        (
            {"loss": "hinge"},
            "loss must be in ('displacement', 'cross-entropy', 'triplet', 'nt-xent'); got 'hinge'",
        ),
    ],
)
def test_a_parameter_outside_its_range_is_refused(options, text):
    assert message(PGD, **options) == (UsageError, "ARG001", text)


LABELS = [0, 1, 0, 1, 2]
VIEWS = np.random.default_rng(2).random(IMAGES.shape)


@pytest.mark.parametrize(
    ("name", "too"),
    [
        ("cross-entropy", {"labels": LABELS}),
        ("triplet", {"labels": LABELS}),
        ("triplet", {"views": VIEWS}),
        ("nt-xent", {"views": VIEWS}),
    ],
)
def test_other_losses_are_followed_from_the_input_itself(name, too):
    encoder, levels = Squashing(), [IMAGES]
    fixed = dict(too)
    if "views" in fixed:
        fixed["references"] = encoder.encode(fixed.pop("views"))
    for _ in range(4):
        z, pullback = encoder.vjp(levels[-1])
        gradient = pullback(loss(name, z, **fixed).gradient)
        levels.append(np.clip(levels[-1] + 0.1 * np.sign(gradient), 0, 1))
    altered = pgd_path(encoder, IMAGES, n_levels=4, alpha=0.1, loss=name, **too)
    np.testing.assert_array_equal(altered, np.stack(levels, axis=1))


def test_displacement_takes_neither_labels_nor_views():
    expected = "the loss displacement takes neither labels nor views; got one of them"
    found = message(pgd_path, Squashing(), IMAGES, labels=LABELS)
    assert found == (UsageError, "ARG001", expected)


def test_views_of_another_shape_are_refused():
    expected = "views must have the shape of the inputs, (5, 2, 3); got (1, 2, 3)"
    found = message(pgd_path, Squashing(), IMAGES, loss="nt-xent", views=VIEWS[:1])
    assert found == (ShapeError, "ARG001", expected)


def test_views_outside_the_bounds_are_refused():
    found = message(pgd_path, Squashing(), IMAGES, loss="nt-xent", views=VIEWS + 1)
    assert found[:2] == (UsageError, "DAT010")


@pytest.mark.parametrize("plain", [np.tanh, lambda x: x])
def test_an_encoder_without_gradients_is_refused(plain):
    expected = (
        "an encoder for PGD must have a method vjp(inputs); this encoder gives no gradients: "
        "got CallableEncoder"
    )
    assert message(pgd_path, plain, IMAGES) == (UsageError, "GRA010", expected)


@pytest.mark.parametrize("wrong", [lambda g: g[:, :1], lambda g: g.ravel(), lambda g: g * 1j])
def test_a_gradient_unlike_the_inputs_is_refused(wrong):
    class Wrong(Squashing):
        def vjp(self, inputs):
            encodings, pullback = super().vjp(inputs)
            return encodings, lambda cotangent: wrong(pullback(cotangent))

    kind, code, text = message(pgd_path, Wrong(), IMAGES)
    assert (kind, code) == (EncodingError, "GRA012")
    assert text.startswith("a gradient must be real numbers of the shape of the inputs, (5, 2, 3)")


class Failing(Slope):
    """A slope whose encodings break where the first value is in a range."""

    def __init__(self, low, high, encoding):
        super().__init__(np.array([1.0, 0.0]))
        self.low, self.high, self.encoding = low, high, encoding

    def encode(self, inputs):
        encodings = super().encode(inputs)
        encodings[(inputs[:, 0] > self.low) & (inputs[:, 0] < self.high)] = self.encoding
        return encodings


@pytest.mark.parametrize(
    ("encoding", "code", "rule"), [(0.0, "ENC002", "a norm above zero"), (math.nan, "ENC001", "be")]
)
def test_an_encoding_that_breaks_on_the_way_names_input_and_level(encoding, code, rule):
    x = np.array([[0.5, 0.5]])
    start = first_start(x, ["a"], alpha=0.125)[0, 0]
    beside = Failing(start - 1e-9, start + 1e-9, encoding)
    kind, found, text = message(pgd_path, beside, x, ids=["a"], alpha=0.125)
    assert (kind, found, rule in text) == (EncodingError, code, True)
    assert text.endswith("for input a at the start of level 1")
    third = 0.5 + 3 * 0.125 * np.sign(start - 0.5)
    _, _, text = message(
        pgd_path, Failing(third - 0.01, third + 0.01, encoding), x, ids=["a"], alpha=0.125
    )
    assert text.endswith("for input a at level 3")
