"""Jacobians and their products: laws, whatever the batch and however many directions."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmqm_spec import EncoderTraits
from rmqm_spec.errors import EncodingError, ShapeError, UsageError
from rmqm_spec.inputs.in_memory import ArrayInputs
from rmqm_spec.jacobians import jacobian, jacobians, pull_back, push_forward

RANDOM = np.random.default_rng(0)


class Layers:
    """Matrices with a tanh between them: (N, *S) -> (N, E), with derivatives both ways."""

    def __init__(self, *matrices, batch_size=64):
        self.matrices = matrices
        self.traits = EncoderTraits(batch_size=batch_size)
        self.rows_encoded = []

    def encode(self, inputs):
        return self._pass(inputs)[0]

    def _pass(self, inputs):
        self.rows_encoded.append(len(inputs))
        values, slopes = inputs.reshape(len(inputs), -1), []
        for matrix in self.matrices[:-1]:
            values = np.tanh(values @ matrix.T)
            slopes.append(1 - values**2)
        return values @ self.matrices[-1].T, slopes


class Backward(Layers):
    def vjp(self, inputs):
        encodings, slopes = self._pass(inputs)

        def pullback(cotangent):
            for matrix, slope in zip(self.matrices[:0:-1], slopes[::-1], strict=True):
                cotangent = (cotangent @ matrix) * slope
            return (cotangent @ self.matrices[0]).reshape(inputs.shape)

        return encodings, pullback


class Forward(Layers):
    def jvp(self, inputs, tangents):
        encodings, slopes = self._pass(inputs)
        values = tangents.reshape(len(inputs), -1)
        for matrix, slope in zip(self.matrices[:-1], slopes, strict=True):
            values = (values @ matrix.T) * slope
        return encodings, values @ self.matrices[-1].T


class Both(Backward, Forward):
    """An encoder with `vjp` and `jvp`."""


class Linearized(Both):
    """An encoder that also keeps its forward pass for many tangents."""

    def linearize(self, inputs):
        encodings = self.encode(inputs)
        quiet = Both(*self.matrices)
        return encodings, lambda tangents: quiet.jvp(inputs, tangents)[1]


SMALL = st.integers(1, 5)


@given(n=st.integers(1, 9), lengths=st.tuples(SMALL, SMALL, SMALL), batch_size=st.integers(1, 12))
@pytest.mark.parametrize("way", ["rows", "columns"])
def test_the_jacobian_of_a_matrix_is_the_matrix(way, n, lengths, batch_size):
    random = np.random.default_rng(0)
    height, width, length = lengths
    matrix = random.normal(size=(length, height * width))
    inputs = random.normal(size=(n, height, width))
    found = jacobian(Both(matrix, batch_size=batch_size), inputs, way=way)
    assert found.way == way
    assert found.matrices.dtype == np.float64
    np.testing.assert_array_equal(found.matrices, np.broadcast_to(matrix, (n, *matrix.shape)))
    np.testing.assert_allclose(found.encodings, inputs.reshape(n, -1) @ matrix.T, rtol=1e-12)


@given(n=st.integers(1, 6), batch_size=st.integers(1, 9), first=st.booleans(), last=st.booleans())
def test_the_chain_rule(n, batch_size, first, last):
    random = np.random.default_rng(0)
    a, b, c = (random.normal(size=size) for size in ((4, 3), (5, 4), (2, 5)))
    inputs = random.normal(size=(n, 3))
    inner, outer = Both(a, b, batch_size=batch_size), Both(np.eye(5), c, batch_size=batch_size)
    whole = jacobian(Both(a, b, np.eye(5), batch_size=batch_size), inputs)  # an inner tanh more
    of_inner = jacobian(inner, inputs, way="rows" if first else "columns")
    squashed = np.tanh(of_inner.encodings)
    of_outer = jacobian(outer, of_inner.encodings, way="rows" if last else "columns")
    of_whole = jacobian(Both(a, b, c, batch_size=batch_size), inputs)
    np.testing.assert_allclose(of_whole.matrices, of_outer.matrices @ of_inner.matrices, atol=1e-12)
    slopes = (1 - squashed**2)[:, :, None]
    np.testing.assert_allclose(whole.matrices, slopes * of_inner.matrices, atol=1e-12)


@given(n=st.integers(1, 7), k=st.integers(1, 11), batch_size=st.integers(1, 20))
def test_the_two_products_are_adjoint_for_any_batch_and_number_of_directions(n, k, batch_size):
    random = np.random.default_rng(0)
    encoder = Both(random.normal(size=(6, 12)), random.normal(size=(4, 6)), batch_size=batch_size)
    inputs = random.normal(size=(n, 3, 4))
    tangents, cotangents = random.normal(size=(n, k, 3, 4)), random.normal(size=(n, k, 4))
    encodings, pulled = pull_back(encoder, inputs, cotangents)
    again, pushed = push_forward(encoder, inputs, tangents)
    np.testing.assert_allclose(encodings, encoder.encode(inputs), rtol=1e-12)
    np.testing.assert_array_equal(again, encodings)
    np.testing.assert_allclose(
        (pushed * cotangents).sum(-1), (pulled * tangents).sum((-2, -1)), atol=1e-10
    )
    dense = jacobian(encoder, inputs).matrices
    np.testing.assert_allclose(pushed, tangents.reshape(n, k, 12) @ dense.transpose(0, 2, 1))


def test_a_full_batch_is_encoded_once_and_a_small_one_is_repeated():
    matrices = RANDOM.normal(size=(6, 12)), RANDOM.normal(size=(20, 6))
    cotangents = np.broadcast_to(np.eye(20), (64, 20, 20))
    full, small = Linearized(*matrices), Linearized(*matrices)
    pull_back(full, RANDOM.normal(size=(64, 12)), cotangents)
    assert full.rows_encoded == [64]
    pull_back(small, RANDOM.normal(size=(2, 12)), cotangents[:2])
    assert len(small.rows_encoded) == 1
    assert 2 < small.rows_encoded[0] <= 40
    pushed = Linearized(*matrices)
    push_forward(pushed, RANDOM.normal(size=(64, 12)), RANDOM.normal(size=(64, 30, 12)))
    assert pushed.rows_encoded == [64]


def test_the_way_is_what_the_encoder_can_do_and_what_is_cheaper():
    wide, narrow = RANDOM.normal(size=(30, 2)), RANDOM.normal(size=(2, 30))
    assert jacobian(Both(wide), np.ones((1, 2))).way == "columns"
    assert jacobian(Both(narrow), np.ones((1, 30))).way == "rows"
    assert jacobian(Backward(wide), np.ones((1, 2))).way == "rows"
    assert jacobian(Forward(narrow), np.ones((1, 30))).way == "columns"


def test_blocks_are_those_of_the_inputs_in_order():
    encoder = Backward(RANDOM.normal(size=(3, 4)), RANDOM.normal(size=(2, 3)), batch_size=5)
    values = RANDOM.random((12, 4))
    whole = jacobian(encoder, values)
    for inputs in (values, ArrayInputs(values, (0.0, 1.0))):
        blocks = list(jacobians(encoder, inputs))
        assert [len(one.encodings) for one in blocks] == [5, 5, 2]
        for name in ("encodings", "matrices"):
            joined = np.concatenate([getattr(one, name) for one in blocks])
            np.testing.assert_array_equal(joined, getattr(whole, name))
    assert list(jacobians(encoder, ArrayInputs(values[:0], (0.0, 1.0)))) == []


def test_memory_does_not_grow_with_the_number_of_inputs():
    encoder = Both(RANDOM.normal(size=(16, 256)).astype("f4"), RANDOM.normal(size=(8, 16)))
    peaks = {}
    for n in (200, 2000):
        inputs = np.zeros((n, 256), dtype=np.float32)
        tracemalloc.start()
        sums = [one.matrices.sum() for one in jacobians(encoder, inputs)]
        peaks[n] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(sums) == -(-n // 64)
    assert peaks[2000] < 1.05 * peaks[200]
    assert peaks[200] < 8 * 64 * 8 * 256 * 4  # and a block is not copied many times


def test_one_input_may_fill_a_block():
    length = 3000
    encoder = Backward(RANDOM.normal(size=(length, length)).astype("f4"))
    blocks = jacobians(encoder, np.ones((2, length), dtype=np.float32))
    assert len(next(blocks).matrices) == 1


class Broken(Both):
    def jvp(self, inputs, tangents):
        encodings, derivatives = super().jvp(inputs, tangents)
        return encodings, derivatives[:, :-1]


SQUARE = RANDOM.normal(size=(2, 2))


@pytest.mark.parametrize(
    ("encoder", "way", "code"),
    [
        (Forward(SQUARE), "rows", "GRA010"),
        (Layers(SQUARE), "auto", "GRA010"),
        (Backward(SQUARE), "columns", "GRA017"),
        (Both(SQUARE), "diagonal", "ARG001"),
    ],
)
def test_what_the_encoder_cannot_do_is_refused(encoder, way, code):
    with pytest.raises(UsageError) as caught:
        jacobian(encoder, np.ones((1, 2)), way=way)
    assert caught.value.code == code


def test_the_remedy_for_a_missing_jvp_works():
    with pytest.raises(UsageError, match="must have a method jvp") as caught:
        push_forward(Backward(SQUARE), np.ones((1, 2)), np.ones((1, 1, 2)))
    assert "way='rows'" in caught.value.fix
    assert jacobian(Backward(SQUARE), np.ones((1, 2)), way="rows").matrices.shape == (1, 2, 2)


@pytest.mark.parametrize(
    "inputs", [np.ones(2), np.ones((0, 2)), np.ones((1, 2), dtype=int), np.ones((3, 0))]
)
def test_what_is_no_batch_is_refused(inputs):
    for product in (pull_back, push_forward):
        with pytest.raises(ShapeError, match="inputs must be floats of shape"):
            product(Both(SQUARE), inputs, np.ones((1, 1, 2)))


@pytest.mark.parametrize("shape", [(3, 2), (2, 1, 2), (3, 0, 2), (3, 1, 2, 2)])
def test_directions_of_another_shape_are_refused(shape):
    for product, name in ((pull_back, "cotangents"), (push_forward, "tangents")):
        with pytest.raises(ShapeError, match=f"{name} must have shape"):
            product(Both(SQUARE), np.ones((3, 2)), np.ones(shape))


def test_directions_of_another_length_are_refused():
    with pytest.raises(ShapeError, match="a cotangent must have the shape of the encodings"):
        pull_back(Both(SQUARE), np.ones((3, 2)), np.ones((3, 4, 5)))


def test_derivatives_of_another_shape_are_refused():
    with pytest.raises(EncodingError, match="derivatives in a direction") as caught:
        push_forward(Broken(SQUARE), np.ones((3, 2)), np.ones((3, 1, 2)))
    assert caught.value.code == "GRA012"
