"""Cases of RMQM-JAC-004 to 009: the two Jacobians of autoencoders and their spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, refuse, same_values, unordered, within
from rmqm_conformance.golden.cases_jacobians import layer, uneven
from rmqm_conformance.golden.cases_spectra import pairs, sensitivity
from rmqm_conformance.golden.oracle_jacobians import read
from rmqm_conformance.golden.oracle_spectra import ExactAutoencoding, autoencoding, spectrum
from rmqm_conformance.golden.precision import exact, mp, rounded_up

__all__ = ["cases"]

_PRODUCTS = 1e-11
_ALL = "eigenvalues traces log_volumes orientations"


def cases() -> list[Case]:
    """Return the cases."""
    return [*_linear(), *_one_layer(), *_deeper(), *_degenerate(), *_refusals()]


def _judged(
    name: str,
    title: str,
    encoder: Any,
    decoder: Any,
    inputs: Any,
    *,
    keys: str = _ALL,
    also: str = "",
) -> Case:
    """Return a case that judges an autoencoder at some inputs."""
    x = np.array(inputs, "<f8")
    args = {"encoder": encoder, "decoder": decoder, "inputs": x}
    both = read(encoder), read(decoder)
    found = [autoencoding(*both, one) for one in exact(x)]
    rules = {
        "latents": within([one.latent for one in found], _PRODUCTS, "RMQM-JAC-004"),
        "reconstructions": within([one.reconstruction for one in found], _PRODUCTS, "the same"),
        "errors": within([one.error for one in found], _PRODUCTS, "the same"),
        "latent_jacobians": within(
            [one.of_latent.tolist() for one in found], _PRODUCTS, "RMQM-JAC-001, of two products"
        ),
    }
    for space in ("latent", "input"):
        rules |= {f"{space}_{key}": _rule(found, space, key) for key in keys.split()}
    return case(name, title, "autoencoder_spectrum", args, rules, also=also)


def _rule(found: list[ExactAutoencoding], space: str, key: str) -> Rule:
    matrices = [getattr(one, f"of_{space}") for one in found]
    spectra = [spectrum(A) for A in matrices]
    why = "RMQM-JAC-007 of a product of RMQM-JAC-001"
    if key == "eigenvalues":
        allowed = rounded_up(10 * max(one.open_by for one in spectra))
        return unordered([pairs(one.eigenvalues) for one in spectra], allowed, why)
    if key == "traces":
        return within([one.trace for one in spectra], _PRODUCTS, why)
    if key == "orientations":
        return same_values([one.orientation for one in spectra], "a sign")
    regular = [A for A, one in zip(matrices, spectra, strict=True) if one.orientation]
    allowed = rounded_up(max(map(sensitivity, regular), default=mp.one) * mp.mpf("1e-12"))
    return within([one.log_volume for one in spectra], allowed, why)


def _linear() -> list[Case]:
    narrow = [layer([[0.5, 1.0, -0.25], [1.0, -0.5, 0.75]], [0.25, -0.5])]
    wide = [layer([[0.5, 0.75], [1.0, -0.25], [-0.5, 0.5]], [0.0, 0.25, 0.125])]
    turn = [layer([[0.6, -0.8], [0.8, 0.6]])]
    back = [layer([[0.6, 0.8], [-0.8, 0.6]])]
    quarter = [layer([[0.0, -1.0], [1.0, 0.0]])]
    at = [[0.5, -0.25, 1.0], [0.0, 0.75, -0.5]]
    return [
        _judged(
            "RMQM-JAC-005/linear",
            "Both Jacobians of a linear autoencoder are the product of its weights",
            narrow,
            wide,
            at,
            also="RMQM-JAC-004 RMQM-JAC-006",
        ),
        _judged(
            "RMQM-JAC-006/projection",
            "An autoencoder that projects is the identity in the latent, and on its plane",
            [layer([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])],
            [layer([[1.0, 0.0], [0.0, 1.0], [0.5, -0.5]])],
            at,
            also="RMQM-JAC-005",
        ),
        _judged(
            "RMQM-JAC-005/turned-and-back",
            "A rotation and its inverse have the eigenvalue 1 twice, and no error",
            turn,
            back,
            [[0.5, -0.25]],
            also="RMQM-JAC-004 RMQM-JAC-006",
            keys="eigenvalues traces orientations",
        ),
        _judged(
            "RMQM-JAC-005/complex-pair",
            "A decoder that turns by a right angle has eigenvalues off the real line",
            [layer([[0.5, 0.0], [0.0, 0.75]], [0.25, 0.0])],
            quarter,
            [[0.5, -0.25]],
            also="RMQM-JAC-006 RMQM-JAC-007",
        ),
        _judged(
            "RMQM-JAC-008/mirroring-autoencoder",
            "An autoencoder that exchanges two values reverses the orientation",
            [layer([[0.0, 1.0], [1.0, 0.0]])],
            [layer([[0.75, 0.0], [0.0, 0.5]])],
            [[0.5, -0.25]],
            also="RMQM-JAC-005 RMQM-JAC-006",
        ),
    ]


def _one_layer() -> list[Case]:
    encoder = [layer([[0.75, -0.5, 0.25], [0.5, 1.0, -0.75]], [0.125, -0.25], "tanh")]
    decoder = [layer([[1.0, 0.25], [-0.5, 0.75], [0.25, -1.0]], [0.0, 0.5, -0.125])]
    both = [layer([[1.0, 0.25], [-0.5, 0.75], [0.25, -1.0]], [0.0, 0.5, -0.125], "tanh")]
    at = [[0.5, -0.25, 1.0], [-1.5, 0.75, 0.25], [0.0, 0.0, 0.0]]
    return [
        _judged(
            "RMQM-JAC-005/one-layer",
            "A tanh encoder is differentiated at the reconstruction",
            encoder,
            decoder,
            at,
            also="RMQM-JAC-004 RMQM-JAC-006",
        ),
        _judged(
            "RMQM-JAC-006/one-layer-each",
            "With tanh on both sides latent and input spectrum differ",
            encoder,
            both,
            at,
            also="RMQM-JAC-004 RMQM-JAC-005",
        ),
        _judged(
            "RMQM-JAC-006/single-latent",
            "A latent of one value has one eigenvalue, which is its trace and its volume",
            [layer([[1.0, -0.5, 0.25, 0.5]], [0.25], "tanh")],
            [layer([[0.5], [-1.0], [0.75], [0.25]], [0.0, 0.25, 0.0, -0.5])],
            [[0.5, 0.25, -0.25, 1.0], [-1.0, 0.5, 0.5, 0.0]],
            also="RMQM-JAC-005",
        ),
    ]


def _deeper() -> list[Case]:
    encoder = [
        layer(uneven(4, 5) / 2, [0.25, 0.5, -0.25, 0.125], "tanh"),
        layer(uneven(3, 4), [0.0, 0.125, -0.5]),
    ]
    decoder = [
        layer(-uneven(5, 3), [1.0, 0.75, -1.25, 1.5, 0.5], "relu"),
        layer(uneven(5, 5) / 2, None, "tanh"),
    ]
    at = uneven(3, 5)
    return [
        _judged(
            "RMQM-JAC-006/two-layers-each",
            "Two layers on either side, with tanh and rectified units",
            encoder,
            decoder,
            at,
            also="RMQM-JAC-004 RMQM-JAC-005",
        ),
    ]


def _degenerate() -> list[Case]:
    return [
        _judged(
            "RMQM-JAC-006/latent-larger-than-input",
            "Where n is above d the latent Jacobian is singular, and the input one is d x d",
            [layer([[1.0, 0.5], [-0.5, 2.0], [0.25, 1.0]], [0.5, 0.0, -0.25])],
            [layer([[0.5, 1.0, -0.25], [0.25, -0.5, 1.0]])],
            [[0.5, -0.25], [1.0, 0.75]],
            also="RMQM-JAC-005 RMQM-JAC-009",
        ),
        _judged(
            "RMQM-JAC-009/dead-units",
            "A latent whose unit is dead is singular in both spaces",
            [layer([[1.0, 0.5, 0.0], [-1.0, -0.5, 0.25]], [0.25, -4.0], "relu")],
            [layer([[1.0, 0.5], [0.5, -0.5], [0.25, 1.0]], [0.0, 0.125, 0.0])],
            [[0.5, 0.25, 1.0]],
            also="RMQM-JAC-005 RMQM-JAC-006",
        ),
        _judged(
            "RMQM-JAC-009/constant-decoder",
            "A decoder that ignores its latent has spectra of zeros",
            [layer([[1.0, 0.5, 0.0], [-1.0, -0.5, 0.25]])],
            [layer(np.zeros((3, 2)), [0.25, 0.5, 0.75])],
            [[0.5, 0.25, 1.0]],
            also="RMQM-JAC-005 RMQM-JAC-006",
        ),
    ]


def _refusals() -> list[Case]:
    encoder = [layer([[0.5, 1.0, -0.25], [1.0, -0.5, 0.75]])]
    wrong = [layer([[0.5, 1.0], [1.0, -0.5]])]
    return [
        case(
            "RMQM-JAC-004/decoder-of-another-size",
            "A decoder that makes something else than inputs is refused",
            "autoencoder_spectrum",
            {"encoder": encoder, "decoder": wrong, "inputs": np.ones((1, 3))},
            refuse("a decoder whose outputs are no inputs"),
        ),
    ]
