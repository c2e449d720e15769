"""Jacobians and spectra once more, in parts that a known mistake replaces: RMQM-JAC-001 to 012."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Spectral"]

Array = npt.NDArray[Any]
Answer = dict[str, Any]
Layers = list[dict[str, Any]]

_EPSILON = 2.0**-52


class Spectral:
    """Products, Jacobians, and what is said of matrices, autoencoders and encoders."""

    def jacobian_products(
        self, encoder: Layers, inputs: Array, tangents: Array, cotangents: Array
    ) -> Answer:
        """Return the results of `jacobian_products`."""
        both = [self.differentiated(encoder, x) for x in inputs]
        return {
            "encodings": np.array([z for z, _ in both]),
            "pushed": np.array([t @ J.T for (_, J), t in zip(both, tangents, strict=True)]),
            "pulled": np.array([c @ J for (_, J), c in zip(both, cotangents, strict=True)]),
        }

    def jacobians(self, encoder: Layers, inputs: Array) -> Answer:
        """Return the results of `jacobians`."""
        every = np.array([self.differentiated(encoder, x)[1] for x in inputs])
        return {"jacobians": self.laid_out(every)}

    def spectrum(self, matrices: Array) -> Answer:
        """Return the results of `spectrum`."""
        every = [self.described(A) for A in matrices.astype(float)]
        return {key: np.array([one[key] for one in every]) for key in every[0]}

    def autoencoder_spectrum(self, encoder: Layers, decoder: Layers, inputs: Array) -> Answer:
        """Return the results of `autoencoder_spectrum`."""
        every = [self.autoencoded(encoder, decoder, x) for x in inputs]
        return {key: np.array([one[key] for one in every]) for key in every[0]}

    def encoder_spectrum(self, encoder: Layers, inputs: Array) -> Answer:
        """Return the results of `encoder_spectrum`."""
        every = [self.stretched(*self.differentiated(encoder, x)) for x in inputs]
        return {key: np.array([one[key] for one in every]) for key in every[0]}

    # Networks

    def differentiated(self, layers: Layers, x: Array) -> tuple[Array, Array]:
        J = np.eye(len(x))
        for layer in layers:
            sums = layer["weight"] @ x + layer["bias"]
            x = self.activated(layer["activation"], sums)
            J = self.slopes(layer["activation"], sums)[:, None] * (layer["weight"] @ J)
        return x, J

    def activated(self, activation: str, sums: Array) -> Array:
        if activation == "tanh":
            return np.asarray(np.tanh(sums))
        return np.maximum(sums, 0.0) if activation == "relu" else sums

    def slopes(self, activation: str, sums: Array) -> Array:
        if activation == "tanh":
            return self.of_tanh(sums)
        return self.of_relu(sums) if activation == "relu" else np.ones(len(sums))

    def of_tanh(self, sums: Array) -> Array:
        return np.asarray(1 - np.tanh(sums) ** 2)

    def of_relu(self, sums: Array) -> Array:
        return (sums > 0).astype(float)

    def laid_out(self, jacobians: Array) -> Array:
        return jacobians

    # Matrices

    def described(self, A: Array) -> Answer:
        n = len(A)
        roots = self.ordered(self.roots(A))
        sign, log = (0, -np.inf) if self.is_singular(A) else self.volume(A)
        trace = self.trace(A, roots)
        return {
            "eigenvalues": np.stack([roots.real, roots.imag], axis=-1),
            "traces": trace,
            "log_volumes": log,
            "orientations": sign,
            "arithmetic_means": self.arithmetic_mean(A, trace),
            "geometric_means": self.geometric_mean(sign, log, n),
            "small": self.small(roots),
            "arguments": self.arguments(roots),
        }

    def roots(self, A: Array) -> Array:
        return np.linalg.eigvals(A).astype(complex)

    def ordered(self, roots: Array) -> Array:
        return np.asarray(roots[np.argsort(-np.abs(roots), kind="stable")])

    def is_singular(self, A: Array) -> bool:
        s = np.linalg.svd(A, compute_uv=False)
        return bool(s[-1] <= len(A) * _EPSILON * s[0])

    def volume(self, A: Array) -> tuple[int, float]:
        sign, log = np.linalg.slogdet(A)
        return int(sign), float(log)

    def trace(self, A: Array, roots: Array) -> float:
        return float(np.trace(A))

    def arithmetic_mean(self, A: Array, trace: float) -> float:
        return trace / len(A)

    def geometric_mean(self, sign: int, log: float, n: int) -> float:
        return float(np.exp(log / n))

    def small(self, roots: Array) -> float:
        return float((np.abs(roots) < 0.1).sum())

    def arguments(self, roots: Array) -> Array:
        angles = np.where(roots.imag == 0, np.pi * (roots.real < 0), np.angle(roots))
        return np.where(roots == 0, np.nan, angles)

    # Autoencoders

    def autoencoded(self, encoder: Layers, decoder: Layers, x: Array) -> Answer:
        z, at_x = self.differentiated(encoder, x)
        again, dD = self.differentiated(decoder, z)
        at_again = self.differentiated(encoder, again)[1]
        latent = self.of_latent(at_x, at_again, dD)
        found = {
            "latents": z,
            "reconstructions": again,
            "errors": self.error(again, x),
            "latent_jacobians": latent,
        }
        both = {"latent": latent, "input": self.of_input(at_x, at_again, dD)}
        for space, A in both.items():
            told = self.described(A)
            keys = ("eigenvalues", "traces", "log_volumes", "orientations")
            found |= {f"{space}_{key}": told[key] for key in keys}
        return found

    def error(self, again: Array, x: Array) -> float:
        return float(((again - x) ** 2).mean())

    def of_latent(self, at_x: Array, at_again: Array, dD: Array) -> Array:
        return at_again @ dD

    def of_input(self, at_x: Array, at_again: Array, dD: Array) -> Array:
        return at_x @ dD if len(at_x) <= len(dD) else dD @ at_x

    # Encoders alone

    def stretched(self, z: Array, J: Array) -> Answer:
        s = np.linalg.svd(self.of_unit(z, J), compute_uv=False)[: min(len(z) - 1, J.shape[1])]
        limit = 64 * _EPSILON * np.linalg.norm(J) / np.linalg.norm(z)
        kept = np.where(s > limit, s, 0.0)
        shares = self.shares(kept)
        shares = shares[shares > 0]
        return {
            "singular_values": s,
            "norms": self.norm(kept),
            "ranks": self.rank(kept, shares) if kept.any() else np.nan,
            "conditions": self.condition(kept) if len(s) else np.nan,
            "volumes": self.log_volume(kept) if len(s) else np.nan,
        }

    def of_unit(self, z: Array, J: Array) -> Array:
        length = np.linalg.norm(z)
        if not length:
            raise ValueError("an encoding of norm zero has no direction")
        u = z / length
        return np.asarray((J - np.outer(u, u @ J)) / length)

    def shares(self, s: Array) -> Array:
        return s / s.sum()

    def norm(self, s: Array) -> float:
        return float(np.sqrt((s**2).sum()))

    def rank(self, s: Array, shares: Array) -> float:
        return float(np.exp(-(shares * np.log(shares)).sum()))

    def condition(self, s: Array) -> float:
        return float(np.log10(s[0] / s[-1]))

    def log_volume(self, s: Array) -> float:
        return float(np.log(s).mean())
