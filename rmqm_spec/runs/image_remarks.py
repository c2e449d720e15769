"""What is worth knowing about image files."""

from __future__ import annotations

from collections.abc import Iterator

from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.inputs.encoded_images import EncodedImages
from rmqm_spec.inputs.files import ImageFiles
from rmqm_spec.inputs.prepared import PreparedInputs
from rmqm_spec.inputs.transparency import has_transparent_pixels

__all__ = ["transparency_findings"]

_LOOKED_AT = 64
"""How many images are looked at: those with transparency must be decoded."""


def transparency_findings(prepared: PreparedInputs) -> Iterator[Finding]:
    """Say what becomes of transparent pixels, where the first images have some."""
    looked_at = min(len(prepared), _LOOKED_AT)
    names = [prepared.name(index) for index in range(looked_at) if _is_transparent(prepared, index)]
    if names:
        yield Finding(
            code="IMG008",
            level="warn",
            message=f"{len(names)} of the first {looked_at} images, such as {names[0]}, have "
            "transparent pixels: the images are laid on white",
            fix="Nothing to do if white is right. Else lay them on the background that the encoder "
            "was trained with, and save them without an alpha channel.",
        )


def _is_transparent(prepared: PreparedInputs, index: int) -> bool:
    source, position = prepared.source, prepared.position(index)
    if isinstance(source, ImageFiles):
        return has_transparent_pixels(source.path(position))
    if not isinstance(source, EncodedImages):
        return False
    try:
        return has_transparent_pixels(source.encoded(position))
    except UnreadableError:
        return False
