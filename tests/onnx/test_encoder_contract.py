"""Small wrong encoders are found out; correct ones in unusual clothes raise no alarm."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.encoders.checks import check_encoder
from rmqm_spec.errors import EncodingError

INPUTS = np.random.default_rng(0).random((6, 3, 4, 4), dtype=np.float32)
WEIGHTS = np.random.default_rng(1).normal(size=(48, 8)).astype(np.float32)


def right(inputs):
    return inputs.reshape(len(inputs), 48) @ WEIGHTS


def found(encoder, inputs=INPUTS):
    return {one.code: one for one in check_encoder(encoder, inputs) if one.level != "ok"}


def levels(encoder, inputs=INPUTS):
    return {code: one.level for code, one in found(encoder, inputs).items()}


# Wrong encoders.


def non_deterministic():
    noise = np.random.default_rng(0)
    return lambda inputs: right(inputs) + noise.normal(size=(len(inputs), 8))


def mixing(inputs):
    encodings = right(inputs)
    return encodings - encodings.mean(axis=0) / 2


def by_batch_size(inputs):
    return right(inputs) + len(inputs)


def cutting_by_batch(inputs):
    return right(inputs)[:, : 2 + len(inputs)]


def writing(inputs):
    inputs *= 0.5
    return right(inputs)


def constant(inputs):
    return np.ones((len(inputs), 8), dtype=np.float32)


def one_direction(inputs):
    return inputs.sum(axis=(1, 2, 3))[:, None] * np.arange(1, 9, dtype=np.float32)


def one_value(inputs):
    return inputs.sum(axis=(1, 2, 3))[:, None]


def not_a_number(inputs):
    return np.where(inputs.reshape(len(inputs), 48) > 0.99, np.nan, 1.0)


def overflowing(inputs):
    return right(inputs).astype(np.float16) * np.float16(60000)


def without_norm(inputs):
    return np.where(np.arange(len(inputs))[:, None] == 2, 0, right(inputs))


def probabilities(inputs):
    scores = np.exp(right(inputs))
    return scores / scores.sum(axis=1, keepdims=True)


def with_dead_units(inputs):
    return right(inputs) * (np.arange(8) > 2)


def reusing():
    buffer = np.empty((100, 8), dtype=np.float32)

    def encode(inputs):
        buffer[: len(inputs)] = right(inputs)
        return buffer[: len(inputs)]

    return encode


@pytest.mark.parametrize(
    ("encoder", "expected"),
    [
        (non_deterministic(), {"DET001": "fail", "BAT001": "fail"}),
        (mixing, {"BAT001": "fail"}),
        (by_batch_size, {"BAT001": "fail"}),
        (cutting_by_batch, {"BAT001": "fail"}),
        (writing, {"ENC008": "fail"}),
        (constant, {"ENC005": "fail"}),
        (one_direction, {"ENC005": "fail"}),
        (one_value, {"OUT009": "fail"}),
        (not_a_number, {"ENC001": "fail"}),
        (without_norm, {"ENC002": "fail"}),
        (probabilities, {"ENC007": "warn"}),
        (with_dead_units, {"ENC006": "warn"}),
        (reusing(), {"ENC009": "warn"}),
    ],
)
def test_a_wrong_encoder_is_found_out_and_accused_of_nothing_else(encoder, expected):
    assert levels(encoder) == expected


def expecting_bytes(inputs):
    return np.c_[right(inputs) / 127.5, np.full(len(inputs), 40.0)].astype(np.float32)


def test_encodings_that_hardly_differ_are_doubted_with_the_range_that_helps():
    doubt = found(expecting_bytes)["ENC010"]
    assert doubt.level == "warn"
    assert "multiply the inputs by 255" in doubt.fix
    assert "ENC010" not in levels(expecting_bytes, INPUTS * 255)


def test_a_range_that_changes_nothing_for_the_better_is_not_advised():
    def saturated(inputs):
        return np.tanh(np.c_[right(inputs) / 1e3 + 9, right(inputs) / 1e3 - 9])

    doubt = found(lambda x: saturated(x) + x.reshape(len(x), 48)[:, :16] / 500)["ENC010"]
    assert "--scale" not in doubt.fix


def test_pictures_that_are_nearly_black_are_sent_to_their_own_doubt():
    class Pictures:
        spec = InputSpec(kind="image", shape=(3, 4, 4))
        traits = EncoderTraits()
        encode = staticmethod(expecting_bytes)

    assert "DAT033" in found(Pictures(), INPUTS / 255)["ENC010"].fix


def test_inputs_that_hardly_differ_are_no_matter_of_the_range():
    doubt = found(lambda x: right(x) * 1.0, 0.5 + INPUTS / 1e4)["ENC010"]
    assert "apart at most" in doubt.message
    assert "range of values" in doubt.fix


def test_an_overflow_of_float16_is_found_out():
    with np.errstate(over="ignore"):
        assert levels(overflowing) == {"ENC001": "fail"}


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (right, "encodings must have shape (N, E) with N = 6 and E >= 1; got (6, 8)"),
        (lambda x: right(x)[:, None], "(6, 1, 8)"),
        (lambda x: right(x).T, "(8, 6)"),
        (lambda x: right(x)[0], "(8,)"),
        (lambda x: right(x)[:, :0], "(6, 0)"),
        (lambda x: right(x)[:-1], "(5, 8)"),
    ][1:],
)
def test_encodings_of_another_shape_are_refused(encoder, message):
    with pytest.raises(EncodingError) as caught:
        list(check_encoder(encoder, INPUTS))
    assert (caught.value.code, caught.value.message) == (
        "ENC004",
        f"encodings must have shape (N, E) with N = 6 and E >= 1; got {message}",
    )


@pytest.mark.parametrize("kind", ["U3", object, complex])
def test_encodings_that_are_no_real_numbers_are_refused(kind):
    with pytest.raises(EncodingError) as caught:
        list(check_encoder(lambda x: right(x).astype(kind), INPUTS))
    assert caught.value.code == "ENC004"


@pytest.mark.parametrize(
    ("encoder", "code", "message"),
    [
        (
            constant,
            "ENC005",
            "6 inputs have one encoding: they differ by 0.0e+00 at most",
        ),
        (
            with_dead_units,
            "ENC006",
            "3 of 8 dimensions are the same for all 6 inputs",
        ),
        (writing, "ENC008", "encoding writes into its inputs"),
        (reusing(), "ENC009", "encoding writes into the encodings that it returned before"),
        (
            cutting_by_batch,
            "BAT001",
            "the batch of 6 gives encodings of length 8, each input alone 3, 3, 3, 3, 3, 3",
        ),
        (
            lambda x: np.where(np.arange(8) == 3, np.inf, right(x)),
            "ENC001",
            "6 of 48 values are not finite, the first inf at input 0, dimension 3",
        ),
        (lambda x: right(x) * 0, "ENC002", "6 of 6 encodings have a norm of 0"),
    ],
)
def test_a_finding_tells_what_was_seen(encoder, code, message):
    assert found(encoder)[code].message == message


# Correct encoders.


class Object:
    traits = EncoderTraits(resolution=1e-3)

    def encode(self, inputs, /):
        return right(inputs).astype(np.float16)


def writing_to_its_own_copy(inputs):
    own = inputs.copy()
    own *= 2
    return right(own)


def one_by_one(inputs):
    return np.concatenate([right(inputs[k : k + 1]) for k in range(len(inputs))])


@pytest.mark.parametrize(
    "encoder",
    [
        right,
        Object(),
        writing_to_its_own_copy,
        one_by_one,
        lambda x: x.reshape(len(x), 48).astype(np.float64) @ WEIGHTS.astype(np.float64),
        lambda x: right(x).astype(np.float16),
        lambda x: right(x) * np.float32(1e-30),
        lambda x: right(x) * np.float32(1e30),
        lambda x: np.round(100 * right(x)).tolist(),
        lambda x: np.asfortranarray(right(x)),
        lambda x: right(x)[:, ::-1],
        lambda x: np.repeat(right(x), 20_000, axis=1),
        lambda x: np.round(100 * right(x)).astype(np.int64),
        lambda x: right(x) > np.median(right(INPUTS), axis=0),
        lambda x: np.maximum(right(x), right(INPUTS).mean(axis=0)),
    ],
)
def test_a_correct_encoder_raises_no_alarm(encoder):
    assert levels(encoder) == {}


def test_a_single_input_is_not_taken_for_a_collapse():
    assert levels(right, INPUTS[:1]) == {}


def test_equal_inputs_are_not_taken_for_a_collapse():
    assert levels(right, INPUTS[[0, 0, 0]]) == {}


@pytest.mark.parametrize(("size", "level"), [(3e-7, "warn"), (1e-3, "fail")])
def test_rounding_is_told_from_chance(size, level):
    noise = np.random.default_rng(0)

    def encode(inputs):
        return right(inputs) * (1 + size * noise.normal(size=(len(inputs), 8)))

    assert levels(encode)["DET001"] == level


@pytest.mark.parametrize("noise", [1e-7, 1e-6])
def test_float32_returned_as_float64_is_told_to_declare_its_resolution(noise):
    def encode(inputs):
        return right(inputs).astype(np.float64) * (1 + noise * len(inputs) * np.arange(8))

    assert levels(encode) == {"BAT001": "warn" if noise < 1e-6 else "fail"}


def test_the_warning_of_hidden_rounding_says_how_to_declare_it():
    encode = lambda x: right(x).astype(np.float64) * (1 + 1e-7 * len(x) * np.arange(8))  # noqa: E731
    assert found(encode)["BAT001"].fix == (
        "Return float32, or state the resolution: EncoderTraits(resolution=1e-6)."
    )


def test_the_inputs_given_are_left_alone_even_by_an_encoder_that_writes():
    kept = INPUTS.copy()
    list(check_encoder(writing, kept))
    np.testing.assert_array_equal(kept, INPUTS)
