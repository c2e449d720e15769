"""The chapter of spectra of Jacobians, from products to regressions."""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy import special

from .plain_inputs import Refused

EPSILON = 2.0**-52
SMALL = 0.1
MEASURES = ("norms", "ranks", "conditions", "volumes")
OF_BOTH_SPACES = ("eigenvalues", "traces", "log_volumes", "orientations")


class Spectra:
    """Capability `spectrum`."""

    def jacobian_products(self, *, encoder, inputs, tangents, cotangents):
        inputs = self.checked_rows(inputs, self.checked_layers(encoder))
        self.check_directions(tangents, (len(inputs), inputs.shape[1]))
        self.check_directions(cotangents, (len(inputs), len(encoder[-1]["bias"])))
        runs = [self.through(encoder, x) for x in inputs]
        pushed = [
            [self.push(chain, t) for t in ts] for (_, chain), ts in zip(runs, tangents, strict=True)
        ]
        pulled = [
            [self.pull(chain, c) for c in cs]
            for (_, chain), cs in zip(runs, cotangents, strict=True)
        ]
        return {
            "encodings": np.array([z for z, _ in runs]),
            "pushed": np.array(pushed),
            "pulled": np.array(pulled),
        }

    def jacobians(self, *, encoder, inputs):
        inputs = self.checked_rows(inputs, self.checked_layers(encoder))
        return {"jacobians": np.array([self.with_jacobian(encoder, x)[1] for x in inputs])}

    def spectrum(self, *, matrices):
        square = matrices.ndim == 3 and matrices.shape[1] == matrices.shape[2]
        if not square or not matrices.size:
            raise Refused(f"matrices must be square, (N, n, n); got {matrices.shape}")
        matrices = self.finite(matrices)
        found = [self.described(A) for A in matrices]
        return {key: np.array([one[key] for one in found]) for key in found[0]}

    def autoencoder_spectrum(self, *, encoder, decoder, inputs):
        inputs = self.checked_rows(inputs, self.checked_layers(encoder))
        sizes = (len(encoder[-1]["bias"]), inputs.shape[1])
        if (self.checked_layers(decoder), len(decoder[-1]["bias"])) != sizes:
            raise Refused("the decoder must lead from latents back to inputs")
        found = [self.autoencoded(encoder, decoder, x) for x in inputs]
        return {key: np.array([one[key] for one in found]) for key in found[0]}

    def encoder_spectrum(self, *, encoder, inputs):
        inputs = self.checked_rows(inputs, self.checked_layers(encoder))
        through = [self.with_jacobian(encoder, x) for x in inputs]
        found = [self.singular_values(z, J) for z, J in through]
        measured = [
            self.measures(np.where(s > self.limit(z, J), s, 0.0))
            for s, (z, J) in zip(found, through, strict=True)
        ]
        table = {"singular_values": np.array(found)}
        return table | {
            key: np.array([one[place] for one in measured]) for place, key in enumerate(MEASURES)
        }

    def spectrum_regression(self, *, reading, **sets):
        if reading not in {"absolute", "dropped"}:
            raise Refused(f"reading must be absolute or dropped; got {reading!r}")
        errors, values, signs, test = self.pooled(**sets)
        kept = self.points_kept(signs, reading)
        if min((kept & test).sum(), (kept & ~test).sum()) < 4:
            raise Refused("a regression needs four points of training and of test")
        if not (np.isfinite(errors).all() and np.isfinite(values[kept]).all()):
            raise Refused("errors and values must be finite")
        return self.fitted(
            self.standard_errors(errors, kept, reading),
            self.standard_values(values, kept, test),
            test[kept],
        )

    # What is refused

    def checked_layers(self, layers):
        """Return the number of values that the first layer takes."""
        if not layers:
            raise Refused("a network must have a layer")
        for layer in layers:
            if layer["activation"] not in {"identity", "tanh", "relu"}:
                raise Refused(f"there is no activation {layer['activation']!r}")
            if layer["weight"].ndim != 2 or layer["bias"].shape != layer["weight"].shape[:1]:
                raise Refused("a layer must have a weight (O, I) and a bias (O)")
        for one, other in itertools.pairwise(layers):
            if other["weight"].shape[1] != len(one["bias"]):
                raise Refused("a layer must take what the layer before it gives")
        return layers[0]["weight"].shape[1]

    def checked_rows(self, inputs, n_values):
        if inputs.ndim != 2 or not len(inputs) or inputs.shape[1] != n_values:
            raise Refused(f"inputs must be (N, {n_values}); got {inputs.shape}")
        return self.finite(inputs)

    def check_directions(self, vectors, sizes):
        if vectors.ndim != 3 or (len(vectors), vectors.shape[2]) != sizes or not vectors.size:
            raise Refused(f"directions must be (N, K, {sizes[1]}); got {vectors.shape}")
        self.finite(vectors)

    def finite(self, array):
        if not np.isfinite(array).all():
            raise Refused("values must be finite")
        return array.astype(np.float64)

    # Networks

    def through(self, layers, x):
        """Return an encoding, and weight and slopes of each layer."""
        chain = []
        for layer in layers:
            sums = layer["weight"] @ x + layer["bias"]
            x = self.activated(layer["activation"], sums)
            chain.append((layer["weight"], self.derivative(layer["activation"], sums)))
        return x, chain

    def activated(self, activation, sums):
        if activation == "tanh":
            return np.tanh(sums)
        return np.maximum(sums, 0.0) if activation == "relu" else sums

    def derivative(self, activation, sums):
        if activation == "tanh":
            return 1 / np.cosh(sums) ** 2
        return np.where(sums > 0, 1.0, 0.0) if activation == "relu" else np.ones(len(sums))

    def push(self, chain, tangent):
        for weight, slope in chain:
            tangent = slope * (weight @ tangent)
        return tangent

    def pull(self, chain, cotangent):
        for weight, slope in reversed(chain):
            cotangent = weight.T @ (slope * cotangent)
        return cotangent

    def with_jacobian(self, layers, x):
        """Return an encoding and its Jacobian, row by row."""
        z, chain = self.through(layers, x)
        return z, np.array([self.pull(chain, row) for row in np.eye(len(z))])

    # Eigenvalues

    def described(self, A):
        n = len(A)
        roots = self.by_modulus(self.roots(A))
        sign, log = (0, -np.inf) if self.is_singular(A) else self.volume(A)
        trace = self.trace_of(A, roots)
        return {
            "eigenvalues": np.stack([roots.real, roots.imag], axis=-1),
            "traces": trace,
            "log_volumes": log,
            "orientations": sign,
            "arithmetic_means": trace / n,
            "geometric_means": self.geometric_mean(sign, log, n),
            "small": self.count_small(roots),
            "arguments": self.arguments(roots),
        }

    def roots(self, A):
        return np.linalg.eigvals(A).astype(complex)

    def by_modulus(self, roots):
        return roots[np.argsort(-np.abs(roots), kind="stable")]

    def is_singular(self, A):
        s = np.linalg.svd(A, compute_uv=False)
        return s[-1] <= len(A) * EPSILON * s[0]

    def volume(self, A):
        sign, log = np.linalg.slogdet(A)
        return int(sign), log

    def trace_of(self, A, roots):
        return roots.real.sum()

    def geometric_mean(self, sign, log, n):
        return np.exp(log / n)

    def count_small(self, roots):
        return int((np.abs(roots) < SMALL).sum())

    def arguments(self, roots):
        angles = np.arctan2(roots.imag, roots.real)
        angles = np.where(angles == -np.pi, np.pi, angles)
        return np.where(roots == 0, np.nan, angles)

    # Autoencoders

    def autoencoded(self, encoder, decoder, x):
        z, at_x = self.with_jacobian(encoder, x)
        again, dD = self.with_jacobian(decoder, z)
        at_again = self.with_jacobian(encoder, again)[1]
        latent = self.latent_jacobian(at_x, at_again, dD)
        both = {"latent": latent, "input": self.input_jacobian(at_x, at_again, dD)}
        found = {
            "latents": z,
            "reconstructions": again,
            "errors": self.mean_squared_error(again, x),
            "latent_jacobians": latent,
        }
        for space, A in both.items():
            told = self.described(A)
            found |= {f"{space}_{key}": told[key] for key in OF_BOTH_SPACES}
        return found

    def mean_squared_error(self, again, x):
        return ((again - x) ** 2).mean()

    def latent_jacobian(self, at_x, at_again, dD):
        return at_again @ dD

    def input_jacobian(self, at_x, at_again, dD):
        return at_x @ dD if len(at_x) <= len(dD) else dD @ at_x

    # Encoders alone

    def singular_values(self, z, J):
        found = np.linalg.svd(self.unit_jacobian(z, J), compute_uv=False)
        return found[: min(len(z) - 1, J.shape[1])]

    def unit_jacobian(self, z, J):
        length = np.linalg.norm(z)
        if not length:
            raise Refused("an encoding of norm zero has no direction")
        u = z / length
        return (J - np.outer(u, u @ J)) / length

    def limit(self, z, J):
        """Return up to where singular values are rounding."""
        return 64 * EPSILON * np.linalg.norm(J) / np.linalg.norm(z)

    def measures(self, s):
        """Return norm, rank, condition and volume."""
        if not s.any():
            return 0.0, np.nan, np.nan, -np.inf if len(s) else np.nan
        norm, rank = self.frobenius(s), self.effective_rank(s)
        if not s[-1]:
            return norm, rank, np.inf, -np.inf
        return norm, rank, self.decimal_condition(s), self.mean_log(s)

    def frobenius(self, s):
        return math.sqrt((s**2).sum())

    def effective_rank(self, s):
        shares = self.shares_of(s)
        shares = shares[shares > 0]
        return math.exp(-(shares * np.log(shares)).sum())

    def shares_of(self, s):
        return s / s.sum()

    def decimal_condition(self, s):
        return math.log10(s[0] / s[-1])

    def mean_log(self, s):
        return np.log(s).mean()

    # Regressions

    def pooled(self, **sets):
        """Return errors, values, orientations, and which points are test points."""
        sizes = [len(sets["train_errors"]), len(sets["test_errors"])]
        test = np.repeat([False, True], sizes)
        signed = [sets[f"{name}_orientations"] is not None for name in ("train", "test")]
        if any(signed) != all(signed):
            raise Refused("orientations must be given for both sets or for none")
        parts = [
            np.concatenate([sets[f"train_{key}"], sets[f"test_{key}"]]).astype(float)
            for key in ("errors", "values", *["orientations"] * all(signed))
        ]
        if any(part.shape != test.shape for part in parts):
            raise Refused("each point must have an error, a value and an orientation")
        signs = parts[2] if all(signed) else np.ones(len(test))
        if not np.isin(signs, (-1, 0, 1)).all():
            raise Refused("orientations must be -1, 0 or 1")
        return parts[0], parts[1], signs, test

    def points_kept(self, signs, reading):
        return signs > 0 if reading == "dropped" else signs != 0

    def standard_errors(self, errors, kept, reading):
        if reading == "dropped":
            return self.standardised(errors)[kept]
        return self.standardised(errors[kept])

    def standard_values(self, values, kept, test):
        for part in (kept & test, kept & ~test):
            if np.ptp(values[part]) <= 1e-12 * np.ptp(values[kept]):
                raise Refused("values must vary within training and test")
        return self.standardised(values[kept])

    def standardised(self, values):
        if values.std() <= 1e-12 * np.abs(values).max():
            raise Refused("errors and values must vary")
        return (values - values.mean()) / self.deviation(values)

    def deviation(self, values):
        return values.std()

    def indicator(self, test):
        return test.astype(float)

    def fitted(self, y, x, test):
        t = self.indicator(test)
        X = np.stack([np.ones(len(x)), x, t, t * x], axis=1)
        inverse = np.linalg.inv(X.T @ X)
        b = np.linalg.lstsq(X, y, rcond=None)[0]
        covariance = self.covariance(X, inverse, y - X @ b)
        combination = np.array([0.0, 1.0, 0.0, 1.0])
        variances = [*np.diag(covariance), combination @ covariance @ combination]
        *half, reach = self.student(len(x) - 4) * np.sqrt(variances)
        slope = self.test_slope(b)
        return {
            "coefficients": b,
            "lows": b - half,
            "highs": b + half,
            "test_slope": slope,
            "test_slope_low": slope - reach,
            "test_slope_high": slope + reach,
            "n_train": int((~test).sum()),
            "n_test": int(test.sum()),
        }

    def test_slope(self, b):
        return float(b[1] + b[3])

    def covariance(self, X, inverse, residuals):
        leverages = self.leverages(X, inverse)
        scaled = X * (residuals / (1 - leverages))[:, None]
        return inverse @ (scaled.T @ scaled) @ inverse

    def leverages(self, X, inverse):
        return np.einsum("ij,jk,ik->i", X, inverse, X)

    def student(self, degrees):
        return special.stdtrit(degrees, 0.975)
