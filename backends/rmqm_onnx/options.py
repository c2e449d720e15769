"""What a user can say about a model, where its file does not say it or says it wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from rmqm_spec.contracts.preprocessing import Preprocessing

__all__ = ["Layout", "OpenOptions", "Pooling", "Provider"]

Layout = Literal["nchw", "nhwc", "nhw", "flat", "array"]
Pooling = Literal["flatten", "mean", "cls"]
Provider = Literal["cpu", "cuda", "tensorrt"]


@frozen(kw_only=True)
class OpenOptions:
    """
    How to open a model; every field left alone is read off the model.

    Parameters
    ----------
    input, output : str, optional
        Names of the input that is altered and of the tensor that holds the encodings, declared
        or internal.
    layout : {"nchw", "nhwc", "nhw", "flat", "array"}, optional
        Where the network's input has its channels; "array" for what is no image.
    size : tuple of int, optional
        Height and width, where the model leaves them open.
    pooling : {"flatten", "mean", "cls"}, optional
        How encodings of more than one axis become one vector.
    feeds : sequence of (str, str)
        Values of other inputs: a number, a text, or a path to a .npy file.
    preprocessing : Preprocessing, optional
        Instead of what lies in or beside the model.
    provider : {"cpu", "cuda", "tensorrt"}
        Where it runs.
    threads : int, optional
        Number of processors to use; all that the process may use by default.
    batch_size : int, optional
        Inputs per call.
    """

    input: str | None = None
    output: str | None = None
    layout: Layout | None = None
    size: tuple[int, int] | None = None
    pooling: Pooling | None = None
    feeds: Sequence[tuple[str, str]] = ()
    preprocessing: Preprocessing | None = None
    provider: Provider = "cpu"
    threads: int | None = None
    batch_size: int | None = None
