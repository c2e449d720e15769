"""Sliding windows of convolutions and pools: their strides, dilations and pads, and the adjoint."""

from __future__ import annotations

from attrs import frozen

from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["Windows", "scatter", "windows"]


@frozen
class Windows:
    """
    Windows along each spatial axis.

    Parameters
    ----------
    kernel, strides, dilations, begin, end : list of int
        Window, step between windows, step within a window, and zeros before and after.
    input, output : list of int
        Spatial lengths.
    """

    kernel: list[int]
    strides: list[int]
    dilations: list[int]
    begin: list[int]
    end: list[int]
    input: list[int]
    output: list[int]

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.kernel)

    @property
    def reach(self) -> list[int]:
        """Return from the first to the last value of a window."""
        return [d * (k - 1) + 1 for d, k in zip(self.dilations, self.kernel, strict=True)]

    @property
    def padded(self) -> list[int]:
        """Return the lengths with the zeros before and after."""
        return [b + n + e for b, n, e in zip(self.begin, self.input, self.end, strict=True)]

    @property
    def used(self) -> list[int]:
        """Return how much of those the windows reach: a stride can leave some at the end."""
        steps = zip(self.output, self.strides, self.reach, strict=True)
        return [(n - 1) * stride + reach for n, stride, reach in steps]


def windows(s: Step, kernel: list[int]) -> Windows:
    """Read the windows of a node off its attributes and its input and output."""
    rank = len(kernel)
    strides = s.integers("strides") or [1] * rank
    dilations = s.integers("dilations") or [1] * rank
    before = s.fixed(s.x.shape[2:], "height or width")
    after = s.fixed(s.y.shape[2:], "height or width")
    pads = s.integers("pads") or [0] * (2 * rank)
    begin, end = pads[:rank], pads[rank:]
    mode = s.text("auto_pad", "NOTSET")
    if mode in ("VALID", "SAME_UPPER", "SAME_LOWER"):
        begin, end = [0] * rank, [0] * rank
    if mode.startswith("SAME"):
        for axis in range(rank):
            reach = dilations[axis] * (kernel[axis] - 1) + 1
            total = max((after[axis] - 1) * strides[axis] + reach - before[axis], 0)
            small, large = total // 2, total - total // 2
            begin[axis], end[axis] = (small, large) if mode == "SAME_UPPER" else (large, small)
    return Windows(kernel, strides, dilations, begin, end, before, after)


def scatter(g: Tensor, weight: Tensor, w: Windows, group: int, channels: int) -> Tensor:
    """
    Return the adjoint of a convolution: every window gives back what it took.

    A transposed convolution with the same weights. Its pads are symmetric, or zero with a cut
    afterwards: CUDA has no others and would move the node to the processor in silence. The
    runtime takes no output padding of a stride or more.
    """
    axes = range(w.rank)
    full = [(w.output[k] - 1) * w.strides[k] + w.reach[k] for k in axes]
    rest = [w.input[k] - (full[k] - 2 * w.begin[k]) for k in axes]
    batch = g.shape[0]
    if all(0 <= rest[k] < w.strides[k] for k in axes):
        return g.op(
            "ConvTranspose",
            weight,
            shape=(batch, channels, *w.input),
            kernel_shape=w.kernel,
            strides=w.strides,
            dilations=w.dilations,
            pads=[*w.begin, *w.begin],
            output_padding=rest,
            group=group,
        )
    whole = g.op(
        "ConvTranspose",
        weight,
        shape=(batch, channels, *full),
        kernel_shape=w.kernel,
        strides=w.strides,
        dilations=w.dilations,
        group=group,
    )
    cut = {k + 2: (-w.begin[k], w.input[k] + w.begin[k] - full[k]) for k in axes}
    return whole.pad(cut)
