"""A table of quantities with intervals: a line per model, or a block where that is too wide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rmqm_spec.screen.table import TableColumn, fits, table_lines

__all__ = ["quantity_table"]


def quantity_table(
    names: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    quantities: Sequence[str],
    *,
    heads: Mapping[str, str],
    name_head: str = "model",
) -> Iterator[str]:
    """
    Yield the lines of a table.

    Parameters
    ----------
    names : sequence of str
        What the rows are about.
    rows : sequence of mapping
        Cells by the name of the quantity; a row may lack some.
    quantities : sequence of str
        Columns, in this order; those without any cell are left out.
    heads : mapping of str to str
        Heads of columns that are not the names of the quantities.
    name_head : str
        Head of the names.
    """
    cells = {quantity: [row.get(quantity, "") for row in rows] for quantity in quantities}
    shown = [quantity for quantity in quantities if any(cells[quantity])]
    lines = table_lines(
        [
            TableColumn(name_head, names, left=True),
            *(
                TableColumn(heads.get(quantity, quantity), cells[quantity], left=True)
                for quantity in shown
            ),
        ]
    )
    if fits(lines):
        yield from lines
        return
    width = max(len(heads.get(quantity, quantity)) for quantity in shown)
    for number, name in enumerate(names):
        yield f"  {name}"
        for quantity in shown:
            if cells[quantity][number]:
                head = heads.get(quantity, quantity)
                yield f"    {head:<{width}}  {cells[quantity][number]}"
