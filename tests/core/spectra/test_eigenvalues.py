"""Spectra of matrices: laws, definitions, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rmqm_spec.errors import ShapeError, SubjectError
from rmqm_spec.spectra import MATCHINGS, differences, eigenvalue_conditions, spectrum

ENTRIES = st.integers(-5, 5)
SIZES = st.integers(1, 6)
LATTICE = SIZES.flatmap(lambda n: arrays(float, (2, n, n), elements=ENTRIES))
SEEDS = st.integers(0, 2**32 - 1)


def gaussian(seed, n_matrices=3, n=4):
    return np.random.default_rng(seed).normal(size=(n_matrices, n, n))


@given(LATTICE)
def test_trace_and_determinant_are_those_of_the_eigenvalues(matrices):
    found = spectrum(matrices)
    n, size = found.n, np.abs(matrices).sum(axis=(1, 2)) + 1
    assert np.all(np.abs(found.eigenvalues.sum(axis=1) - found.trace) <= 1e-9 * size)
    product = found.orientation * np.exp(found.log_volume)
    # A defective eigenvalue of multiplicity n moves by the n-th root of the rounding unit.
    assert np.all(np.abs(found.eigenvalues.prod(axis=1) - product) <= 1e-9 * size**n)
    assert np.allclose(found.arithmetic_mean * n, found.trace)
    assert np.allclose(found.geometric_mean**n, np.abs(product))


@given(LATTICE)
def test_eigenvalues_come_in_order_and_complex_ones_in_pairs(matrices):
    found = spectrum(matrices)
    moduli = np.abs(found.eigenvalues)
    assert np.all(np.diff(moduli, axis=1) <= 0)
    ties = np.diff(moduli, axis=1) == 0
    assert np.all(np.diff(np.angle(found.eigenvalues), axis=1)[ties] >= 0)
    assert np.allclose(
        np.sort_complex(found.eigenvalues), np.sort_complex(found.eigenvalues.conj()), atol=1e-12
    )
    known = found.arguments[~np.isnan(found.arguments)]
    assert np.all((known > -np.pi) & (known <= np.pi))


@given(SEEDS)
def test_a_change_of_basis_changes_nothing(seed):
    matrices = gaussian(seed)
    turn = np.linalg.qr(gaussian(seed + 1, 1)[0])[0]
    one, other = spectrum(matrices), spectrum(turn @ matrices @ turn.T)
    assert np.allclose(one.log_volume, other.log_volume, atol=1e-8)
    assert np.allclose(one.trace, other.trace)
    assert np.array_equal(one.orientation, other.orientation)
    assert differences(one, other).l1.max() < 1e-6


@given(SEEDS, st.floats(0.01, 100))
def test_a_factor_scales_the_spectrum(seed, factor):
    one, other = spectrum(gaussian(seed)), spectrum(factor * gaussian(seed))
    assert np.allclose(other.trace, factor * one.trace)
    assert np.allclose(other.log_volume, one.log_volume + 4 * np.log(factor))
    assert np.allclose(other.geometric_mean, factor * one.geometric_mean)


@given(SEEDS)
def test_volumes_multiply(seed):
    a, b = gaussian(seed), gaussian(seed + 1)
    product = spectrum(a @ b)
    assert np.allclose(product.log_volume, spectrum(a).log_volume + spectrum(b).log_volume)
    assert np.array_equal(product.orientation, spectrum(a).orientation * spectrum(b).orientation)
    # AB and BA have the same eigenvalues: the law that makes small matrices do for large ones.
    assert differences(product, spectrum(b @ a)).l1.max() < 1e-5


@given(SEEDS)
def test_the_optimal_assignment_is_never_further_apart(seed):
    one, other = spectrum(gaussian(seed)), spectrum(gaussian(seed + 1))
    assigned, ranked = (differences(one, other, matching=name) for name in MATCHINGS)
    assert np.all(assigned.l1 <= ranked.l1 + 1e-12)
    assert np.all(assigned.l2 <= assigned.l1 + 1e-12)
    assert np.all(differences(other, one).l1 - assigned.l1 < 1e-12)


def test_differences_of_known_sets():
    one, other = (spectrum(np.diag(v)[None]) for v in ([3.0, 1.0, 0.0], [0.0, 3.5, 2.0]))
    found = differences(one, other)
    assert np.allclose([found.l1[0], found.l2[0]], [1.5 / 3, np.sqrt(0.25 + 1) / 3])


def test_small_singular_and_mirrored_matrices():
    found = spectrum(np.array([np.diag([2.0, 0.05]), np.diag([1.0, 0.0]), np.diag([-3.0, 1.0])]))
    assert found.small.tolist() == [1, 1, 0]
    assert found.orientation.tolist() == [1, 0, -1]
    assert found.log_volume[1] == -np.inf
    assert found.geometric_mean[1] == 0
    assert found.reciprocal_condition.tolist() == pytest.approx([0.025, 0, 1 / 3])
    assert np.isnan(found.arguments[1, 1])
    assert found.arguments[2].tolist() == [np.pi, 0]


def test_float32_matrices_have_the_eigenvalues_that_their_condition_promises():
    exact = gaussian(11, n_matrices=200, n=20)
    rounded = exact.astype(np.float32)
    moved = differences(spectrum(exact), spectrum(rounded)).l2 * 20
    norms = np.linalg.norm(exact, axis=(1, 2))
    bound = 20 * eigenvalue_conditions(exact) * np.finfo(np.float32).eps * norms
    assert np.all(moved <= bound)
    assert np.abs(spectrum(rounded).trace - spectrum(exact).trace).max() < 1e-5


def test_conditions_of_eigenvalues():
    shear = np.array([[1.0, 1e4], [0.0, 2.0]])
    normal = np.array([[0.0, -1.0], [1.0, 0.0]])
    defective = np.array([[1.0, 1.0], [0.0, 1.0]])
    found = eigenvalue_conditions(np.array([shear, normal, defective]))
    assert found[0] == pytest.approx(np.hypot(1, 1e4))
    assert found[1] == pytest.approx(1)
    assert found[2] > 1e12
    moved = shear + np.array([[0, 0], [1e-9, 0]])
    shift = np.abs(np.linalg.eigvals(moved) - [1, 2]).max()
    assert shift == pytest.approx(1e-5, rel=0.01)  # 1e4 times the change of the entry


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 3), (2, 0, 0)])
def test_matrices_that_are_not_square_are_refused(shape):
    with pytest.raises(ShapeError, match="must be square") as caught:
        spectrum(np.ones(shape))
    assert caught.value.code == "SPC001"


def test_complex_matrices_are_refused():
    with pytest.raises(ShapeError, match="real numbers; got complex128"):
        spectrum(np.ones((1, 2, 2), dtype=complex))


def test_values_that_are_not_finite_are_refused():
    matrices = np.ones((3, 2, 2))
    matrices[1, 0, 0] = np.inf
    with pytest.raises(SubjectError, match="1 of 3, the first in row 1"):
        spectrum(matrices)


def test_spectra_of_different_inputs_have_no_differences():
    with pytest.raises(ShapeError, match=r"got \(1, 2\) and \(1, 3\)"):
        differences(spectrum(np.eye(2)[None]), spectrum(np.eye(3)[None]))
