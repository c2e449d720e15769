"""The length of encodings: the same for every input, whatever its values."""

from __future__ import annotations

from attrs import field, mutable

from rmqm_onnx.reading.wording import shortened
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError

__all__ = ["EncodingWidth"]


@mutable(eq=False)
class EncodingWidth:
    """
    The length that the first encodings had.

    Examples
    --------
    >>> import numpy as np
    >>> width = EncodingWidth()
    >>> width.require(np.zeros((2, 5)), "y")
    >>> width.require(np.zeros((1, 7)), "y")
    Traceback (most recent call last):
    rmqm_spec.errors.SubjectError: encodings must have one length whatever the values of the \
input; got 5 and 7 values from 'y'
    """

    _known: int | None = field(default=None, init=False)

    def require(self, encodings: AnyArray, output: str) -> None:
        """
        Refuse encodings (N, E) of another length than the first.

        Raises
        ------
        SubjectError
            OUT010 if the length differs.
        """
        if encodings.ndim != 2:
            return  # judged by the contract of an encoder
        if self._known is None:
            self._known = encodings.shape[1]
        if encodings.shape[1] != self._known:
            raise SubjectError(
                "OUT010",
                f"encodings must have one length whatever the values of the input; got "
                f"{self._known} and {encodings.shape[1]} values from {shortened(output)}",
                fix="Choose another --output, a tensor of fixed width: rmqm-spec inspect lists "
                "candidates.",
            )
