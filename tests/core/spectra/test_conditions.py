"""What is said beside spectra: each condition where it holds, and not where it does not."""

import numpy as np
import pytest

from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.findings import explain
from rmqm_spec.spectra import autoencoder_spectra, conditions


@pytest.fixture
def told(numpy_autoencoders):
    """Return the findings about a linear autoencoder, by code; there may be one for each space."""

    def of(of_encoder, of_decoder, inputs=None, **options):
        linear = numpy_autoencoders.linear
        pair = Autoencoder(linear(of_encoder), linear(of_decoder))
        if inputs is None:
            inputs = np.random.default_rng(0).random((4, np.shape(of_encoder)[1]))
        found = {}
        for finding in conditions(autoencoder_spectra(pair, inputs), **options):
            assert explain(finding.code).title
            found.setdefault(finding.code, []).append(finding)
        return found

    return of


def test_a_good_autoencoder_has_nothing_to_warn_of(told):
    found = told(np.eye(2, 5), np.eye(5, 2), np.eye(4, 5)[:, ::-1] + np.eye(4, 5))
    assert all(finding.level == "ok" for findings in found.values() for finding in findings)
    assert set(found) == {"SPC011", "SPC012"}
    assert "at 0 of 4 inputs" in found["SPC011"][0].message


def test_a_singular_jacobian(told):
    into = np.array([[1.0, 0, 0, 0], [2.0, 0, 0, 0]])
    found = told(into, np.eye(4, 2))
    assert [finding.level for finding in found["SPC008"]] == ["warn", "warn"]
    assert "J_L (latent to latent) is singular at 4 of 4 inputs" in found["SPC008"][0].message


def test_a_jacobian_that_is_close_to_singular(told):
    scaled = np.diag([1.0, 1e-7]) @ np.eye(2, 4)
    found = told(scaled, np.eye(4, 2))
    assert "close to singular at 4 of 4 inputs" in found["SPC009"][0].message
    assert "SPC008" not in found
    assert "SPC009" not in told(scaled, np.eye(4, 2), resolution=1e-12)
    assert "SPC009" not in told(np.diag([1.0, 1e-5]) @ np.eye(2, 4), np.eye(4, 2))


def test_a_latent_that_is_larger_than_the_input(told):
    found = told(np.eye(5, 3), np.eye(3, 5))
    assert "the latent has 5 values and an input 3" in found["SPC010"][0].message
    assert found["SPC010"][0].level == "warn"


def test_complex_pairs_are_no_warning(told):
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    (finding,) = told(turn, np.eye(2))["SPC011"]
    assert finding.level == "ok"
    assert "at 4 of 4 inputs" in finding.message


def test_eigenvalues_that_are_not_sure(told):
    shear = np.array([[1.0, 1e5], [0.0, 1.5]])
    (finding,) = told(shear, np.eye(2))["SPC012"]
    assert finding.level == "warn"
    assert "median 2e+05" in finding.message
    (finding,) = told(np.diag([1.0, 2.0]), np.eye(2))["SPC012"]
    assert finding.level == "ok"


def test_a_reconstruction_in_other_units(told):
    (finding,) = told(np.eye(4), 255 * np.eye(4))["SPC013"]
    assert "at 4 of 4 inputs" in finding.message
    assert "other units" in finding.fix
    assert "SPC013" not in told(np.eye(4), 0.9 * np.eye(4))
