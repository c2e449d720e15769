"""Mistakes in losses: chapter 5 of the specification."""

from __future__ import annotations

import numpy as np

from .plain import Plain


class ReturnsGradientOfUnitVector(Plain):
    """Forgets that the unit vector is a function of the representation."""

    breaks = "RMQM-LOSS-001"

    def to_representation(self, G, z):
        return G


class ForgetsToDivideGradientByNorm(Plain):
    """Projects the gradient but forgets the length of the representation."""

    breaks = "RMQM-LOSS-001"

    def to_representation(self, G, z):
        return super().to_representation(G, z) * self.length(z)


class ForgetsToProjectGradient(Plain):
    """Takes the norm for a constant factor."""

    breaks = "RMQM-LOSS-001"

    def to_representation(self, G, z):
        return G / self.length(z)


class ForgetsFactorTwo(Plain):
    """Forgets the derivative of the square."""

    breaks = "RMQM-LOSS-002"

    def factor(self):
        return 1.0


class DoesNotSquareDisplacement(Plain):
    """Takes the distance for the loss."""

    breaks = "RMQM-LOSS-002"

    def displacement(self, z, references):
        values, gradient = super().displacement(z, references)
        return np.sqrt(values), gradient / np.maximum(2 * np.sqrt(values), 1e-300)[:, None]


class DoesNotNormaliseDisplacement(Plain):
    """Takes the distance of the representations themselves."""

    breaks = "RMQM-LOSS-002"

    def displacement(self, z, references):
        return ((z - references) ** 2).sum(-1), 2 * (z - references)


class AveragesDisplacementOverBatch(Plain):
    """Takes the mean over the batch, as training does."""

    breaks = "RMQM-LOSS-002"

    def displacement(self, z, references):
        values, gradient = super().displacement(z, references)
        return values, gradient / len(z)


class NegatesDisplacement(Plain):
    """Makes a loss that an attack would lower."""

    breaks = "RMQM-LOSS-002"

    def displacement(self, z, references):
        values, gradient = super().displacement(z, references)
        return -values, -gradient


class AveragesSquaresOverCoordinates(Plain):
    """Takes the mean squared error for the squared distance."""

    breaks = "RMQM-LOSS-002"

    def displacement(self, z, references):
        values, gradient = super().displacement(z, references)
        return values / z.shape[1], gradient / z.shape[1]


class OverflowsInCrossEntropy(Plain):
    """Takes powers of the logits as they are."""

    breaks = "RMQM-LOSS-003"

    def log_sum_exp(self, logits):
        with np.errstate(over="ignore"):
            return np.log(np.exp(logits).sum(-1))

    def softmax(self, logits):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)


class AveragesCrossEntropyOverBatch(Plain):
    """Takes the mean over the batch, as training does."""

    breaks = "RMQM-LOSS-003"

    def cross_entropy(self, logits, labels):
        values, gradient = super().cross_entropy(logits, labels)
        return values, gradient / len(logits)


class NormalisesLogits(Plain):
    """Takes unit vectors for logits, as the other losses do."""

    breaks = "RMQM-LOSS-003"

    def cross_entropy(self, logits, labels):
        values, gradient = super().cross_entropy(self.unit(logits), labels)
        return values, self.to_representation(gradient, logits)


class CountsLabelsFromOne(Plain):
    """Takes label 1 for the first class."""

    breaks = "RMQM-LOSS-003"

    def cross_entropy(self, logits, labels):
        return super().cross_entropy(logits, (labels - 1) % logits.shape[1])


class ForgetsLabelInGradient(Plain):
    """Takes the probabilities for the gradient."""

    breaks = "RMQM-LOSS-003"

    def cross_entropy(self, logits, labels):
        values, _ = super().cross_entropy(logits, labels)
        return values, self.softmax(logits)


class TakesBitsInCrossEntropy(Plain):
    """Takes the logarithm to the base 2."""

    breaks = "RMQM-LOSS-003"

    def cross_entropy(self, logits, labels):
        values, gradient = super().cross_entropy(logits, labels)
        return values / np.log(2), gradient / np.log(2)


class MinesHardTripletsToo(Plain):
    """Counts triplets whose negative is nearer than the positive."""

    breaks = "RMQM-LOSS-004"

    def counts(self, gap):
        return gap < self.margin


class MinesHardTripletsOnly(Plain):
    """Takes the hard triplets instead of the semi-hard ones."""

    breaks = "RMQM-LOSS-004"

    def counts(self, gap):
        return gap <= 0


class AveragesOverAllTriplets(Plain):
    """Divides by the number of all triplets, those of value zero among them."""

    breaks = "RMQM-LOSS-004"

    def number_in_mean(self, triplets, groups):
        return len(self.candidates(groups))


class AddsUpTriplets(Plain):
    """Takes the sum for the mean."""

    breaks = "RMQM-LOSS-004"

    def number_in_mean(self, triplets, groups):
        return 1


class TakesGradientOfAnchorsOnly(Plain):
    """Follows the paper, which speaks of the anchor."""

    breaks = "RMQM-LOSS-004"

    def add_gradient(self, G, anchor, other, gradient):
        G[anchor] += gradient


class ForgetsGradientOfNegatives(Plain):
    """Pulls the positive away but does not move the negative."""

    breaks = "RMQM-LOSS-004"

    def triplet(self, z, references, labels):
        self.sides = 0
        return super().triplet(z, references, labels)

    def add_gradient(self, G, anchor, other, gradient):
        self.sides += 1
        G[anchor] += gradient
        if self.sides % 2:
            G[other] -= gradient


class TakesMarginOfTwoTenths(Plain):
    """Takes the margin 0.2 that many libraries take."""

    breaks = "RMQM-LOSS-004"

    margin = 0.2


class TakesMarginOfOne(Plain):
    """Takes the margin 1, the default of PyTorch."""

    breaks = "RMQM-LOSS-004"

    margin = 1.0


class TakesAnchorForPositive(Plain):
    """Lets an input be its own positive."""

    breaks = "RMQM-LOSS-004"

    def may_be_positive(self, anchor, other):
        return True


class DividesByDistanceZero(Plain):
    """Divides by the distance of equal vectors."""

    breaks = "RMQM-LOSS-004"

    def direction(self, difference, distance):
        with np.errstate(invalid="ignore"):
            return difference / np.float64(distance)


class FindsNoMeanOfNoTriplets(Plain):
    """Takes the mean of nothing."""

    breaks = "RMQM-LOSS-004"

    def without_triplets(self, z):
        return np.full(1, np.nan), np.full_like(z, np.nan)


class TakesTemperatureOfOneHalf(Plain):
    """Takes the temperature of SimCLR on small images."""

    breaks = "RMQM-LOSS-005"

    temperature = 0.5


class ForgetsTemperature(Plain):
    """Takes the similarities as they are."""

    breaks = "RMQM-LOSS-005"

    temperature = 1.0


class AnchorsAttackedInputsOnly(Plain):
    """Takes the mean over n anchors instead of 2n."""

    breaks = "RMQM-LOSS-005"

    def anchors(self, n):
        return np.arange(n)


class PairsNeighbours(Plain):
    """Expects an input and its view side by side."""

    breaks = "RMQM-LOSS-005"

    def partners(self, n):
        return np.arange(2 * n) ^ 1


class ComparesWithItself(Plain):
    """Leaves the anchor among the terms of the sum."""

    breaks = "RMQM-LOSS-005"

    def self_similarity(self):
        return 1 / self.temperature


class TakesGradientThroughAnchorsOnly(Plain):
    """Forgets that every vector stands in the sums of the others."""

    breaks = "RMQM-LOSS-005"

    def through_both(self, weight):
        return weight


class AddsUpAnchors(Plain):
    """Takes the sum for the mean."""

    breaks = "RMQM-LOSS-005"

    def nt_xent(self, z, views):
        value, gradient = super().nt_xent(z, views)
        return 2 * len(z) * value, 2 * len(z) * gradient
