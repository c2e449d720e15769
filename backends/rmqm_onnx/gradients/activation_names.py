"""Activations that recurrent layers name, with their parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["named_activations"]


@frozen
class Activation:
    """A function of x and of the parameters that it takes, with their defaults."""

    of: Callable[..., Tensor]
    alpha: float | None = None
    beta: float | None = None


KNOWN = {
    "relu": Activation(lambda x: x.map("Relu")),
    "tanh": Activation(lambda x: x.map("Tanh")),
    "sigmoid": Activation(lambda x: x.map("Sigmoid")),
    "softsign": Activation(lambda x: x.map("Softsign")),
    "softplus": Activation(lambda x: x.map("Softplus")),
    "leakyrelu": Activation(lambda x, alpha: x.map("LeakyRelu", alpha=alpha), 0.01),
    "thresholdedrelu": Activation(lambda x, alpha: x.map("ThresholdedRelu", alpha=alpha), 1.0),
    "elu": Activation(lambda x, alpha: x.map("Elu", alpha=alpha), 1.0),
    "hardsigmoid": Activation(
        lambda x, alpha, beta: x.map("HardSigmoid", alpha=alpha, beta=beta), 0.2, 0.5
    ),
    "affine": Activation(lambda x, alpha, beta: x * alpha + beta, 1.0, 0.0),
    "scaledtanh": Activation(lambda x, alpha, beta: (x * beta).map("Tanh") * alpha, 1.0, 1.0),
}
"""By name in lower case: the specification ignores case."""


def named_activations(s: Step, usual: list[str]) -> list[Callable[[Tensor], Tensor]]:
    """
    Return the activations of a node in order, the usual activations if it names none.

    Its lists of alpha and beta hold values only for the functions that take them.
    """
    attributes = s.names()
    given = attributes.get("activations")
    names = [name.decode() for name in given.strings] if given and given.strings else usual
    alphas, betas = (
        iter(attributes[name].floats if name in attributes else ())
        for name in ("activation_alpha", "activation_beta")
    )
    return [_bound(name, alphas, betas) for name in names]


def _bound(
    name: str, alphas: Iterator[float], betas: Iterator[float]
) -> Callable[[Tensor], Tensor]:
    known = KNOWN.get(name.lower())
    if known is None:
        raise NoRuleError(f"its activation {name!r} is not known")
    lists = ((known.alpha, alphas), (known.beta, betas))
    taken = [next(values, usual) for usual, values in lists if usual is not None]
    return lambda x: known.of(x, *taken)
