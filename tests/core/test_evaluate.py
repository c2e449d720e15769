"""One orchestration, one statistic: whatever the batches, the order, the copies and the gaps."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec import (
    EncoderTraits,
    WhiteNoise,
    characterize,
    content_id,
    displacements,
    evaluate,
    step_lengths,
    white_noise,
)
from rmqm_spec.contracts.inputs import Input
from rmqm_spec.errors import EncodingError, RmqmError, ShapeError, UnreadableError, UsageError

NOISE = WhiteNoise(n_levels=6)
IMAGES = np.random.default_rng(0).random((23, 3, 4))
LOW, HIGH = IMAGES.min(), IMAGES.max()


def encode(inputs):
    """Encode each input by rounded sums and products of its own values: no batch can be seen."""
    rows = inputs.reshape(len(inputs), -1).astype(np.float64)
    return np.stack([rows[:, k] * rows[:, k + 1] - rows[:, k + 2] + 0.3 for k in range(7)], axis=1)


class Shelf:
    """Inputs that are made when they are loaded; some of them cannot be."""

    bounds = (0.0, 1.0)

    def __init__(self, n, shape=(3, 4), unreadable=()):
        self.n, self.shape, self.unreadable = n, shape, unreadable

    def __len__(self):
        return self.n

    def name(self, index):
        return f"shelf/{index}"

    def load(self, index):
        if index in self.unreadable:
            raise UnreadableError("DAT002", f"image {index} must open; got rust", fix="Polish it.")
        values = np.random.default_rng(index).random(self.shape)
        return Input(id=f"{index:04d}", name=self.name(index), values=values)


def statistic(found):
    return np.stack([found.displacements, found.step_lengths])


def numbers(found):
    return [found.rmqm, *found.interval, *found.characteristics.per_input.contribution]


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


def test_the_statistic_is_that_of_the_pieces_put_together_by_hand():
    found = evaluate(encode, IMAGES, alteration=NOISE)
    rows = IMAGES[np.argsort([content_id(image) for image in IMAGES])]
    altered = white_noise(rows, n_levels=6)
    encodings = np.stack([encode(levels) for levels in altered])
    np.testing.assert_array_equal(
        statistic(found), [displacements(encodings), step_lengths(encodings)]
    )


def test_the_characteristics_are_those_of_the_statistic():
    found = evaluate(encode, IMAGES, alteration=NOISE, variant="authors-2022")
    again = characterize(*statistic(found), variant="authors-2022")
    assert (found.rmqm, found.interval, found.status) == (again.rmqm, again.interval, "ok")


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 14, 50, 1000])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_batches_and_threads_change_not_a_bit(batch_size, workers):
    found = evaluate(encode, IMAGES, alteration=NOISE, batch_size=batch_size, workers=workers)
    expected = evaluate(encode, IMAGES, alteration=NOISE)
    np.testing.assert_array_equal(numbers(found), numbers(expected))


@given(order=st.permutations(range(23)), batch_size=st.integers(1, 30))
@settings(max_examples=20)
def test_the_order_of_inputs_changes_not_a_bit(order, batch_size):
    found = evaluate(encode, IMAGES[order], alteration=NOISE, batch_size=batch_size)
    expected = evaluate(encode, IMAGES, alteration=NOISE)
    np.testing.assert_array_equal(statistic(found), statistic(expected))


@pytest.mark.parametrize("turn", [np.asfortranarray, np.ascontiguousarray])
@pytest.mark.parametrize("batch_size", [1, 8, 64])
def test_the_memory_order_of_encodings_changes_not_a_bit(turn, batch_size):
    found = evaluate(lambda x: turn(encode(x)), IMAGES, alteration=NOISE, batch_size=batch_size)
    expected = evaluate(encode, IMAGES, alteration=NOISE)
    np.testing.assert_array_equal(statistic(found), statistic(expected))


def test_copies_count_once():
    found = evaluate(encode, IMAGES[[0, 1, 0, 2, 1, 0]], alteration=NOISE)
    expected = evaluate(encode, IMAGES[:3], alteration=NOISE)
    np.testing.assert_array_equal(numbers(found), numbers(expected))


def test_copies_are_counted():
    found = evaluate(encode, IMAGES[[0, 1, 0, 2, 1, 0]], alteration=NOISE)
    assert (found.n_offered, found.n_seen, found.n_duplicates) == (6, 6, 3)


def test_ids_are_sorted_content_hashes():
    found = evaluate(encode, IMAGES, alteration=NOISE)
    assert found.ids == tuple(sorted(content_id(image) for image in IMAGES))


def test_names_follow_their_ids():
    found = evaluate(encode, IMAGES[:3], alteration=NOISE, ids=["c", "a", "b"])
    assert (found.ids, found.names) == (("a", "b", "c"), ("inputs[1]", "inputs[2]", "inputs[0]"))


def test_ids_of_ones_own_rule_the_noise():
    ids = [f"{k:02d}" for k in range(23)]
    found = evaluate(encode, IMAGES, alteration=NOISE, ids=ids)
    altered = white_noise(IMAGES, n_levels=6, ids=ids)
    expected = displacements(np.stack([encode(levels) for levels in altered]))
    np.testing.assert_array_equal(found.displacements, expected)


@pytest.mark.parametrize("dtype", ["u1", "i4", "f2", "?"])
def test_converted_inputs_are_named_by_what_was_given(dtype):
    inputs = np.eye(9, dtype=dtype)
    found = evaluate(encode, inputs, alteration=NOISE)
    assert found.ids == tuple(sorted(content_id(row) for row in inputs))


@pytest.mark.parametrize(
    ("given_type", "seen"), [("f4", "f4"), (">f4", "f4"), ("f8", "f8"), ("f2", "f8"), ("u1", "f8")]
)
def test_the_encoder_sees_float32_or_float64(given_type, seen):
    types = set()
    evaluate(lambda x: types.add(x.dtype) or encode(x), np.eye(9).astype(given_type))
    assert types == {np.dtype(seen)}


def test_99_levels_of_white_noise_are_the_default():
    found = evaluate(encode, IMAGES[:2], seed=5)
    assert found.alteration == WhiteNoise(seed=5).to_dict()


def test_the_bounds_of_the_inputs_are_those_of_the_noise():
    found = evaluate(encode, IMAGES[:2] * 255, bounds=(0, 255))
    assert found.alteration["bounds"] == [0.0, 255.0]


def test_level_0_reaches_the_encoder_unaltered():
    batches = []
    evaluate(lambda x: batches.append(x.copy()) or encode(x), IMAGES[:1], batch_size=100)
    np.testing.assert_array_equal(batches[0][0], IMAGES[0])


def test_an_encoder_that_writes_to_its_inputs_does_not_change_the_next_levels():
    def greedy(inputs):
        encodings = encode(inputs)
        inputs[:] = 0
        return encodings

    found = evaluate(greedy, IMAGES.copy(), alteration=NOISE, batch_size=2)
    expected = evaluate(encode, IMAGES, alteration=NOISE)
    np.testing.assert_array_equal(statistic(found), statistic(expected))


def test_an_encoder_may_use_its_output_again():
    buffer = np.empty((100, 7))

    def thrifty(inputs):
        buffer[: len(inputs)] = encode(inputs)
        return buffer[: len(inputs)]

    found = evaluate(thrifty, IMAGES, alteration=NOISE, batch_size=3)
    expected = evaluate(encode, IMAGES, alteration=NOISE)
    np.testing.assert_array_equal(statistic(found), statistic(expected))


def test_an_alteration_of_ones_own_may_return_new_memory():
    class Copied(WhiteNoise):
        def alter(self, inputs, ids, first_level, n_levels, *, out=None):
            return super().alter(inputs, ids, first_level, n_levels)

    found = evaluate(encode, IMAGES, alteration=Copied(n_levels=6))
    expected = evaluate(encode, IMAGES, alteration=NOISE)
    np.testing.assert_array_equal(statistic(found), statistic(expected))


class Encoding:
    traits = EncoderTraits(batch_size=5, resolution=1e-3)

    def __init__(self):
        self.sizes = set()

    def encode(self, inputs):
        self.sizes.add(len(inputs))
        return encode(inputs)


def test_an_object_with_a_method_encode_is_an_encoder():
    found = evaluate(Encoding(), IMAGES, alteration=NOISE)
    np.testing.assert_array_equal(
        statistic(found), statistic(evaluate(encode, IMAGES, alteration=NOISE, resolution=1e-3))
    )


@pytest.mark.parametrize(
    ("batch_size", "sizes"), [(None, {4, 3}), (1, {1}), (7, {7}), (15, {14, 7}), (999, {161})]
)
def test_the_encoder_is_fed_as_it_wishes_or_as_one_asks(batch_size, sizes):
    encoder = Encoding()
    evaluate(encoder, IMAGES, alteration=NOISE, batch_size=batch_size)
    assert encoder.sizes == sizes


@pytest.mark.parametrize(
    ("encoder", "asked", "resolution"),
    [
        (encode, None, 1e-12),
        (lambda x: encode(x).astype(np.float32), None, 1e-6),
        (lambda x: encode(x).astype(np.float16), None, 1e-3),
        (Encoding(), None, 1e-3),
        (Encoding(), 0.0, 0.0),
        (encode, 0.01, 0.01),
    ],
)
def test_the_resolution_is_asked_for_or_told_or_that_of_the_type(encoder, asked, resolution):
    found = evaluate(encoder, IMAGES, alteration=NOISE, resolution=asked)
    assert found.characteristics.resolution == resolution


def test_distances_below_the_resolution_are_stored_as_zero():
    found = evaluate(encode, IMAGES, alteration=NOISE, resolution=0.3)
    assert sorted({0.0 < d < 0.3 for d in found.displacements.ravel()}) == [False]


def test_a_constant_encoder_is_collapsed():
    found = evaluate(lambda x: np.ones((len(x), 3)), IMAGES, alteration=NOISE)
    assert (found.status, math.isnan(found.rmqm)) == ("collapsed", True)


@pytest.mark.parametrize("workers", [1, 3])
def test_inputs_that_cannot_be_read_are_left_out_and_named(workers):
    found = evaluate(encode, Shelf(9, unreadable={2, 5}), alteration=NOISE, workers=workers)
    got = [(one.name, one.code, one.message) for one in found.skipped]
    assert got == [
        ("shelf/2", "DAT002", "image 2 must open; got rust"),
        ("shelf/5", "DAT002", "image 5 must open; got rust"),
    ]


def test_inputs_that_cannot_be_read_are_counted():
    found = evaluate(encode, Shelf(9, unreadable={2, 5}), alteration=NOISE)
    assert (found.n_offered, len(found.ids), found.n_duplicates) == (9, 7, 0)


@pytest.mark.parametrize("batch_size", [1, 14, 1000])
def test_inputs_that_cannot_be_read_do_not_change_a_bit_of_the_others(batch_size):
    gaps = evaluate(encode, Shelf(9, unreadable={0, 8}), alteration=NOISE, batch_size=batch_size)
    whole = evaluate(encode, Shelf(9), alteration=NOISE)
    np.testing.assert_array_equal(statistic(gaps), statistic(whole)[:, 1:8])


def test_nothing_readable_is_an_error_with_the_first_reason():
    expected = (
        "at least one input must be readable; got 0 of 3, the first because "
        "image 0 must open; got rust"
    )
    found = message(evaluate, encode, Shelf(3, unreadable={0, 1, 2}), alteration=NOISE)
    assert found == (UnreadableError, "DAT018", expected)


def test_an_empty_collection_is_an_error():
    expected = "at least one input must be readable; got 0 of 0"
    assert message(evaluate, encode, Shelf(0)) == (UnreadableError, "DAT018", expected)


def precise(workers=1, precision=0.05, n=400, **options):
    return evaluate(
        encode,
        Shelf(n),
        alteration=NOISE,
        precision=precision,
        workers=workers,
        batch_size=21,
        **options,
    )


def test_precision_stops_the_work_early_and_says_so():
    found = precise()
    assert (found.stopped_early, found.n_offered, 100 <= len(found.ids) < 400) == (True, 400, True)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_work_ends_where_the_caller_has_enough(workers):
    options = {"alteration": NOISE, "batch_size": 1, "workers": workers}
    found = evaluate(encode, Shelf(40), enough=lambda n: n >= 5, **options)
    assert (found.n_seen, found.n_offered, found.stopped_early) == (5, 40, True)
    whole = evaluate(encode, Shelf(5), enough=lambda n: n >= 5, **options)
    assert (whole.n_seen, whole.stopped_early) == (5, False)
    np.testing.assert_array_equal(found.displacements, whole.displacements)


def test_precision_is_reached_when_the_work_stops():
    low, high = precise().interval
    assert 0 < (high - low) / 2 <= 0.05


def test_precision_is_half_the_width_of_the_interval():
    low, high = evaluate(encode, Shelf(100), alteration=NOISE).interval
    found = evaluate(
        encode, Shelf(110), alteration=NOISE, precision=0.51 * (high - low), batch_size=7
    )
    assert len(found.ids) == 100


def test_the_result_of_an_early_stop_is_that_of_the_first_inputs():
    found = precise()
    rest = evaluate(encode, Shelf(len(found.ids)), alteration=NOISE)
    assert (found.rmqm, found.interval) == (rest.rmqm, rest.interval)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_an_early_stop_is_deterministic(workers):
    np.testing.assert_array_equal(statistic(precise(workers)), statistic(precise()))


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("chosen", [slice(0, 5), slice(4, 9), slice(0, 200), slice(1, None, 3)])
def test_an_early_stop_is_at_the_same_place_where_groups_are_known(chosen, workers):
    groups = []
    evaluate(encode, Shelf(400), alteration=NOISE, batch_size=21, keep=groups.append)
    known = {one.first: one for one in groups[chosen]}
    np.testing.assert_array_equal(statistic(precise(workers, known=known)), statistic(precise()))


def test_a_precision_out_of_reach_uses_all_inputs():
    found = precise(precision=1e-9, n=50)
    assert (found.stopped_early, len(found.ids)) == (False, 50)


def test_no_precision_is_reached_with_fewer_than_100_inputs():
    found = precise(precision=100.0, n=99)
    assert (found.stopped_early, len(found.ids)) == (False, 99)


@pytest.mark.parametrize("workers", [1, 3])
def test_progress_is_told_and_reaches_the_end(workers):
    calls = []
    evaluate(
        encode,
        Shelf(9, unreadable={2}),
        alteration=NOISE,
        batch_size=14,
        workers=workers,
        progress=lambda done, offered: calls.append((done, offered)),
    )
    assert calls == [(0, 9), (8, 9), (9, 9)]


SHAPE = "encodings must have shape (N, E) with N = 7 and E >= 1; got {}"


@pytest.mark.parametrize(
    ("encoder", "text"),
    [
        (lambda x: np.ones(len(x)), SHAPE.format("(7,)")),
        (lambda x: np.ones((len(x), 2, 3)), SHAPE.format("(7, 2, 3)")),
        (lambda x: np.ones((len(x) + 1, 2)), SHAPE.format("(8, 2)")),
        (lambda x: np.ones((1, 2)), SHAPE.format("(1, 2)")),
        (lambda x: np.ones((len(x), 0)), SHAPE.format("(7, 0)")),
        (lambda x: 1.0, SHAPE.format("()")),
        (lambda x: None, SHAPE.format("()")),
        (lambda x: np.ones((len(x), 2)) * 1j, "encodings must be real numbers; got complex128"),
        (lambda x: [["a"]] * len(x), "encodings must be real numbers; got <U1"),
    ],
)
def test_encodings_of_a_wrong_shape_or_type_are_refused(encoder, text):
    found = message(evaluate, encoder, IMAGES[:1], alteration=NOISE)
    assert found == (EncodingError, "ENC004", text)


def test_encodings_whose_length_depends_on_the_batch_are_refused():
    found = message(
        evaluate, lambda x: np.ones((len(x), len(x))), IMAGES[:1], alteration=NOISE, batch_size=6
    )
    expected = "encodings must all have the same length; got 3 after 4"
    assert found == (EncodingError, "ENC004", expected)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 4, 1000])
@pytest.mark.parametrize(
    ("bad", "code", "text"),
    [
        (0.0, "ENC002", "an encoding must have a norm above zero; got 0"),
        (np.nan, "ENC001", "an encoding must be finite; got 2 of 2 values that are not"),
    ],
)
def test_a_bad_encoding_is_named_by_input_and_level(workers, batch_size, bad, code, text):
    ids = ["first", "second", "a longer name"]
    target = white_noise(IMAGES[:3], [5], ids=ids, n_levels=6)[2, 0]

    def breaks(inputs):
        encodings = np.ones((len(inputs), 2))
        encodings[(inputs == target).all(axis=(1, 2))] = bad
        return encodings

    options = {"ids": ids, "alteration": NOISE, "batch_size": batch_size, "workers": workers}
    expected = f"{text} for inputs[2] (id a longer nam) at level 5"
    assert message(evaluate, breaks, IMAGES[:3], **options) == (EncodingError, code, expected)


@pytest.mark.parametrize(
    ("options", "error", "code", "text"),
    [
        ({"batch_size": 0}, UsageError, "ARG001", "batch_size must be above 0; got 0"),
        ({"workers": -1}, UsageError, "ARG001", "workers must be above 0; got -1"),
        ({"precision": 0.0}, UsageError, "ARG001", "precision must be above 0; got 0.0"),
        ({"precision": math.nan}, UsageError, "ARG001", "precision must be above 0; got nan"),
        ({"resolution": 1.0}, UsageError, "ARG001", "resolution must lie in [0, 1); got 1.0"),
        (
            {"variant": "code"},
            UsageError,
            "ARG001",
            "variant must be one of paper, authors-2022; got 'code'",
        ),
        (
            {"ids": ["a"]},
            ShapeError,
            "ARG001",
            "ids must name each of the 23 inputs; got 1 ids",
        ),
        (
            {"bounds": (0.0, 0.5)},
            UsageError,
            "DAT010",
            f"inputs must lie in the bounds [0.0, 0.5]; got values from {LOW} to {HIGH}",
        ),
        (
            {"bounds": (-1.0, 1.0), "alteration": WhiteNoise()},
            UsageError,
            "ARG001",
            "alteration must have the bounds of the inputs, (-1.0, 1.0); got (0.0, 1.0)",
        ),
    ],
)
def test_a_wrong_argument_is_refused_before_any_encoding(options, error, code, text):
    def never(inputs):
        raise AssertionError("no encoding was asked for")

    assert message(evaluate, never, IMAGES, **options) == (error, code, text)


@pytest.mark.parametrize(
    ("encoder", "kind"), [("model.onnx", "str"), (None, "NoneType"), (1, "int")]
)
def test_what_is_no_encoder_is_refused(encoder, kind):
    expected = f"encoder must be callable or have a method encode(inputs); got {kind}"
    assert message(evaluate, encoder, IMAGES) == (UsageError, "ARG001", expected)


def peak_memory(n, workers):
    tracemalloc.start()
    try:
        evaluate(encode, Shelf(n, shape=(64, 64)), alteration=NOISE, batch_size=7, workers=workers)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("workers", [1, 2])
def test_memory_does_not_grow_with_the_number_of_inputs(workers):
    # One input is 32 KiB; its part of the statistic, names and per-input results is below 2 KiB.
    _warm, few, many = (peak_memory(n, workers) for n in (80, 80, 800))
    assert many - few < 720 * 3 * 1024
