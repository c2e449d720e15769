"""The table of a ranking on terminals of any width, and names of candidates."""

from __future__ import annotations

import pytest

from rmqm_spec.cli.rank_table import ranking_table
from rmqm_spec.cli.verdict import verdict
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.selection import select_candidates


def row(name, position=1, same_as=(), null=None, **others):
    return {
        "name": name,
        "position": position,
        "rmqm": 2.5,
        "interval": [2.4, 2.6],
        "letters": ["a", "b"],
        "same_as": list(same_as),
        "best": 0.5,
        "shares": {"D": 0.08, "1/D_RC": 0.42, "1/P_RC": 0.5},
        "null": null,
        "encodings_per_second": 1234.5,
        **others,
    }


LONG = "a-vision-transformer-with-a-long-name"
NULL = {"rmqm": 2.7, "status": "ok", "difference_interval": [-0.3, -0.1]}
ROWS = [row("short", same_as=[LONG], null=NULL), row(LONG, same_as=["short"])]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_the_table_fits(width):
    lines = ranking_table(ROWS, width)
    assert max(map(len, lines)) <= width
    assert lines[0].split()[:3] == ["#", "model", "RMQM"]
    assert len({line.index("2.500") for line in lines[1:3]}) == 1


def test_what_goes_first_on_a_narrow_terminal():
    heads = {width: ranking_table(ROWS, width)[0] for width in (60, 90, 100, 200)}
    assert "same as" in heads[200]
    assert "enc/s" in heads[200]
    assert "same as" not in heads[100]
    assert "null" in heads[90]
    assert "ties" in heads[60]
    assert "95 % CI" not in heads[60]


def test_long_names_keep_their_ends():
    line = ranking_table(ROWS, 40)[2]
    assert "a-visi" in line
    assert "name" in line
    assert "~" in line


def test_without_ties_and_nulls_their_columns_are_not_there():
    head = ranking_table([row("a"), row("b", position=2)], 200)[0]
    assert "ties" not in head
    assert "null" not in head


def test_equal_positions_are_marked():
    lines = ranking_table([row("a"), row("b"), row("c", position=3)], 200)
    assert [line.split()[0] for line in lines[1:]] == ["1=", "1=", "3"]


def test_a_tie_at_the_top_is_no_winner():
    pair = {
        "first": "a", "second": "b", "difference": 0.004, "interval": [-0.003, 0.011],
        "tied": True, "inputs_needed": 5234, "parts": {"D": 0.004},
    }  # fmt: skip
    document = {
        "ranked": [row("a", same_as=["b"], best=0.83), row("b", same_as=["a"], best=0.17)],
        "pairs": [pair],
        "inputs": 1000,
        "left_out": [],
        "order_probability": 0.83,
    }
    first, probe, tie, *_ = verdict(document)
    assert first.startswith("No encoder is clearly the best on these 1,000 inputs")
    assert "a has the highest score with probability 0.830" in first
    assert tie == (
        "a and b are tied: 0.004 [-0.003, 0.011]; about 5,300 inputs would be needed to confirm a "
        "difference of that size."
    )
    pair["inputs_needed"] = 2_000_000
    assert "more than a million inputs" in verdict(document)[2]
    assert probe.endswith("With labels, rmqm-spec probe measures it.")


def two(first, second, *codes):
    pair = {
        "first": "a", "second": "b", "difference": 0.4, "interval": [0.3, 0.5],
        "tied": False, "inputs_needed": None, "parts": {"D": 0.4},
    }  # fmt: skip
    return {
        "ranked": [first, second],
        "pairs": [pair],
        "inputs": 100,
        "left_out": [],
        "findings": [{"code": code} for code in codes],
        "order_probability": 0.99,
    }


BELOW = {"rmqm": 2.0, "status": "ok", "difference": 0.5, "difference_interval": [0.4, 0.6]}


def test_an_encoder_that_is_not_above_its_null_does_not_lead():
    first = verdict(two(row("a", null=NULL), row("b", rmqm=2.1, null=BELOW)))[0]
    assert first == (
        "a has the highest score, but the same network with permuted weights scores no lower, so "
        "it does not lead: the highest score above its own null is 2.100, of b."
    )
    first = verdict(two(row("a", null=NULL), row("b", null=NULL)))[0]
    assert first.endswith("so it does not lead: no encoder scores above its own null.")


def test_what_weakens_a_comparison_stands_in_the_headline():
    plain = verdict(two(row("a", null=BELOW), row("b")))[0]
    assert "but" not in plain
    weak = verdict(two(row("a", null=BELOW), row("b"), "RNK001", "RNK005"))[0]
    assert weak.endswith(
        "; but they take inputs of different sizes and some give class scores and others encodings."
    )


def test_equal_scores_have_no_order():
    document = two(row("a", null=BELOW), row("b"))
    assert any("whole order" in line for line in verdict(document))
    document["pairs"][0] |= {"difference": 0.0, "tied": True}
    assert not any("whole order" in line for line in verdict(document))


def test_what_sets_a_tie_apart_is_named():
    facts = {
        "measures": {"rankme": {"value": 31.25}},
        "model": {"bytes": 5_100_000},
        "same_as": ["b"],
    }
    other = {"measures": {"rankme": {"value": 12.5}}, "model": {"bytes": 240_000}}
    gap = {**BELOW, "difference": 0.125}
    lines = verdict(two(row("a", null=BELOW, **facts), row("b", null=gap, **other)))
    assert lines[1] == (
        "What sets a and b apart: +0.500 against +0.125 from their nulls; rankme 31.25 against "
        "12.5; 5.1 against 0.24 MB."
    )


def test_one_encoder_or_none_is_no_ranking():
    assert verdict({"ranked": []}) == ["No encoder has a score."]
    alone, null = verdict({"ranked": [row("a", null=NULL)], "left_out": []})
    assert "nothing to compare" in alone
    assert "Not above the same network with permuted weights: a." in null
    assert "P(best)" not in ranking_table([row("a")], 200)[0]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.onnx", "b.onnx"], ["a", "b"]),
        (["x/a.onnx", "y/a.onnx"], ["x/a", "y/a"]),
        (["x/model.onnx", "y/model.onnx"], ["x", "y"]),
        (["x/onnx/model.onnx", "y/onnx/model.onnx"], ["x", "y"]),
        (["a.onnx", "x/a.onnx", "a.onnx"], ["a", "x/a"]),
    ],
)
def test_encoders_are_called_by_what_tells_them_apart(tmp_path, monkeypatch, paths, names):
    monkeypatch.chdir(tmp_path)
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    found = [one.name for one in select_candidates(paths, request_of("", {})).candidates]
    assert [name if name in found else name.rsplit("/")[-1] for name in names] == names
    assert len(set(found)) == len(found)


def test_the_same_file_with_other_settings_is_another_encoder(tmp_path):
    (tmp_path / "m.onnx").touch()
    (tmp_path / "m.toml").write_text(
        '[one]\npath = "m.onnx"\noutput = "a"\n[two]\npath = "m.onnx"\noutput = "b"\n'
    )
    found = select_candidates([], request_of("", {"mean": "0.5"}), tmp_path / "m.toml").candidates
    openings = {one.name: one.request.opening for one in found}
    assert [(name, one.output, one.mean) for name, one in openings.items()] == [
        ("one", "a", (0.5,)),
        ("two", "b", (0.5,)),
    ]


def test_own_preprocessing_replaces_that_of_all(tmp_path):
    (tmp_path / "m.toml").write_text(
        '[one]\npath = "m.onnx"\npreprocess = "p.json"\nsize = [224, 320]\nfeed = "k=1"\n'
    )
    common = request_of("", {"mean": "0.5", "std": "2"})
    (one,) = select_candidates([], common, tmp_path / "m.toml").candidates
    opening = one.request.opening
    assert (opening.mean, opening.std) == (None, None)
    assert opening.preprocess == tmp_path / "p.json"
    assert (opening.size, opening.feed) == ((224, 320), (("k", "1"),))
