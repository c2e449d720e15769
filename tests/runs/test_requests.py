"""Requests: alike from the command line, TOML and Python; wrong ones are refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.option import Option
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.request_files import read_request
from rmqm_spec.runs.tables import frame, structured

pytest.importorskip("onnxruntime")

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"
QUIET = Listener()


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"size": "224"}, {"size": (224, 224)}),
        ({"size": "3x5"}, {"size": [3, 5]}),
        ({"mean": "0.1,0.2"}, {"mean": (0.1, 0.2)}),
        ({"mean": "1"}, {"mean": 1}),
        ({"scale": 255.0}, {"scale": 255}),
        ({"range": "0,255"}, {"range": (0, 255)}),
        ({"feed": ["k=1"]}, {"feed": {"k": 1}}),
        ({"measure": ["rmqm"]}, {"measure": "rmqm"}),
        ({"data": "photos/"}, {"data": Path("photos/")}),
        ({"batch-size": 4}, {"batch_size": 4}),
    ],
)
def test_text_and_value_make_one_request(typed, value):
    one, other = request_of("m.onnx", typed), request_of("m.onnx", value)
    assert repr(one).replace("photos/", "photos") == repr(other)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sede": 1}, "got 'sede'"),
        ({"n": 0}, "--n must be a whole number of at least 1; got 0"),
        ({"n": True}, "--n must be a whole number"),
        ({"threads": 10_000}, "--threads must be at most"),
        ({"step_size": 1}, "--step-size must come with --alteration pgd; got --alteration white"),
        ({"scale": 2, "preprocess": "p.toml"}, "--preprocess must stand alone"),
        ({"data": 3}, "--data must be a text, a path or an array"),
        ({"layout": "x"}, "--layout must be one of"),
    ],
)
def test_a_wrong_option_is_named(options, message):
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        request_of("m.onnx", options)


def test_a_near_name_is_offered():
    with pytest.raises(UsageError) as caught:
        request_of("m.onnx", {"levls": 3})
    assert caught.value.fix == "Did you mean 'levels'?"


def test_a_file_holds_the_same_request(tmp_path):
    (tmp_path / "run.toml").write_text(
        'model = "m.onnx"\nn = 7\nmean = [0.5]\nalteration = "pgd"\nstep_size = "2/255"\n'
    )
    options = {"n": 7, "mean": [0.5], "alteration": "pgd", "step_size": "2/255"}
    assert repr(read_request(tmp_path / "run.toml")) == repr(
        request_of(tmp_path / "m.onnx", options)
    )


@pytest.mark.parametrize("text", ["model = ", "[", "\x00"])
def test_what_is_no_request_is_refused(tmp_path, text):
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(UnreadableError, match=r"run\.toml"):
        read_request(tmp_path / "run.toml")


def test_a_request_file_scores_from_the_command_line(rmqm, tmp_path):
    text = f'model = "{MODEL}"\nn = 5\nlevels = 3\nnull = false\n'
    (tmp_path / "run.toml").write_text(text)
    done = rmqm("score", "run.toml", "--out", "out", "--json", cwd=tmp_path)
    assert (done.returncode, done.document["counts"]["levels"]) == (0, 3), done.stderr
    refused = rmqm("score", "run.toml", "--n", "6", cwd=tmp_path)
    assert refused.returncode == 2
    assert "must stand alone" in refused.stderr


def test_an_object_is_no_model():
    with pytest.raises(UsageError, match="must be the path of a model file"):
        rmqm_spec.score(np.tanh, listener=QUIET)


def test_an_executor_must_take_work():
    with pytest.raises(UsageError, match="must be a name or have a method submit"):
        rmqm_spec.score(MODEL, executor=3, listener=QUIET)


def test_tables_have_a_column_per_name_and_frames_too():
    table = structured({"name": ["a", "b"], "score": [1.5, None]})
    assert table.dtype.names == ("name", "score")
    pandas = pytest.importorskip("pandas", reason="needs pandas for data frames")
    assert isinstance(frame(table, index="name"), pandas.DataFrame)


def test_an_option_says_what_it_takes():
    option = Option(name="width", help="Width of the blur, in pixels.", read=float, default=4.0)
    assert option.value("2.5") == 2.5
    with pytest.raises(UsageError, match="--width must be a valid value; got 'wide'") as caught:
        option.value("wide")
    assert caught.value.fix == (
        "Width of the blur, in pixels. Correct the value, or leave the option out for the default "
        "4.0."
    )


@pytest.mark.parametrize("error", [KeyError("wide"), ValueError("no"), AttributeError("x")])
def test_whatever_the_reader_of_an_option_raises_is_an_error_of_the_value(error):
    def read(_):
        raise error

    with pytest.raises(UsageError, match="--width must be a valid value; got 'wide'") as caught:
        Option(name="width", help="Width.", read=read).value("wide")
    assert caught.value.fix == "Width. Correct the value, or leave the option out."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"null": "no"}, "--null/--no-null must be true or false; got 'no'"),
        ({"force": 3}, "--force must be true or false; got 3"),
        ({"levels": 20_000}, "--levels must be at most 9999; got 20000"),
        ({"measure": ""}, "--measure must be names"),
        ({"out": ""}, "--out must be a path"),
        ({"alteration": ""}, "--alteration must be a text that is not empty"),
        ({"out": "a" * 300}, "--out must be a path without null bytes, each name at most 255"),
        ({"preprocess": "\0"}, "--preprocess must be a path without null bytes"),
    ],
)
def test_what_no_file_system_and_no_run_takes_is_refused(options, message):
    with pytest.raises(UsageError) as caught:
        request_of("m.onnx", options)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("given", [None, 3, b"x", [None], np.zeros(3), ""])
def test_models_and_results_must_be_paths(given):
    for function in (rmqm_spec.rank, rmqm_spec.probe, rmqm_spec.correlate):
        with pytest.raises(UsageError, match="must be paths"):
            function(given, listener=QUIET)


def test_options_that_would_have_no_effect_are_refused(tmp_path):
    with pytest.raises(UsageError, match="an option of check must be one of"):
        rmqm_spec.check(MODEL, measure="zzz", listener=QUIET)
    with pytest.raises(UsageError, match="an option of probe must be one of"):
        rmqm_spec.probe(MODEL, data="x.npz:a", levels=3, listener=QUIET)
    with pytest.raises(UsageError, match="listener must be a Listener"):
        rmqm_spec.score(MODEL, listener=3)


def test_an_option_typed_beside_a_request_is_named_even_where_it_is_the_default(rmqm, tmp_path):
    (tmp_path / "run.toml").write_text(f'model = "{MODEL}"\nn = 5\nlevels = 3\nseed = 5\n')
    refused = rmqm("score", "run.toml", "--seed", "0", cwd=tmp_path)
    assert refused.returncode == 2
    assert "must stand alone; got run.toml and --seed" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [("score", "a" * 300), ("rank", "a" * 300), ("validate", "a" * 300), ("report", "a" * 300),
     ("correlate", "a" * 300), ("diff", "a" * 300, "b"), ("score", MODEL, "--data", "https://[bad")],
    ids=lambda one: one[0],
)  # fmt: skip
def test_no_odd_path_meets_a_bug(rmqm, tmp_path, arguments):
    done = rmqm(*arguments, cwd=tmp_path)
    assert done.returncode in {1, 2, 3}, done.stderr
    assert "BUG001" not in done.stderr


def test_a_score_by_differences_is_a_valid_result(rmqm, tmp_path):
    pgd = ["--alteration", "pgd", "--gradient", "finite-differences", "--levels", "3"]
    done = rmqm("score", MODEL, "--n", "8", "--no-null", *pgd, "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert rmqm("validate", "out", cwd=tmp_path).returncode == 0
