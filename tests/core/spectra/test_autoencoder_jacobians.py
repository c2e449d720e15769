"""Jacobians of autoencoders: closed forms, 50 digits, laws, memory, and what is refused."""

import mpmath
import numpy as np
import pytest

from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.errors import SubjectError, UsageError
from rmqm_spec.jacobians import autoencoder_jacobians, blocks_of_jacobians
from rmqm_spec.spectra import autoencoder_spectra, spectrum


def relative(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


def test_a_linear_autoencoder_has_the_eigenvalues_of_the_product_of_its_weights(
    numpy_autoencoders,
):
    rng = np.random.default_rng(1)
    of_encoder, of_decoder = rng.normal(size=(3, 6)), rng.normal(size=(6, 3))
    linear = numpy_autoencoders.linear
    found = autoencoder_jacobians(
        Autoencoder(linear(of_encoder), linear(of_decoder)), rng.random((4, 2, 3))
    )
    for matrices in (found.latent, found.input):
        assert np.allclose(matrices, of_encoder @ of_decoder, rtol=1e-13)
    whole = np.linalg.eigvals(of_decoder @ of_encoder)
    nonzero = sorted(whole, key=abs)[3:]
    assert np.allclose(
        np.sort_complex(spectrum(found.input).eigenvalues[0]), np.sort_complex(nonzero)
    )


def test_the_two_jacobians_are_products_of_those_of_encoder_and_decoder(numpy_autoencoders):
    pair = numpy_autoencoders.random_pair()
    inputs = np.random.default_rng(2).random((5, 7))
    found = autoencoder_jacobians(pair, inputs)
    for k, x in enumerate(inputs):
        z = pair.encoder.encode(x[None])
        decoded = pair.decoder.jacobian(z)
        again = pair.encoder.jacobian(pair.decoder.encode(z))
        assert relative(found.latent[k], again @ decoded) < 1e-13
        assert relative(found.input[k], pair.encoder.jacobian(x) @ decoded) < 1e-13
        assert np.allclose(found.latents[k], z[0])
        assert np.allclose(found.reconstructions[k], pair.decoder.encode(z)[0])


def test_a_layer_of_tanh_has_the_eigenvalues_of_50_digits(numpy_autoencoders):
    rng = np.random.default_rng(3)
    into, out = rng.normal(size=(3, 5)), rng.normal(size=(5, 3))
    before, behind = rng.normal(size=3), rng.normal(size=5)
    x = rng.random(5)
    layers = numpy_autoencoders.Layers
    found = spectrum(
        autoencoder_jacobians(
            Autoencoder(layers([into], [before]), layers([out], [behind])), x[None]
        ).latent
    )
    with mpmath.workdps(50):

        def layer(weights, bias, values):
            values = mpmath.matrix(weights) * values + mpmath.matrix(bias)
            result = values.apply(mpmath.tanh)
            slopes = mpmath.diag([1 - value**2 for value in result])
            return result, slopes * mpmath.matrix(weights)

        z, _ = layer(into, before, mpmath.matrix(x))
        decoded, of_decoder = layer(out, behind, z)
        _, of_encoder = layer(into, before, decoded)
        product = of_encoder * of_decoder
        exact = sorted((complex(e) for e in mpmath.eig(product, right=False)), key=abs)[::-1]
        log_volume = float(mpmath.log(abs(mpmath.det(product))))
        trace = float(sum(product[k, k] for k in range(3)))
    assert np.allclose(np.sort_complex(found.eigenvalues[0]), np.sort_complex(exact), rtol=1e-12)
    assert abs(found.log_volume[0] - log_volume) < 1e-12
    assert abs(found.trace[0] - trace) < 1e-13


def test_a_larger_latent_gives_the_jacobian_of_the_input_itself(numpy_autoencoders):
    pair = numpy_autoencoders.random_pair(d=3, n=5)
    inputs = np.random.default_rng(4).random((4, 3))
    found = autoencoder_jacobians(pair, inputs)
    assert found.latent.shape == (4, 5, 5)
    assert found.input.shape == (4, 3, 3)
    for k, x in enumerate(inputs):
        decoded = pair.decoder.jacobian(pair.encoder.encode(x[None]))
        assert relative(found.input[k], decoded @ pair.encoder.jacobian(x)) < 1e-13
    assert (spectrum(found.latent).reciprocal_condition < 1e-14).all()
    assert autoencoder_spectra(pair, inputs).differences is None


def test_an_invertible_map_of_the_latent_changes_no_eigenvalue(numpy_autoencoders):
    pair = numpy_autoencoders.random_pair()
    rng = np.random.default_rng(5)
    map_, inputs = rng.normal(size=(3, 3)) + 2 * np.eye(3), rng.random((6, 7))

    class Mapped:
        def __init__(self, inner, before, behind):
            self.inner, self.before, self.behind = inner, before, behind

        def encode(self, values):
            return self.vjp(values)[0]

        def vjp(self, values):
            found, back = self.inner.vjp(values @ self.before.T)
            return found @ self.behind.T, lambda ct: back(ct @ self.behind) @ self.before

    mapped = Autoencoder(
        Mapped(pair.encoder, np.eye(7), map_),
        Mapped(pair.decoder, np.linalg.inv(map_), np.eye(7)),
    )
    for name in ("latent", "input"):
        one = spectrum(getattr(autoencoder_jacobians(pair, inputs), name))
        other = spectrum(getattr(autoencoder_jacobians(mapped, inputs), name))
        assert np.allclose(one.log_volume, other.log_volume, atol=1e-11)
        assert np.allclose(one.trace, other.trace, atol=1e-12)
        assert np.allclose(one.eigenvalues, other.eigenvalues, atol=1e-10)


def test_both_jacobians_agree_where_the_autoencoder_is_perfect(numpy_autoencoders):
    """On the plane that a linear autoencoder projects to, D(E(x)) = x."""
    basis = np.linalg.qr(np.random.default_rng(6).normal(size=(8, 3)))[0]
    linear = numpy_autoencoders.linear
    perfect = Autoencoder(linear(basis.T), linear(basis))
    on_plane = np.random.default_rng(7).random((5, 3)) @ basis.T
    found = autoencoder_spectra(perfect, on_plane)
    assert found.mse.max() < 1e-28
    assert np.allclose(found.latent.eigenvalues, 1)
    assert found.differences.l1.max() < 1e-12
    curved = numpy_autoencoders.random_pair()
    assert autoencoder_spectra(curved, np.ones((1, 7))).differences.l1[0] > 1e-3


def test_blocks_are_the_whole_and_their_size_does_not_grow(numpy_autoencoders):
    pair = numpy_autoencoders.random_pair(batch_size=4)
    inputs = np.random.default_rng(8).random((11, 7))
    whole = autoencoder_jacobians(pair, inputs)
    blocks = list(blocks_of_jacobians(pair, inputs))
    assert [len(block.latents) for block in blocks] == [4, 4, 3]
    assert np.array_equal(np.concatenate([block.latent for block in blocks]), whole.latent)
    assert np.array_equal(np.concatenate([block.input for block in blocks]), whole.input)
    assert max(pair.encoder.calls) <= 11
    seen = []
    autoencoder_spectra(pair, inputs, progress=seen.append)
    assert seen == [4, 8, 11]


def test_no_matrix_of_the_size_of_the_input_is_made(numpy_autoencoders):
    import tracemalloc

    d, n = 20_000, 2
    pair = numpy_autoencoders.random_pair(d=d, n=n, hidden=3)
    inputs = np.random.default_rng(9).random((1, d))
    tracemalloc.start()
    autoencoder_jacobians(pair, inputs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * d * 60  # the whole matrix would have d = 20,000 such rows


def test_a_decoder_of_another_size_is_refused(numpy_autoencoders):
    pair = Autoencoder(
        numpy_autoencoders.random_pair(d=7).encoder, numpy_autoencoders.random_pair(d=6).decoder
    )
    with pytest.raises(SubjectError, match=r"values as an input of .*, 7; got 6") as caught:
        autoencoder_jacobians(pair, np.ones((2, 7)))
    assert caught.value.code == "SPC003"


@pytest.mark.parametrize("block_bytes", [1, 2**26])
def test_values_that_are_not_finite_are_refused_by_input(
    block_bytes, numpy_autoencoders, monkeypatch
):
    monkeypatch.setattr("rmqm_spec.jacobians.autoencoder._BLOCK_BYTES", block_bytes)
    bad = numpy_autoencoders.linear(np.ones((2, 3)))
    bad.slope = lambda y: np.where(y > 3, np.nan, 1.0)
    pair = Autoencoder(bad, numpy_autoencoders.linear(np.ones((3, 2)) / 6))
    inputs = np.array([[0.1, 0.1, 0.1], [2.0, 2.0, 2.0]])
    with pytest.raises(SubjectError, match=r"that are not at input 1$") as caught:
        list(blocks_of_jacobians(pair, inputs))
    assert caught.value.code == "SPC002"


def test_no_input_is_refused(numpy_autoencoders):
    with pytest.raises(UsageError, match="got none"):
        autoencoder_spectra(numpy_autoencoders.random_pair(), np.ones((0, 7)))
