"""From what a decoder gives to inputs as they are declared: axes, order of channels, units."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from attrs import evolve, frozen

from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.backend import Layout, ReconstructionUnits
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import SubjectError, UsageError

__all__ = ["Reconstruction", "reconstruction_of"]


@frozen(kw_only=True, eq=False)
class Reconstruction:
    """
    How the output of a decoder becomes an input again.

    Parameters
    ----------
    arrangement : Arrangement
        From inputs to what the decoder gives; it is gone through in reverse.
    why : str
        In words.
    """

    arrangement: Arrangement
    why: str

    def restored(self, output: AnyArray) -> FloatArray:
        """Return reconstructions (N, d) in the order and units of the inputs."""
        restored = self.arrangement.restore(output)
        return restored.reshape(len(restored), -1).astype(_float_of(output), copy=False)

    def push_forward(self, derivatives: AnyArray) -> FloatArray:
        """Carry derivatives of the output over to the reconstructions."""
        moved = self.arrangement.restore_direction(derivatives)
        return moved.reshape(len(moved), -1).astype(_float_of(derivatives), copy=False)

    def pull_back(self, cotangent: FloatArray) -> FloatArray:
        """Carry a cotangent of the reconstructions back to the output of the decoder, flat."""
        arrangement = self.arrangement
        shaped = cotangent.reshape(len(cotangent), *arrangement.layout.spec.shape)
        return arrangement.pull_back_restored(shaped).reshape(len(cotangent), -1)


def reconstruction_of(
    encoder: Arrangement,
    output: str,
    shape: tuple[int, ...],
    units: ReconstructionUnits | None,
) -> Reconstruction:
    """
    Say how the output of a decoder is read.

    Parameters
    ----------
    encoder : Arrangement
        How inputs reach the encoder's network.
    output : str
        Name of the decoder's output.
    shape : tuple of int
        Its shape, for one latent.
    units : {"network", "inputs"}, optional
        What it is in, where inputs are rescaled.

    Raises
    ------
    SubjectError
        SPC003 if it has another number of values than an input.
    UsageError
        SPC016 if inputs are rescaled and the units are not said, or said where there is nothing to
        choose between.
    """
    layout = encoder.layout
    wanted = layout.spec.shape
    if prod(shape) != prod(wanted):
        raise SubjectError(
            "SPC003",
            f"a reconstruction must have as many values as an input of shape {wanted}, "
            f"{prod(wanted)}; got {prod(shape)} from {output}, of shape {shape}",
            fix="Name the output that holds the reconstruction with --output, or give the decoder "
            "that belongs to this encoder.",
        )
    if encoder.changes_values and units is None:
        raise _units_needed(encoder, output)
    given = _layout_of(layout, shape)
    arrangement = Arrangement(given, encoder.preprocessing, encoder.dtype)
    if units == "inputs":
        plain = Preprocessing(channel_order=encoder.preprocessing.channel_order)
        arrangement = Arrangement(given, plain, np.float32)
    return Reconstruction(arrangement=arrangement, why=_why(layout, given, shape, units))


def _layout_of(layout: InputLayout, shape: tuple[int, ...]) -> InputLayout:
    """Return the layout of a decoder's output: the network's, unless its shape says otherwise."""
    if layout.spec.kind != "image" or shape == layout.network_shape:
        return layout
    channels, height, width = layout.spec.shape
    by_shape: dict[tuple[int, ...], Layout] = {
        (height, width, channels): "nhwc",
        (channels, height, width): "nchw",
    }
    if shape not in by_shape:
        return layout
    return evolve(layout, layout=by_shape[shape], network_shape=shape)


def _why(
    layout: InputLayout,
    given: InputLayout,
    shape: tuple[int, ...],
    units: ReconstructionUnits | None,
) -> str:
    parts = []
    if given.layout != layout.layout:
        parts.append(f"its axes read as {given.layout} by their lengths")
    elif shape != layout.network_shape:
        parts.append(
            f"its values taken in the order of the network's input, {layout.network_shape}"
        )
    if units == "network":
        parts.append("in the units of the network's input, and so rescaled to those of the inputs")
    if units == "inputs":
        parts.append("in the units of the inputs")
    return "; ".join(parts) or "of the shape and in the units of the input"


def _units_needed(encoder: Arrangement, output: str) -> UsageError:
    known = encoder.preprocessing
    rescaled = f"scale {known.scale:g}, mean {known.mean}, std {known.std}, from {known.source}"
    if encoder.dtype == np.uint8:
        rescaled = "it takes bytes, 0 to 255"
    return UsageError(
        "SPC016",
        "the units of the reconstruction must be said where inputs are rescaled before the network "
        f"({rescaled}); got none for {output}",
        fix="--reconstruction network if the autoencoder was trained to give back what the network "
        "takes (the loss compared the two), --reconstruction inputs if it ends in plain pixels, "
        "such as those of a sigmoid, in [0, 1].",
    )


def _float_of(values: AnyArray) -> type[np.floating[Any]]:
    return np.float64 if values.dtype == np.float64 else np.float32
