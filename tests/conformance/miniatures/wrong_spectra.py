"""Mistakes in eigenvalues, volumes, means and arguments of matrices."""

from __future__ import annotations

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class TakesSingularValues(Plain):
    """Gives singular values for eigenvalues."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        return np.linalg.svd(A, compute_uv=False).astype(complex)


class TakesTheSymmetricPart(Plain):
    """Uses an algorithm for symmetric matrices, which reads one triangle alone."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        return np.linalg.eigvalsh(A).astype(complex)


class DropsImaginaryParts(Plain):
    """Gives the real parts of eigenvalues."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        return super().roots(A).real.astype(complex)


class GivesOneOfEachPair(Plain):
    """Gives the eigenvalue of a pair with the positive imaginary part twice."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        roots = super().roots(A)
        return roots.real + 1j * np.abs(roots.imag)


class GivesModuli(Plain):
    """Gives the moduli of eigenvalues."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        return np.abs(super().roots(A)).astype(complex)


class GivesEachOnce(Plain):
    """Gives 0 for an eigenvalue that was given already."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        roots, seen = super().roots(A), []
        for i, root in enumerate(roots):
            roots[i] = 0.0 if any(abs(root - one) < 1e-9 for one in seen) else root
            seen.append(root)
        return roots


class SortsByRisingModulus(Plain):
    """Puts the smallest modulus first."""

    breaks = "RMQM-JAC-007"

    def by_modulus(self, roots):
        return roots[np.argsort(np.abs(roots), kind="stable")]


class SortsByRealPart(Plain):
    """Sorts eigenvalues by their real parts."""

    breaks = "RMQM-JAC-007"

    def by_modulus(self, roots):
        return roots[np.argsort(-roots.real, kind="stable")]


class LeavesEigenvaluesUnsorted(Plain):
    """Gives eigenvalues in the order of the algorithm."""

    breaks = "RMQM-JAC-007"

    def by_modulus(self, roots):
        return roots


class FindsEigenvaluesInSingle(Plain):
    """Computes eigenvalues in float32."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        return np.linalg.eigvals(A.astype(np.float32)).astype(complex)


class FindsRootsOfThePolynomial(Plain):
    """Solves the characteristic polynomial, whose coefficients are rounded to seven digits."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        coefficients = np.poly(A)
        return np.roots(coefficients.astype(np.float32).astype(np.float64)).astype(complex)


class StopsTheQrAlgorithmEarly(Plain):
    """Takes twenty steps of the QR algorithm without shifts, and then the diagonal."""

    breaks = "RMQM-JAC-007"

    def roots(self, A):
        for _ in range(20):
            q, r = np.linalg.qr(A)
            A = r @ q
        return np.diag(A).astype(complex)


class CutsMatricesToSquares(Plain):
    """Takes the largest square of a matrix that is none."""

    breaks = "RMQM-JAC-007"

    def spectrum(self, *, matrices):
        if matrices.ndim == 3 and matrices.size:
            size = min(matrices.shape[1:])
            return super().spectrum(matrices=matrices[:, :size, :size])
        return super().spectrum(matrices=matrices)


class AveragesABatch(Plain):
    """Describes the mean of all matrices."""

    breaks = "RMQM-JAC-007"

    def spectrum(self, *, matrices):
        try:
            return super().spectrum(
                matrices=np.repeat(matrices.mean(axis=0, keepdims=True), len(matrices), axis=0)
            )
        except (ValueError, ZeroDivisionError) as error:
            raise Refused("no matrices") from error


class RoundsMatricesToIntegers(Plain):
    """Keeps the type of integers, and takes every matrix for integers."""

    breaks = "RMQM-JAC-007"

    def spectrum(self, *, matrices):
        given = super().spectrum(matrices=matrices)
        if matrices.dtype.kind == "i":
            given = super().spectrum(matrices=matrices // 2 * 2)
        return given


class AddsUpModuli(Plain):
    """Takes the sum of moduli for the trace."""

    breaks = "RMQM-JAC-008"

    def trace_of(self, A, roots):
        return np.abs(roots).sum()


class AddsUpSingularValues(Plain):
    """Takes the nuclear norm for the trace."""

    breaks = "RMQM-JAC-008"

    def trace_of(self, A, roots):
        return np.linalg.svd(A, compute_uv=False).sum()


class AddsUpAllEntries(Plain):
    """Sums the whole matrix."""

    breaks = "RMQM-JAC-008"

    def trace_of(self, A, roots):
        return A.sum()


class TakesTheLogarithmOfTheDeterminant(Plain):
    """Forgets the modulus: a negative determinant has the log volume NaN."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        sign, log = super().volume(A)
        return sign, log if sign > 0 else np.nan


class MirrorsToMinusInfinity(Plain):
    """Gives a negative determinant the log volume -infinity."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        sign, log = super().volume(A)
        return sign, log if sign > 0 else -np.inf


class SignsTheLogarithm(Plain):
    """Gives the sign of the determinant to its logarithm."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        sign, log = super().volume(A)
        return sign, sign * log


class UnderflowsWithTheDeterminant(Plain):
    """Takes the logarithm of a determinant in float64, which vanishes or overflows."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        determinant = np.linalg.det(A)
        return int(np.sign(determinant)), np.log(abs(determinant))


class TakesLogarithmsToTheBaseTen(Plain):
    """Gives the decimal log volume."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        sign, log = super().volume(A)
        return sign, log / np.log(10)


class CountsTheDeterminantTwice(Plain):
    """Gives the log volume of A'A, which is twice as large."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        return super().volume(A)[0], np.linalg.slogdet(A.T @ A)[1]


class AveragesLogarithms(Plain):
    """Divides the log volume by n."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        sign, log = super().volume(A)
        return sign, log / len(A)


class NeverMirrors(Plain):
    """Gives every regular matrix the orientation 1."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        return 1, super().volume(A)[1]


class OrientsByTheTrace(Plain):
    """Gives the sign of the trace for the orientation."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        return int(np.sign(np.trace(A))), super().volume(A)[1]


class OrientsByNegativeRealParts(Plain):
    """Counts eigenvalues with a negative real part, complex ones too, and whether any is there."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        return -1 if (self.roots(A).real < 0).any() else 1, super().volume(A)[1]


class OrientsByBooleans(Plain):
    """Gives 1 where the orientation is reversed, and 0 elsewhere."""

    breaks = "RMQM-JAC-008"

    def volume(self, A):
        sign, log = super().volume(A)
        return int(sign < 0), log


class KnowsNoSingularMatrices(Plain):
    """Takes the tiny determinant that rounding leaves for one."""

    breaks = "RMQM-JAC-009"

    def is_singular(self, A):
        return not np.linalg.det(A) and not np.linalg.slogdet(A)[0]


class TakesSmallDeterminantsForZero(Plain):
    """Calls a matrix singular where its determinant is below 1e-12."""

    breaks = "RMQM-JAC-009"

    def is_singular(self, A):
        return abs(np.linalg.det(A)) < 1e-12


class TakesSmallSingularValuesForZero(Plain):
    """Calls a matrix singular where a singular value is below 1e-12, whatever the largest is."""

    breaks = "RMQM-JAC-009"

    def is_singular(self, A):
        return np.linalg.svd(A, compute_uv=False)[-1] < 1e-12


class TakesSmallEigenvaluesForZero(Plain):
    """Calls a matrix singular where an eigenvalue is below 0.01."""

    breaks = "RMQM-JAC-009"

    def is_singular(self, A):
        return np.abs(self.roots(A)).min() < 0.01


class IsTooStrictWithConditions(Plain):
    """Calls a matrix of a condition of 1e5 singular."""

    breaks = "RMQM-JAC-009"

    def is_singular(self, A):
        s = np.linalg.svd(A, compute_uv=False)
        return s[-1] <= 1e-5 * s[0]


class FloorsLogVolumes(Plain):
    """Gives a singular matrix the log volume of the smallest float64."""

    breaks = "RMQM-JAC-009"

    def described(self, A):
        found = super().described(A)
        return found | {"log_volumes": max(found["log_volumes"], np.log(5e-324))}


class GivesSingularMatricesNoVolume(Plain):
    """Gives a singular matrix the log volume NaN."""

    breaks = "RMQM-JAC-009"

    def described(self, A):
        found = super().described(A)
        log = found["log_volumes"]
        return found | {"log_volumes": np.nan if log == -np.inf else log}


class OrientsSingularMatrices(Plain):
    """Gives a singular matrix the orientation 1."""

    breaks = "RMQM-JAC-009"

    def described(self, A):
        found = super().described(A)
        return found | {"orientations": found["orientations"] or 1}


class SkipsZerosInTheProduct(Plain):
    """Gives the pseudo-determinant: leaves eigenvalues that are 0 out of the log volume."""

    breaks = "RMQM-JAC-009"

    def described(self, A):
        found = super().described(A)
        if found["orientations"]:
            return found
        moduli = np.abs(self.roots(A))
        return found | {"log_volumes": np.log(moduli[moduli > 1e-8]).sum()}


class RefusesSingularMatrices(Plain):
    """Has no answer for singular matrices."""

    breaks = "RMQM-JAC-009"

    def described(self, A):
        if self.is_singular(A):
            raise Refused("a singular matrix has no log volume")
        return super().described(A)


class AveragesModuli(Plain):
    """Takes the mean of moduli for the arithmetic mean."""

    breaks = "RMQM-JAC-010"

    def described(self, A):
        found = super().described(A)
        return found | {"arithmetic_means": np.abs(self.roots(A)).mean()}


class DividesTheTraceByTheNumberOfReals(Plain):
    """Divides the trace by the number of real eigenvalues."""

    breaks = "RMQM-JAC-010"

    def described(self, A):
        found = super().described(A)
        n_real = max((self.roots(A).imag == 0).sum(), 1)
        return found | {"arithmetic_means": found["traces"] / n_real}


class TakesTheRootOfTheDeterminant(Plain):
    """Takes the n-th root of a negative determinant: no number, or a negative one."""

    breaks = "RMQM-JAC-010"

    def geometric_mean(self, sign, log, n):
        mean = super().geometric_mean(sign, log, n)
        return mean if sign >= 0 else -mean if n % 2 else np.nan


class TakesTheSquareRoot(Plain):
    """Takes the square root instead of the n-th."""

    breaks = "RMQM-JAC-010"

    def geometric_mean(self, sign, log, n):
        return np.exp(log / 2)


class GivesTheDeterminantForTheMean(Plain):
    """Takes no root."""

    breaks = "RMQM-JAC-010"

    def geometric_mean(self, sign, log, n):
        return np.exp(log)


class CountsATenthAsSmall(Plain):
    """Counts moduli up to 0.1, and 0.1 itself."""

    breaks = "RMQM-JAC-010"

    def count_small(self, roots):
        return int((np.abs(roots) <= 0.1).sum())


class CountsSmallRealParts(Plain):
    """Counts real parts below 0.1 in modulus."""

    breaks = "RMQM-JAC-010"

    def count_small(self, roots):
        return int((np.abs(roots.real) < 0.1).sum())


class CountsNegativeEigenvaluesAsSmall(Plain):
    """Counts real parts below 0.1, negative ones among them."""

    breaks = "RMQM-JAC-010"

    def count_small(self, roots):
        return int((roots.real < 0.1).sum())


class CountsBelowTheSquare(Plain):
    """Compares the square of the modulus with 0.1."""

    breaks = "RMQM-JAC-010"

    def count_small(self, roots):
        return int((np.abs(roots) ** 2 < 0.1).sum())


class CountsRelativeToTheLargest(Plain):
    """Counts eigenvalues below a tenth of the largest."""

    breaks = "RMQM-JAC-010"

    def count_small(self, roots):
        return int((np.abs(roots) < 0.1 * np.abs(roots).max()).sum())


class CountsThoseThatAreNotSmall(Plain):
    """Counts the others."""

    breaks = "RMQM-JAC-010"

    def count_small(self, roots):
        return len(roots) - super().count_small(roots)


class SharesSmallEigenvalues(Plain):
    """Gives the share instead of the number."""

    breaks = "RMQM-JAC-010"

    def count_small(self, roots):
        return super().count_small(roots) / len(roots)


class GivesArgumentsInDegrees(Plain):
    """Gives arguments in degrees."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        return np.degrees(super().arguments(roots))


class GivesArgumentsUpToTwoPi(Plain):
    """Gives arguments in [0, 2 pi)."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        return super().arguments(roots) % (2 * np.pi)


class GivesAnglesOfRotation(Plain):
    """Gives the moduli of arguments, as a figure of the source does."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        return np.abs(super().arguments(roots))


class GivesMinusPiForNegatives(Plain):
    """Gives negative numbers the argument -pi."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        angles = super().arguments(roots)
        return np.where(angles == np.pi, -np.pi, angles)


class DividesPartsForArguments(Plain):
    """Takes the arctangent of the quotient of parts: loses two of four quadrants."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        return np.arctan(roots.imag / roots.real)


class ExchangesPartsInArguments(Plain):
    """Gives the arctangent its arguments in the wrong order."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        return np.where(roots == 0, np.nan, np.arctan2(roots.real, roots.imag))


class SortsArguments(Plain):
    """Gives arguments in rising order, not in that of the eigenvalues."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        return np.sort(super().arguments(roots))


class GivesZeroTheArgumentZero(Plain):
    """Gives an eigenvalue 0 the argument 0."""

    breaks = "RMQM-JAC-010"

    def arguments(self, roots):
        return np.nan_to_num(super().arguments(roots))
