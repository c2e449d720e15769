"""Wrong values of options are refused by name, rule and value, before any work."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rmqm_spec.errors import UsageError
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.models import open_model
from rmqm_spec.runs.opening import check_request

pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")


def read(**typed):
    """Read options as a command does, up to the opening of the model."""
    request = request_of(MODEL, typed)
    check_request(request)
    open_model(request)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--variant", "mine", "--variant must be one of paper, authors-2022; got 'mine'"),
        ("--coupling", "x", "--coupling must be one of independent, common; got 'x'"),
        ("--precision", 0.0, "--precision must be a finite number above 0; got 0.0"),
        ("--precision", math.nan, "--precision must be a finite number above 0; got nan"),
        ("--scale", math.nan, "--scale must be a finite number other than 0; got nan"),
        ("--scale", 0.0, "--scale must be a finite number other than 0; got 0.0"),
        ("--mean", "nan", "--mean must be finite numbers separated by commas; got 'nan'"),
        ("--std", "a,b", "--std must be finite numbers separated by commas; got 'a,b'"),
        ("--size", "0", "--size must be HEIGHTxWIDTH; got '0'"),
        ("--feed", ["x"], "--feed must be NAME=VALUE; got 'x'"),
        ("--layout", "x", "--layout must be one of nchw, nhwc, nhw, flat, array; got 'x'"),
        ("--channel-order", "x", "--channel-order must be one of rgb, bgr; got 'x'"),
        (
            "--provider",
            "tpu",
            (
                "--provider must be one of cpu, cuda, tensorrt, tensorrt-rtx, openvino, coreml, "
                "webgpu, directml, migraphx, qnn; got 'tpu'"
            ),
        ),
        ("--range", "1,0", "--range must be LOW,HIGH with LOW < HIGH; got '1,0'"),
        ("--data-layout", "x", "--data-layout must be one of nhwc, nchw, nhw, array; got 'x'"),
    ],
)
def test_a_wrong_value_is_named_with_its_option_and_rule(option, value, message):
    with pytest.raises(UsageError) as caught:
        read(**{option.removeprefix("--").replace("-", "_"): value})
    assert (caught.value.code, caught.value.message) == ("ARG001", message)


def test_a_wrong_value_ends_a_score_before_anything_is_written(rmqm, tmp_path):
    done = rmqm("score", MODEL, "--variant", "mine", cwd=tmp_path)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert done.stderr.splitlines() == [
        "error ARG001: --variant must be one of paper, authors-2022; got 'mine'",
        "  fix: Choose one of them.",
    ]


@pytest.mark.parametrize(
    ("option", "value"),
    [("--n", "0"), ("--n", "x"), ("--seed", "-1"), ("--levels", "0"), ("--batch-size", "0")],
)
def test_a_number_out_of_its_bounds_is_named_with_its_option(rmqm, option, value, tmp_path):
    done = rmqm("score", MODEL, option, value, cwd=tmp_path)
    line, fix = done.stderr.splitlines()
    assert (done.returncode, fix) == (2, "  fix: See rmqm-spec score --help.")
    assert option in line
    assert value in line


def test_a_command_must_be_given(rmqm, tmp_path):
    done = rmqm(cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "error ARG001: a command must be given; got none",
        "  fix: For example check, score or explain; rmqm-spec --help lists all of them.",
    ]


def test_an_empty_code_is_not_the_list_of_all_codes(rmqm, tmp_path):
    done = rmqm("explain", "", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [["doctor"], ["explain"], ["explain", "det001"], ["inspect", MODEL], ["explain", "NO"], []],
)
def test_every_document_has_the_keys_of_a_score(rmqm, arguments, tmp_path):
    document = rmqm(*arguments, "--json", cwd=tmp_path).document
    assert (document["rmqm"], document["interval"]) == (None, None)
    assert document["ok"] is ("error" not in document)


def test_a_check_that_cannot_go_on_holds_the_error_of_all_documents(rmqm, tmp_path):
    document = rmqm("check", "missing.onnx", "--json", cwd=tmp_path).document
    assert document["error"] == {
        "code": "MOD002",
        "message": "model must be an existing file or folder; got missing.onnx",
        "fix": "Check the path.",
    }


def test_a_check_that_ran_to_its_end_holds_no_error(rmqm, tmp_path):
    document = rmqm("check", MODEL, "--n", "8", "--json", cwd=tmp_path).document
    assert (document["ok"], document["error"]) == (True, None)
