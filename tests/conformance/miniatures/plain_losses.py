"""Chapter 5 of the specification: losses of PGD."""

from __future__ import annotations

import itertools

import numpy as np

from .plain_inputs import Refused


class Losses:
    """The losses of capability `pgd`."""

    margin = 0.5
    temperature = 0.07

    @np.errstate(all="ignore")  # miniatures overflow and divide by zero
    def loss(self, *, name, encodings, references, labels):
        if name == "displacement":
            values, gradient = self.displacement(encodings, references)
        elif name == "cross-entropy":
            self.check_labels(labels, encodings)
            values, gradient = self.cross_entropy(encodings, np.asarray(labels))
        elif name == "triplet":
            values, gradient = self.triplet(encodings, references, labels)
        elif name == "nt-xent":
            values, gradient = self.nt_xent(encodings, references)
        else:
            raise Refused(f"loss {name!r} is unknown")
        return {"values": values, "gradient": gradient}

    def check_labels(self, labels, logits):
        if labels is None or len(labels) != len(logits):
            raise Refused("cross-entropy needs a label for each input")
        for label in labels:
            if not 0 <= label < logits.shape[1]:
                raise Refused(f"label {label} is not within 0 to {logits.shape[1] - 1}")

    def to_representation(self, G, z):
        """Pass a gradient with respect to the unit vectors on to the representations."""
        phi = self.unit(z)
        return (G - phi * self.dot(phi, G)) / self.length(z)

    def dot(self, a, b):
        return (a * b).sum(-1, keepdims=True)

    def length(self, z):
        largest = np.abs(z).max(-1, keepdims=True)
        return largest * self.norm(z / largest)

    def check_references(self, z, references):
        if references is None or references.shape != z.shape:
            raise Refused("each encoding needs a reference of the same length")

    def displacement(self, z, references):
        self.check_references(z, references)
        attacked, phi = self.unit(z), self.unit(references)
        values = ((attacked - phi) ** 2).sum(-1)
        return values, self.factor() * self.to_representation(attacked - phi, z)

    def factor(self):
        return 2.0

    def cross_entropy(self, logits, labels):
        correct = np.arange(logits.shape[1]) == labels[:, None]
        values = self.log_sum_exp(logits) - logits[correct]
        return values, self.softmax(logits) - correct

    def log_sum_exp(self, logits):
        largest = logits.max(-1)
        return largest + np.log(np.exp(logits - largest[:, None]).sum(-1))

    def softmax(self, logits):
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)

    def triplet(self, z, references, labels):
        n = len(z)
        if labels is None:
            self.check_references(z, references)
            phi = self.unit(np.concatenate([z, references]))
            groups = np.tile(np.arange(n), 2)
        else:
            phi, groups = self.unit(z), np.asarray(labels)
        apart = self.norm(phi[:, None] - phi)[..., 0]
        if not np.isfinite(apart).all():  # a row without a direction
            return np.full(1, np.nan), np.full_like(z, np.nan)
        triplets = self.triplets(apart, groups)
        if not triplets:
            return self.without_triplets(z)
        G, total = np.zeros_like(phi), []
        for a, p, n_ in triplets:
            total.append(apart[a, p] - apart[a, n_] + self.margin)
            for other, sign in ((p, 1.0), (n_, -1.0)):
                toward = sign * self.direction(phi[a] - phi[other], apart[a, other])
                self.add_gradient(G, a, other, toward)
        n_terms = self.number_in_mean(triplets, groups)
        value = self.total(total) / n_terms
        return np.array([value]), self.to_representation(G[:n] / n_terms, z)

    def number_in_mean(self, triplets, groups):
        return len(triplets)

    def without_triplets(self, z):
        return np.zeros(1), np.zeros_like(z)

    def direction(self, difference, distance):
        return difference / distance if distance else np.zeros_like(difference)

    def add_gradient(self, G, anchor, other, gradient):
        G[anchor] += gradient
        G[other] -= gradient

    def triplets(self, apart, groups):
        return [
            (a, p, n)
            for a, p, n in self.candidates(groups)
            if self.counts(apart[a, n] - apart[a, p])
        ]

    def candidates(self, groups):
        members = range(len(groups))
        return [
            (a, p, n)
            for a, p, n in itertools.product(members, members, members)
            if self.may_be_positive(a, p) and groups[a] == groups[p] != groups[n]
        ]

    def may_be_positive(self, anchor, other):
        return anchor != other

    def counts(self, gap):
        """Tell whether a triplet is semi-hard and has a positive value."""
        return 0 < gap <= 0.5 and self.margin - gap > 0

    def nt_xent(self, z, views):
        self.check_references(z, views)
        n = len(z)
        phi = self.unit(np.concatenate([z, views]))
        similar = phi @ phi.T / self.temperature
        np.fill_diagonal(similar, self.self_similarity())
        partner = self.partners(n)
        chances = self.softmax(similar)
        anchors = self.anchors(n)
        values = self.log_sum_exp(similar[anchors]) - similar[anchors, partner[anchors]]
        weight = np.zeros_like(similar)
        weight[anchors] = chances[anchors]
        weight[anchors, partner[anchors]] -= 1
        G = self.through_both(weight) @ phi / (len(anchors) * self.temperature)
        return np.array([self.mean(values)]), self.to_representation(G[:n], z)

    def self_similarity(self):
        return -np.inf

    def partners(self, n):
        return np.roll(np.arange(2 * n), n)

    def anchors(self, n):
        return np.arange(2 * n)

    def through_both(self, weight):
        """Add up what a vector does as anchor and as partner of other anchors."""
        return weight + weight.T
