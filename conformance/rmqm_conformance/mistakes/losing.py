"""Chapter 5 once more, in parts that a known mistake replaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Losing"]

Array = npt.NDArray[Any]


class Losing:
    """Losses and their gradients with respect to representations (N, E)."""

    margin = 0.5
    temperature = 0.07

    def loss(
        self, name: str, encodings: Array, references: Array | None, labels: list[int] | None
    ) -> dict[str, Any]:
        """Return the results of `loss`."""
        self.z, self.references, self.labels = encodings, references, labels
        values, gradient = {
            "displacement": self.displacement,
            "cross-entropy": self.cross_entropy,
            "triplet": self.triplet,
            "nt-xent": self.nt_xent,
        }[name]()
        return {"values": np.asarray(values), "gradient": np.asarray(gradient)}

    def length(self, z: Array) -> Array:
        largest = np.abs(z).max(-1, keepdims=True)
        return np.asarray(largest * np.linalg.norm(z / largest, axis=-1, keepdims=True))

    def unit(self, z: Array) -> Array:
        scaled = z / np.abs(z).max(-1, keepdims=True)
        return np.asarray(scaled / np.linalg.norm(scaled, axis=-1, keepdims=True))

    def back(self, gradient: Array) -> Array:
        """Pass a gradient with respect to unit vectors on to the representations."""
        phi = self.unit(self.z)
        along = (phi * gradient).sum(-1, keepdims=True)
        return (gradient - self.projected(phi, along)) / self.divided()

    def projected(self, phi: Array, along: Array) -> Array:
        return phi * along

    def divided(self) -> Any:
        return self.length(self.z)

    # Displacement

    def displacement(self) -> tuple[Array, Array]:
        moved = self.unit(self.z) - self.unit(self.origin())
        return self.finished((moved**2).sum(-1), 2 * self.back(moved))

    def origin(self) -> Array:
        return np.asarray(self.references)

    def finished(self, values: Array, gradient: Array) -> tuple[Array, Array]:
        return values, gradient

    # Cross-entropy

    def cross_entropy(self) -> tuple[Array, Array]:
        logits = self.logits()
        correct = np.arange(logits.shape[1]) == self.classes(logits.shape[1])[:, None]
        largest = logits.max(-1, keepdims=True)
        powers = np.exp(logits - largest)
        sums = powers.sum(-1, keepdims=True)
        values = (largest + np.log(sums))[:, 0] - logits[correct]
        return self.of_classes(values, powers / sums, correct)

    def logits(self) -> Array:
        return self.z

    def classes(self, n_classes: int) -> Array:
        return np.asarray(self.labels)

    def of_classes(self, values: Array, chances: Array, correct: Array) -> tuple[Array, Array]:
        return values, chances - correct

    # Triplets

    def triplet(self) -> tuple[Array, Array]:
        vectors = self.z
        if self.labels is None:
            vectors = np.concatenate([self.z, np.asarray(self.references)])
            groups = np.tile(np.arange(len(self.z)), 2)
        else:
            groups = np.asarray(self.labels)
        phi = self.unit(vectors)
        apart = np.linalg.norm(phi[:, None] - phi, axis=-1)
        a, p, n = self.candidates(groups)
        all_of_them = len(a)
        counted = self.counts(apart[a, n] - apart[a, p])
        a, p, n = a[counted], p[counted], n[counted]
        if not len(a):
            return self.without_triplets()
        G = np.zeros_like(phi)
        for other, sign in ((p, 1.0), (n, -1.0)):
            toward = sign * self.direction(phi[a] - phi[other], apart[a, other])
            np.add.at(G, a, toward)
            self.pull(G, other, toward, sign)
        total = self.number(len(a), all_of_them)
        value = (apart[a, p] - apart[a, n] + self.margin).sum() / total
        return np.array([value]), self.back(G[: len(self.z)] / total)

    def candidates(self, groups: Array) -> tuple[Array, Array, Array]:
        alike = groups[:, None] == groups
        partner = self.partners_of(alike)
        return np.nonzero(partner[:, :, None] & ~alike[:, None, :])  # type: ignore[return-value]

    def partners_of(self, alike: Array) -> Array:
        return alike & ~np.eye(len(alike), dtype=bool)

    def counts(self, gap: Array) -> Array:
        return (gap > 0) & (gap <= 0.5) & (self.margin - gap > 0)

    def direction(self, difference: Array, distance: Array) -> Array:
        safe = np.where(distance == 0, 1.0, distance)[:, None]
        return np.where(distance[:, None] == 0, 0.0, difference / safe)

    def pull(self, G: Array, other: Array, toward: Array, sign: float) -> None:
        np.subtract.at(G, other, toward)

    def number(self, counted: int, candidates: int) -> int:
        return counted

    def without_triplets(self) -> tuple[Array, Array]:
        return np.zeros(1), np.zeros_like(self.z)

    # NT-Xent

    def nt_xent(self) -> tuple[Array, Array]:
        n = len(self.z)
        phi = self.unit(np.concatenate([self.z, np.asarray(self.references)]))
        similar = phi @ phi.T / self.temperature
        np.fill_diagonal(similar, self.with_itself())
        self.compared(similar)
        partner, anchors = self.partner(n), self.anchors(n)
        largest = similar.max(-1, keepdims=True)
        powers = np.exp(similar - largest)
        sums = powers.sum(-1, keepdims=True)
        values = ((largest + np.log(sums))[:, 0] - similar[np.arange(2 * n), partner])[anchors]
        weight = np.zeros_like(similar)
        weight[anchors] = (powers / sums)[anchors]
        weight[anchors, partner[anchors]] -= 1
        G = self.both(weight) @ phi / (len(anchors) * self.temperature)
        factor = self.summed(n)
        return factor * np.array([values.mean()]), factor * self.back(G[:n])

    def with_itself(self) -> float:
        return -np.inf

    def compared(self, similar: Array) -> None:
        """Change nothing: every vector is compared with all others."""

    def partner(self, n: int) -> Array:
        return np.roll(np.arange(2 * n), n)

    def anchors(self, n: int) -> Array:
        return np.arange(2 * n)

    def both(self, weight: Array) -> Array:
        return weight + weight.T

    def summed(self, n: int) -> float:
        return 1.0
