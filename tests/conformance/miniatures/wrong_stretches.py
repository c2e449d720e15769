"""Mistakes in singular values of encoders, and in what is said of them."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class ForgetsTheUnitEncoding(Plain):
    """Takes the Jacobian of the encoding as it is."""

    breaks = "RMQM-JAC-011"

    def unit_jacobian(self, z, J):
        super().unit_jacobian(z, J)
        return J


class DividesByTheLengthAlone(Plain):
    """Divides by the norm, and does not project."""

    breaks = "RMQM-JAC-011"

    def unit_jacobian(self, z, J):
        super().unit_jacobian(z, J)
        return J / np.linalg.norm(z)


class ProjectsWithoutDividing(Plain):
    """Projects, and does not divide by the norm."""

    breaks = "RMQM-JAC-011"

    def unit_jacobian(self, z, J):
        return super().unit_jacobian(z, J) * np.linalg.norm(z)


class ProjectsTheWrongSide(Plain):
    """Projects along the input where it has as many values as the encoding."""

    breaks = "RMQM-JAC-011"

    def unit_jacobian(self, z, J):
        right = super().unit_jacobian(z, J)
        if J.shape[0] != J.shape[1]:
            return right
        u = z / np.linalg.norm(z)
        return (J - np.outer(J @ u, u)) / np.linalg.norm(z)


class DividesBySquaredLengths(Plain):
    """Divides by the squared norm."""

    breaks = "RMQM-JAC-011"

    def unit_jacobian(self, z, J):
        return super().unit_jacobian(z, J) / np.linalg.norm(z)


class NormalisesByTheLargestValue(Plain):
    """Divides encodings by their largest value."""

    breaks = "RMQM-JAC-011"

    def unit_jacobian(self, z, J):
        right = super().unit_jacobian(z, J)
        return right * np.linalg.norm(z) / np.abs(z).max()


class GivesTheMissingDimension(Plain):
    """Gives as many singular values as the encoding has, the 0 of the sphere for the last."""

    breaks = "RMQM-JAC-011"

    def singular_values(self, z, J):
        found = super().singular_values(z, J)
        if len(z) - 1 > J.shape[1] or len(found) < 2:
            return found
        return np.append(found[:-1], 0.0)


class SquaresSingularValues(Plain):
    """Gives eigenvalues of J'J."""

    breaks = "RMQM-JAC-011"

    def singular_values(self, z, J):
        return super().singular_values(z, J) ** 2


class SortsStretchesUpwards(Plain):
    """Gives the smallest singular value first."""

    breaks = "RMQM-JAC-011"

    def singular_values(self, z, J):
        return super().singular_values(z, J)[::-1]


class StretchesInSingle(Plain):
    """Computes singular values in float32."""

    breaks = "RMQM-JAC-011"

    def unit_jacobian(self, z, J):
        return super().unit_jacobian(z, J).astype(np.float32)


class EncodesTheOrigin(Plain):
    """Takes an encoding of norm zero for one of norm 1."""

    breaks = "RMQM-JAC-011"

    def with_jacobian(self, layers, x):
        z, J = super().with_jacobian(layers, x)
        return (z if z.any() else np.eye(len(z))[0]), J


class MeasuresTheFirstInputAlone(Plain):
    """Gives every input of a batch the singular values of the first."""

    breaks = "RMQM-JAC-011"

    def encoder_spectrum(self, *, encoder, inputs):
        found = super().encoder_spectrum(encoder=encoder, inputs=inputs)
        return {key: np.repeat(value[:1], len(value), axis=0) for key, value in found.items()}


class RefusesSingleValues(Plain):
    """Refuses encodings of a single value."""

    breaks = "RMQM-JAC-011"

    def encoder_spectrum(self, *, encoder, inputs):
        if len(encoder[-1]["bias"]) == 1:
            raise Refused("an encoding of a single value has no direction")
        return super().encoder_spectrum(encoder=encoder, inputs=inputs)


class TakesTheSpectralNorm(Plain):
    """Gives the largest singular value for the norm."""

    breaks = "RMQM-JAC-012"

    def frobenius(self, s):
        return s[0]


class SumsForTheNorm(Plain):
    """Gives the sum of singular values for the norm."""

    breaks = "RMQM-JAC-012"

    def frobenius(self, s):
        return s.sum()


class SquaresTheNorm(Plain):
    """Forgets the root of the norm."""

    breaks = "RMQM-JAC-012"

    def frobenius(self, s):
        return (s**2).sum()


class AveragesTheNorm(Plain):
    """Divides squares by their number."""

    breaks = "RMQM-JAC-012"

    def frobenius(self, s):
        return super().frobenius(s) / math.sqrt(len(s))


class TakesSharesOfSquares(Plain):
    """Takes the entropy of squared singular values."""

    breaks = "RMQM-JAC-012"

    def shares_of(self, s):
        return s**2 / (s**2).sum()


class TakesTheEntropyToTheBaseTwo(Plain):
    """Takes binary logarithms of shares, and e to that."""

    breaks = "RMQM-JAC-012"

    def effective_rank(self, s):
        return super().effective_rank(s) ** (1 / math.log(2))


class GivesTheEntropyForTheRank(Plain):
    """Forgets the exponential."""

    breaks = "RMQM-JAC-012"

    def effective_rank(self, s):
        return math.log(super().effective_rank(s))


class CountsForTheRank(Plain):
    """Counts singular values above 1e-10."""

    breaks = "RMQM-JAC-012"

    def effective_rank(self, s):
        return float((s > 1e-10).sum())


class DividesTheRank(Plain):
    """Gives the rank as a share of the dimensions."""

    breaks = "RMQM-JAC-012"

    def effective_rank(self, s):
        return super().effective_rank(s) / len(s)


class TakesParticipationForTheRank(Plain):
    """Gives the participation ratio."""

    breaks = "RMQM-JAC-012"

    def effective_rank(self, s):
        return float(s.sum() ** 2 / (s**2).sum())


class TakesNaturalConditions(Plain):
    """Takes the natural logarithm of the condition."""

    breaks = "RMQM-JAC-012"

    def decimal_condition(self, s):
        return math.log(s[0] / s[-1])


class TakesNoLogarithmOfConditions(Plain):
    """Gives the quotient itself."""

    breaks = "RMQM-JAC-012"

    def decimal_condition(self, s):
        return s[0] / s[-1]


class TurnsTheCondition(Plain):
    """Divides the last by the first."""

    breaks = "RMQM-JAC-012"

    def decimal_condition(self, s):
        return -super().decimal_condition(s)


class SumsLogarithms(Plain):
    """Adds up logarithms instead of averaging them."""

    breaks = "RMQM-JAC-012"

    def mean_log(self, s):
        return np.log(s).sum()


class TakesDecimalVolumes(Plain):
    """Takes decimal logarithms of singular values."""

    breaks = "RMQM-JAC-012"

    def mean_log(self, s):
        return np.log10(s).mean()


class TakesTheLogarithmOfTheMean(Plain):
    """Takes the logarithm of the mean singular value."""

    breaks = "RMQM-JAC-012"

    def mean_log(self, s):
        return np.log(s.mean())


class MeasuresTheMetricItself(Plain):
    """Gives the log volume of J'J, twice as large."""

    breaks = "RMQM-JAC-012"

    def mean_log(self, s):
        return 2 * super().mean_log(s)


class KnowsNoRounding(Plain):
    """Takes singular values that are rounding for what they are."""

    breaks = "RMQM-JAC-012"

    def limit(self, z, J):
        return 0.0


class SkipsWhatIsZero(Plain):
    """Leaves singular values of 0 out of condition and volume."""

    breaks = "RMQM-JAC-012"

    def measures(self, s):
        return super().measures(s[s > 0]) if s.any() else super().measures(s)


class SetsALimitOfOnePerMille(Plain):
    """Takes singular values up to a thousandth of the first for rounding."""

    breaks = "RMQM-JAC-012"

    def limit(self, z, J):
        return 1e-3 * np.linalg.norm(J) / np.linalg.norm(z)


class GivesStillEncodersARank(Plain):
    """Gives an encoder that does not move the rank 0, and the condition 0."""

    breaks = "RMQM-JAC-012"

    def measures(self, s):
        if len(s) and not s.any():
            return 0.0, 0.0, 0.0, -np.inf
        return super().measures(s)


class GivesSingleValuesAVolume(Plain):
    """Gives an encoding of a single value the rank 1, and a volume of 0."""

    breaks = "RMQM-JAC-012"

    def measures(self, s):
        return super().measures(s) if len(s) else (0.0, 1.0, 0.0, 0.0)
