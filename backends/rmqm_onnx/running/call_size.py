"""How many rows a call has: few sizes where a new one costs, and half where memory runs out."""

from __future__ import annotations

from attrs import field, frozen, mutable

from rmqm_spec.findings import Finding

__all__ = ["CallSize"]

_SIZES = 8
"""A batch is padded by at most an eighth of the largest, and the device meets eight shapes."""


@mutable
class _Memory:
    """The size that memory allowed, once it ran out: shared by all threads and copies."""

    most: int | None = None
    refused: int | None = None


@frozen
class CallSize:
    """
    The rows of a call.

    Parameters
    ----------
    few_shapes : bool
        Whether calls are padded to one of eight sizes, for a device on which a new shape costs a
        search, a compilation or an engine.
    backs_off : bool
        Whether calls get smaller where the device's memory runs out.

    Examples
    --------
    >>> size = CallSize(few_shapes=True, backs_off=True)
    >>> size.padded(50, most=100), size.padded(51, most=100), size.padded(99, most=100)
    (52, 52, 100)
    >>> size.halve(100), size.most(100)
    (True, 50)
    """

    few_shapes: bool = False
    backs_off: bool = False
    _memory: _Memory = field(factory=_Memory, init=False, repr=False)

    def most(self, usual: int) -> int:
        """Return the most rows of a call: `usual`, or what memory allows."""
        return min(usual, self._memory.most or usual)

    def padded(self, n_rows: int, *, most: int) -> int:
        """Return the rows that a call of `n_rows` rows is padded to."""
        if not self.few_shapes or n_rows >= most:
            return n_rows
        step = -(-most // _SIZES)
        return min(most, -(-n_rows // step) * step)

    def halve(self, failed: int) -> bool:
        """Make calls smaller than the one that failed; False where that is not possible."""
        if not self.backs_off or failed <= 1:
            return False
        memory = self._memory
        memory.refused = max(failed, memory.refused or 0)
        memory.most = min(failed // 2, memory.most or failed)
        return True

    def findings(self) -> tuple[Finding, ...]:
        """Say that memory ran out, where it did."""
        memory = self._memory
        if memory.most is None:
            return ()
        return (
            Finding(
                code="PRV003",
                level="warn",
                message=f"the memory of the device ran out with {memory.refused} inputs per call; "
                f"{memory.most} fit",
                fix=f"Nothing to do: the score is right. --batch-size {memory.most} spares the "
                "attempt.",
            ),
        )
