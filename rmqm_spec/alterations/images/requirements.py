"""Which inputs alterations of images take, said before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rmqm_spec.errors import UsageError

if TYPE_CHECKING:  # help imports this module: NumPy waits for the work
    from rmqm_spec.contracts.inputs import InputSpec

__all__ = ["LEAST_SIDE", "require_images"]

LEAST_SIDE = 2
"""A single row or column of pixels has nothing to turn, move, blur or cut out."""


def require_images(
    name: str, spec: InputSpec | None, *, channels: tuple[int, ...] | None = None
) -> None:
    """
    Refuse inputs that an alteration of images cannot alter.

    Parameters
    ----------
    name : str
        The alteration.
    spec : InputSpec, optional
        Kind and shape of the inputs; nothing is known, and nothing refused, without it.
    channels : tuple of int, optional
        The numbers of channels that it is defined for; any by default.

    Raises
    ------
    UsageError
        ALT003 if inputs are not images, are too small, or have another number of channels.

    Examples
    --------
    >>> from rmqm_spec.contracts.inputs import InputSpec
    >>> require_images("rotation", InputSpec(kind="image", shape=(3, 32, 32)))
    """
    if spec is None:
        return
    if spec.kind != "image":
        raise UsageError(
            "ALT003",
            f"--alteration {name} must be given images; the model takes arrays of shape "
            f"{spec.shape}",
            fix="Choose --alteration white-noise, which alters any values. If these are images, "
            "name their layout: --layout nchw, nhwc or nhw.",
        )
    n_channels, height, width = spec.shape
    if min(height, width) < LEAST_SIDE:
        raise UsageError(
            "ALT003",
            f"--alteration {name} must be given images of at least {LEAST_SIDE} x {LEAST_SIDE} "
            f"pixels; the model takes {width} x {height}",
            fix="Choose --alteration white-noise, or a model that takes larger images.",
        )
    if channels is not None and n_channels not in channels:
        allowed = " or ".join(map(str, channels))
        raise UsageError(
            "ALT003",
            f"--alteration {name} must be given images of {allowed} "
            f"{'channel' if channels == (1,) else 'channels'}; the model takes {n_channels}",
            fix="Choose another alteration, for example --alteration rotation.",
        )
