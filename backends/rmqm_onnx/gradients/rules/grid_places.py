"""Where GridSample reads: from the numbers of its grid to pixels, and beyond the border."""

from __future__ import annotations

from attrs import frozen

from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["Axis", "axes_of"]


@frozen
class Axis:
    """
    An axis of the image with the places at which it is read.

    Parameters
    ----------
    place : Tensor
        In pixels, as the grid has it: ``scale * grid + offset``.
    length : int
        Pixels along the axis.
    scale, offset : float
        From the grid, -1 to 1, to pixels.
    aligned : bool
        Whether -1 and 1 are the middles of the outer pixels, or their edges.
    padding : {"zeros", "border", "reflection"}
        What lies beyond.
    """

    place: Tensor
    length: int
    scale: float
    offset: float
    aligned: bool
    padding: str

    def padded(self) -> tuple[Tensor, Tensor]:
        """Return the places after padding, and their slopes: 1, -1 where mirrored, 0 if held."""
        place, moves = self.place, self.place.tape.zeros(self.place) + 1.0
        if self.padding == "zeros":
            return place, moves
        if self.padding == "reflection":
            place, moves = self._mirrored(place)
        inside = (place > 0) & (place < self.length - 1.0)
        return place.at_least(0.0).at_most(self.length - 1.0), moves * inside

    def within(self, pixel: Tensor) -> Tensor:
        """Return which pixel is read instead of a pixel beyond the border."""
        if self.padding == "zeros":
            return pixel
        found = self._mirrored(pixel)[0] if self.padding == "reflection" else pixel
        return found.at_least(0.0).at_most(self.length - 1.0)

    def in_grid(self, place: Tensor) -> Tensor:
        """Return a place as the grid has it."""
        return (place - self.offset) * (1 / self.scale if self.scale else 0.0)

    def _mirrored(self, place: Tensor) -> tuple[Tensor, Tensor]:
        """Mirror at the middles or at the edges of the outer pixels."""
        low, width = (0.0, self.length - 1.0) if self.aligned else (-0.5, float(self.length))
        if not width:
            zeros = place.tape.zeros(place)
            return zeros, zeros
        period = 2 * width
        phase = (place - low) / period
        phase = (phase - phase.map("Floor")) * period
        forth = (phase < width).cast(place.type)
        return phase.at_most(period - phase) + low, forth * 2 - 1


def axes_of(s: Step) -> list[Axis]:
    """Return the axes of the image, the last first, as the grid orders them."""
    return [_axis(s, k) for k in range(len(s.x.shape) - 2)]


def _axis(s: Step, k: int) -> Axis:
    grid, aligned = s.input(1), bool(s.integer("align_corners", 0))
    last = len(grid.shape) - 1
    length = s.fixed([s.x.shape[len(s.x.shape) - 1 - k]], "height or width")[0]
    half = length / 2
    scale, offset = (half - 0.5, half - 0.5) if aligned else (half, half - 0.5)
    place = grid.slice(last, k, k + 1).reshape(grid.shape[:last]) * scale + offset
    return Axis(place, length, scale, offset, aligned, s.text("padding_mode", "zeros"))
