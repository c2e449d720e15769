"""Mistakes in regressions of errors on log volumes and traces."""

from __future__ import annotations

import numpy as np
from scipy import special

from .plain import Plain
from .plain_inputs import Refused


class DividesBySampleDeviations(Plain):
    """Standardises with the divisor N - 1 for errors, and N for values."""

    breaks = "RMQM-JAC-013"

    def standard_errors(self, errors, kept, reading):
        n = len(errors) if reading == "dropped" else kept.sum()
        return super().standard_errors(errors, kept, reading) * np.sqrt((n - 1) / n)


class DividesValuesBySampleDeviations(Plain):
    """Standardises values with the divisor N - 1, and errors with N."""

    breaks = "RMQM-JAC-013"

    def standard_values(self, values, kept, test):
        n = kept.sum()
        return super().standard_values(values, kept, test) * np.sqrt((n - 1) / n)


class StandardisesTheIndicator(Plain):
    """Standardises the indicator, too."""

    breaks = "RMQM-JAC-013"

    def indicator(self, test):
        return (test - test.mean()) / test.std()


class CentresTheIndicator(Plain):
    """Subtracts its mean from the indicator."""

    breaks = "RMQM-JAC-013"

    def indicator(self, test):
        return test - test.mean()


class IndicatesTraining(Plain):
    """Sets the indicator for training points."""

    breaks = "RMQM-JAC-013"

    def indicator(self, test):
        return 1.0 - test


class CodesTheIndicatorBySigns(Plain):
    """Codes test as 1 and training as -1."""

    breaks = "RMQM-JAC-013"

    def indicator(self, test):
        return 2.0 * test - 1


class LeavesErrorsAsTheyAre(Plain):
    """Does not standardise errors."""

    breaks = "RMQM-JAC-013"

    def standard_errors(self, errors, kept, reading):
        super().standard_errors(errors, kept, reading)
        return errors[kept]


class LeavesValuesAsTheyAre(Plain):
    """Does not standardise values."""

    breaks = "RMQM-JAC-013"

    def standard_values(self, values, kept, test):
        super().standard_values(values, kept, test)
        return values[kept]


class CentresOnly(Plain):
    """Subtracts means, and does not divide."""

    breaks = "RMQM-JAC-013"

    def deviation(self, values):
        return 1.0


class DividesByRanges(Plain):
    """Divides by the range."""

    breaks = "RMQM-JAC-013"

    def deviation(self, values):
        return np.ptp(values)


class StandardisesEachSet(Plain):
    """Standardises training and test by themselves."""

    breaks = "RMQM-JAC-013"

    def standard_values(self, values, kept, test):
        x = super().standard_values(values, kept, test)
        for part in (test[kept], ~test[kept]):
            x[part] = (x[part] - x[part].mean()) / x[part].std()
        return x


class StandardisesByTraining(Plain):
    """Takes mean and deviation of the training points alone."""

    breaks = "RMQM-JAC-013"

    def standard_values(self, values, kept, test):
        x = super().standard_values(values, kept, test)
        train = x[~test[kept]]
        return (x - train.mean()) / train.std()


class LeavesOutTheInteraction(Plain):
    """Fits a common slope."""

    breaks = "RMQM-JAC-013"

    def fitted(self, y, x, test):
        found = super().fitted(y, x, test)
        X = np.stack([np.ones(len(x)), x, test], axis=1)
        b = np.append(np.linalg.lstsq(X, y, rcond=None)[0], 0.0)
        return found | {"coefficients": b, "test_slope": float(b[1])}


class LeavesOutTheIntercept(Plain):
    """Fits without an intercept, because everything is standardised."""

    breaks = "RMQM-JAC-013"

    def fitted(self, y, x, test):
        found = super().fitted(y, x, test)
        X = np.stack([x, test, test * x], axis=1)
        b = np.insert(np.linalg.lstsq(X, y, rcond=None)[0], 0, 0.0)
        return found | {"coefficients": b, "test_slope": float(b[1] + b[3])}


class FitsLeastAbsoluteDeviations(Plain):
    """Weights points by their residuals once, on the way to least absolute deviations."""

    breaks = "RMQM-JAC-013"

    def fitted(self, y, x, test):
        found = super().fitted(y, x, test)
        X = np.stack([np.ones(len(x)), x, test, test * x], axis=1)
        weights = 1 / np.sqrt(np.abs(y - X @ found["coefficients"]) + 0.1)
        b = np.linalg.lstsq(X * weights[:, None], y * weights, rcond=None)[0]
        return found | {"coefficients": b, "test_slope": float(b[1] + b[3])}


class ShrinksCoefficients(Plain):
    """Adds a ridge of 0.001."""

    breaks = "RMQM-JAC-013"

    def fitted(self, y, x, test):
        found = super().fitted(y, x, test)
        X = np.stack([np.ones(len(x)), x, test, test * x], axis=1)
        b = np.linalg.solve(X.T @ X + 1e-3 * np.eye(4), X.T @ y)
        return found | {"coefficients": b, "test_slope": float(b[1] + b[3])}


class FitsInSingle(Plain):
    """Standardises in float32."""

    breaks = "RMQM-JAC-013"

    def standardised(self, values):
        return super().standardised(values).astype(np.float32).astype(np.float64)


class CountsPointsThatLeft(Plain):
    """Gives the numbers of points before any left."""

    breaks = "RMQM-JAC-013"

    def spectrum_regression(self, **asked):
        found = super().spectrum_regression(**asked)
        sizes = {f"n_{name}": len(asked[f"{name}_errors"]) for name in ("train", "test")}
        return found | sizes


class DependsOnTheOrderOfPoints(Plain):
    """Leaves the last point of training out of the fit."""

    breaks = "RMQM-JAC-013"

    def fitted(self, y, x, test):
        used = np.ones(len(y), bool)
        used[(~test).sum() - 1] = (~test).sum() < 6
        found = super().fitted(y[used], x[used], test[used])
        return found | {"n_train": int((~test).sum())}


class LogsErrors(Plain):
    """Takes the logarithm of errors before it standardises them."""

    breaks = "RMQM-JAC-013"

    def standard_errors(self, errors, kept, reading):
        return super().standard_errors(np.log(np.abs(errors) + 1e-300), kept, reading)


class RegressesOnModuli(Plain):
    """Takes the modulus of values."""

    breaks = "RMQM-JAC-013"

    def standard_values(self, values, kept, test):
        return super().standard_values(np.abs(values), kept, test)


class DropsBeforeStandardising(Plain):
    """Under `dropped`, standardises errors over the points that stay."""

    breaks = "RMQM-JAC-014"

    def standard_errors(self, errors, kept, reading):
        return self.standardised(errors[kept])


class DropsAfterStandardisingValues(Plain):
    """Under `dropped`, standardises values over all points that have one."""

    breaks = "RMQM-JAC-014"

    def spectrum_regression(self, *, reading, **sets):
        self.reading = reading
        return super().spectrum_regression(reading=reading, **sets)

    def standard_values(self, values, kept, test):
        x = super().standard_values(values, kept, test)
        every = values[np.isfinite(values)]
        return (values[kept] - every.mean()) / every.std() if self.reading == "dropped" else x


class StandardisesOverSingularPoints(Plain):
    """Under `absolute`, standardises errors over singular points, too."""

    breaks = "RMQM-JAC-014"

    def standard_errors(self, errors, kept, reading):
        return self.standardised(errors)[kept]


class KeepsMirroredPoints(Plain):
    """Keeps points of negative orientation under either reading."""

    breaks = "RMQM-JAC-014"

    def points_kept(self, signs, reading):
        return signs != 0


class DropsMirroredPoints(Plain):
    """Drops points of negative orientation under either reading."""

    breaks = "RMQM-JAC-014"

    def points_kept(self, signs, reading):
        return signs > 0


class KeepsMirroredPointsAlone(Plain):
    """Drops points of positive orientation of the test set instead of the negative ones."""

    breaks = "RMQM-JAC-014"

    def points_kept(self, signs, reading):
        kept = super().points_kept(signs, reading)
        if reading == "dropped" and (signs < 0).any():
            kept = kept | ((signs < 0) & (np.arange(len(signs)) % 2 == 0))
        return kept


class SignsMirroredVolumes(Plain):
    """Under `absolute`, gives mirrored points the log volume with the other sign."""

    breaks = "RMQM-JAC-014"

    def pooled(self, **sets):
        errors, values, signs, test = super().pooled(**sets)
        return errors, np.where(signs < 0, -values, values), signs, test


class DropsTracesOfMirroredPoints(Plain):
    """Under `dropped`, drops points with a negative trace."""

    breaks = "RMQM-JAC-014"

    def pooled(self, **sets):
        errors, values, signs, test = super().pooled(**sets)
        if sets["train_orientations"] is None:
            signs = np.where(values < 0, -1.0, 1.0)
        return errors, values, signs, test


class TakesOtherReadingsForAbsolute(Plain):
    """Takes a reading of another name for `absolute`."""

    breaks = "RMQM-JAC-014"

    def spectrum_regression(self, *, reading, **sets):
        known = reading if reading == "dropped" else "absolute"
        return super().spectrum_regression(reading=known, **sets)


class GivesTheDifferenceOfSlopes(Plain):
    """Gives b3 for the test slope."""

    breaks = "RMQM-JAC-015"

    def test_slope(self, b):
        return float(b[3])


class GivesTheTrainingSlope(Plain):
    """Gives b1 for the test slope."""

    breaks = "RMQM-JAC-015"

    def test_slope(self, b):
        return float(b[1])


class AddsTheWrongCoefficient(Plain):
    """Adds b2, the level of the test points."""

    breaks = "RMQM-JAC-015"

    def test_slope(self, b):
        return float(b[1] + b[2])


class AssumesEqualSpread(Plain):
    """Takes the covariance of errors of equal variance."""

    breaks = "RMQM-JAC-015"

    def covariance(self, X, inverse, residuals):
        return inverse * (residuals**2).sum() / (len(X) - 4)


class CorrectsWithoutLeverages(Plain):
    """Takes HC0, White's estimator without a correction."""

    breaks = "RMQM-JAC-015"

    def leverages(self, X, inverse):
        return np.zeros(len(X))


class CorrectsByDegrees(Plain):
    """Takes HC1: a factor of N / (N - 4)."""

    breaks = "RMQM-JAC-015"

    def covariance(self, X, inverse, residuals):
        scaled = X * residuals[:, None]
        return inverse @ (scaled.T @ scaled) @ inverse * len(X) / (len(X) - 4)


class CorrectsByTheRoot(Plain):
    """Takes HC2: divides squared residuals by 1 - h once."""

    breaks = "RMQM-JAC-015"

    def covariance(self, X, inverse, residuals):
        scaled = X * (residuals / np.sqrt(1 - self.leverages(X, inverse)))[:, None]
        return inverse @ (scaled.T @ scaled) @ inverse


class TakesTheNormalQuantile(Plain):
    """Takes 1.96 for the quantile of Student's t."""

    breaks = "RMQM-JAC-015"

    def student(self, degrees):
        return special.ndtri(0.975)


class TakesNinetyPercent(Plain):
    """Gives 90 % intervals."""

    breaks = "RMQM-JAC-015"

    def student(self, degrees):
        return special.stdtrit(degrees, 0.95)


class CountsTwoDegreesMore(Plain):
    """Takes N - 2 degrees of freedom, as for a single line."""

    breaks = "RMQM-JAC-015"

    def student(self, degrees):
        return super().student(degrees + 2)


class AddsWidthsOfSlopes(Plain):
    """Adds up variances for the test slope, without their covariance."""

    breaks = "RMQM-JAC-015"

    def fitted(self, y, x, test):
        found = super().fitted(y, x, test)
        half = (found["highs"] - found["lows"]) / 2
        reach = float(np.hypot(half[1], half[3]))
        slope = found["test_slope"]
        return found | {"test_slope_low": slope - reach, "test_slope_high": slope + reach}


class ExchangesBothSets(Plain):
    """Takes training for test."""

    breaks = "RMQM-JAC-016"

    def pooled(self, **sets):
        errors, values, signs, test = super().pooled(**sets)
        return errors, values, signs, ~test


class ForcesTheIdentity(Plain):
    """Gives -b2 n_test / N for the intercept, as if the last term were 0."""

    breaks = "RMQM-JAC-016"

    def fitted(self, y, x, test):
        found = super().fitted(y, x, test)
        b = found["coefficients"].copy()
        b[0] = -b[2] * test.mean()
        return found | {"coefficients": b}


class FitsAnyNumberOfPoints(Plain):
    """Fits as few points as are left, by the shortest solution."""

    breaks = "RMQM-JAC-013"

    def spectrum_regression(self, **asked):
        try:
            return super().spectrum_regression(**asked)
        except Refused as refusal:
            if "four points" not in str(refusal):
                raise
            zeros = np.zeros(4)
            rest = {"test_slope": 0.0, "test_slope_low": 0.0, "test_slope_high": 0.0}
            counts = {"n_train": 0, "n_test": 0}
            return {"coefficients": zeros, "lows": zeros, "highs": zeros, **rest, **counts}


class FitsConstants(Plain):
    """Divides by 1 where nothing varies."""

    breaks = "RMQM-JAC-013"

    def standard_values(self, values, kept, test):
        return self.standardised(values[kept])

    def standardised(self, values):
        return (values - values.mean()) / (self.deviation(values) or 1.0)

    def fitted(self, y, x, test):
        wobbling = (
            x + 1e-13 * np.arange(len(x))
            if np.linalg.matrix_rank(np.stack([np.ones(len(x)), x, test, test * x], axis=1)) < 4
            else x
        )
        return super().fitted(y, wobbling, test)


class SkipsPointsWithoutNumbers(Plain):
    """Leaves out points whose error or value is not finite."""

    breaks = "RMQM-JAC-013"

    def pooled(self, **sets):
        errors, values, signs, test = super().pooled(**sets)
        fine = np.isfinite(errors) & np.isfinite(values)
        return errors[fine], values[fine], signs[fine], test[fine]


class MatchesSetsOfOtherLengths(Plain):
    """Cuts errors, values and orientations of a set to the shortest of them."""

    breaks = "RMQM-JAC-013"

    def spectrum_regression(self, *, reading, **sets):
        signed = all(sets[f"{name}_orientations"] is not None for name in ("train", "test"))
        for name in ("train", "test"):
            keys = [f"{name}_{key}" for key in ("errors", "values", "orientations")]
            if not signed:
                sets[keys.pop()] = None
            size = min(len(sets[key]) for key in keys)
            sets |= {key: sets[key].reshape(len(sets[key]), -1)[:size, 0] for key in keys}
        return super().spectrum_regression(reading=reading, **sets)
