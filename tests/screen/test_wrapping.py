"""Lines on a terminal are broken between words; commands, paths and intervals stay whole."""

from __future__ import annotations

import pytest

from rmqm_spec.screen.wrapping import cells, filled, hanging, wrapped

COMMAND = "rmqm-spec score 'my model.onnx' --output /Flatten_output_0 --size 224x224 --data a/*.png"
LINES = [
    "  WARN  OUT008  54 looks like class scores, not encodings: the last layer gives 10 values",
    "                Say what the model was trained with: --mean, --std or --preprocess FILE.",
    "  RMQM 2.522  [2.468, 2.576] 95 % CI      D 0.628   D_RC 0.115   P_RC 0.469",
    "  input   x  float32  [1, 3, 224, 224]   <- altered input, read as images in nchw by name",
    "error ARG001: --data must name labelled inputs; got none\n  fix: Add --data and --labels.",
    f"  To score the layer before the last: {COMMAND}. Or leave it as it is.",
    f"  {COMMAND}",
    "  used 20 of 20 inputs, 3 unreadable   -> results of today/a-folder/result.json",
    "  the leave-one-out neighbours of a well-known data-set come from rmqm_spec.runs.probing",
    "  \x1b[33mWARN\x1b[0m  SCO007  the bundled images are used: the score is a smoke test",
    "  模型的名字 很长 很长 很长 很长 很长 很长 很长 很长 很长 很长 很长",
    "",
]
WIDTHS = [20, 40, 48, 50, 60, 80, 200]


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("line", LINES)
def test_nothing_is_lost_or_broken_and_lines_fit(line, width):
    text = wrapped(line, width)
    assert words(text) == words(line)
    for piece in text.split("\n"):
        assert cells(piece) <= width or COMMAND in piece or "result.json" in piece or width == 20


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "whole",
    [
        COMMAND,
        "rmqm-spec preprocess show a.onnx",
        "pip install --force-reinstall onnxruntime",
        "pip uninstall -y onnxruntime onnxruntime-gpu",
        "python -m pip install 'rmqm-spec[cpu]'",
        "--output flatten_4/Reshape:0",
        "[-0.183, -0.123]",
        "[?, 3, 224, 224]",
        "95 %",
    ],
)
def test_what_is_copied_or_read_at_once_stays_whole(whole, width):
    text = wrapped(f"  Some words that come before it: {whole}, and some that follow.", width)
    assert whole in text


def test_a_path_at_the_end_stays_whole_with_its_blanks():
    path = "-> results of today/a folder/result.json"
    assert path in wrapped(f"  used 20 of 20 inputs   {path}", 40)


def test_a_line_that_is_a_command_is_left_alone():
    command = "  rmqm-spec rank models others --data photos --labels 'a b.csv:c d'"
    assert wrapped(command, 40) == command
    assert "\n" in wrapped("  rmqm-spec inspect lists the candidates of this model.", 40)


def test_texts_go_on_below_their_beginning():
    wide = wrapped(LINES[0], 60).split("\n")
    assert {line[:16] for line in wide[1:]} == {" " * 16}
    narrow = wrapped(LINES[0], 40).split("\n")
    assert {len(line) - len(line.lstrip()) for line in narrow[1:]} == {4}
    assert (hanging(16, 47), hanging(16, 48)) == (4, 16)


def test_short_texts_between_gaps_stay_whole():
    assert wrapped(LINES[2], 40).split("\n") == [
        "  RMQM 2.522  [2.468, 2.576] 95 % CI",
        "    D 0.628   D_RC 0.115   P_RC 0.469",
    ]


def test_a_paragraph_is_indented_as_a_whole():
    lines = filled("Also write the table as CSV,  with unrounded numbers; - is stdout.", 38, 6)
    assert {line[:6] for line in lines} == {" " * 6}
    assert max(map(len, lines)) <= 38
