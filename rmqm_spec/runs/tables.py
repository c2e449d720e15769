"""Tables of records: structured arrays everywhere, data frames where pandas is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rmqm_spec.errors import UnavailableError

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray

__all__ = ["frame", "structured"]


def structured(columns: Mapping[str, Sequence[Any] | AnyArray]) -> AnyArray:
    """
    Return columns of one length as a structured array; None becomes NaN among numbers.

    Examples
    --------
    >>> table = structured({"name": ["a", "b"], "rmqm": [2.5, None]})
    >>> table["name"].tolist(), table["rmqm"].tolist()
    (['a', 'b'], [2.5, nan])
    """
    import numpy as np

    arrays = {name: _column(values) for name, values in columns.items()}
    length = max((len(values) for values in arrays.values()), default=0)
    fields = [(name, values.dtype, values.shape[1:]) for name, values in arrays.items()]
    table = np.empty(length, dtype=fields)
    for name, values in arrays.items():
        table[name] = values
    return table


def frame(table: AnyArray, *, index: str | None = None) -> Any:
    """
    Return a structured array as a data frame.

    Raises
    ------
    UnavailableError
        ENV010 if pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise UnavailableError(
            "ENV010",
            f"pandas must be installed for data frames; got {error}",
            fix="pip install pandas, or use the structured array as it is.",
        ) from error
    data = pd.DataFrame({name: list(table[name]) for name in table.dtype.names or ()})
    return data if index is None else data.set_index(index)


def _column(values: Sequence[Any] | AnyArray) -> AnyArray:
    import numpy as np

    if isinstance(values, np.ndarray):
        return values
    if any(value is None for value in values):
        values = [np.nan if value is None else value for value in values]
    return np.asarray(list(values)) if values else np.empty(0)
