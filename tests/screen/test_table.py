"""Tables fit the terminal, and show every name as text."""

from __future__ import annotations

import pytest

from rmqm_spec.cli.rank_table import ranking_table
from rmqm_spec.screen.table import TableColumn, table_lines

EVIL = "\x1b]0;title\x07[bold]a[/bold] :smile:"
LONG = "a-vision-transformer-with-a-long-name"


def row(name, **others):
    return {
        "name": name,
        "position": 1,
        "rmqm": 2.5,
        "interval": [2.4, 2.6],
        "letters": ["a"],
        "same_as": [],
        "best": 0.5,
        "shares": {"D": 0.08, "1/D_RC": 0.42, "1/P_RC": 0.5},
        "null": None,
        "encodings_per_second": 1234.5,
        **others,
    }


def columns():
    return [
        TableColumn("model", ["a", LONG], left=True, fit="shorten"),
        TableColumn("RMQM", ["2.500", "-"]),
        TableColumn("least", ["needed", "of all"], 2, left=True),
        TableColumn("less", ["needed", ""], 1, left=True),
    ]


def test_without_a_limit_everything_is_there_and_no_line_ends_in_blanks():
    assert table_lines(columns()) == [
        f"  {'model':<37}   RMQM  least   less",
        f"  {'a':<37}  2.500  needed  needed",
        f"  {LONG}      -  of all",
    ]


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (62, ["model", "RMQM", "least", "less"]),
        (61, ["model", "RMQM", "less"]),
        (53, ["model", "RMQM"]),
        (30, ["model", "RMQM"]),
    ],
)
def test_the_least_needed_columns_go_first(width, heads):
    lines = table_lines(columns(), width)
    assert lines[0].split() == heads
    assert max(map(len, lines)) <= width
    assert lines[2].split()[0].startswith("a-vision-t")


@pytest.mark.parametrize("width", [None, 80])
def test_names_are_text(width):
    lines = table_lines([TableColumn("model", [EVIL]), TableColumn("", ["x"])], width)
    assert lines[1] == "  \\x1b]0;title\\x07[bold]a[/bold] :smile:  x"


def test_wide_signs_take_two_columns():
    lines = table_lines(
        [TableColumn("model", ["模型", "ab"], left=True), TableColumn("n", ["1", "2"])]
    )
    assert lines[1:] == ["  模型   1", "  ab     2"]


def test_texts_wrap_where_they_may():
    text = "one sentence that does not fit into a narrow terminal"
    found = [TableColumn("", ["COD001"], left=True), TableColumn("", [text], left=True, fit="wrap")]
    assert table_lines(found) == [f"  COD001  {text}"]
    lines = table_lines(found, 40)
    assert max(map(len, lines)) <= 40
    assert " ".join(" ".join(lines).split()) == f"COD001 {text}"
    assert lines[1].startswith(" " * 10)


def test_a_further_measure_has_a_column_in_a_ranking():
    rank = {"title": "effective rank", "value": 12.3456, "units": "1", "interval": None}
    energy = {"title": "energy", "value": None, "units": "nats", "interval": None}
    rows = [row("a", measures={"rank": rank, "energy": energy}), row("b")]
    head, first, second = ranking_table(rows, 200)
    assert "effective rank" in head
    assert "energy (nats)" in head
    at = head.index("effective rank") + len("effective rank")
    assert first[:at].endswith("12.35")
    assert second[:at].endswith(" -")
    assert "effective rank" not in ranking_table(rows, 45)[0]
