"""Models that crash, hang, lie or eat memory: every command refuses them by code, and lives on."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).parents[2]
MODEL = str(ROOT / "examples/digits_ntxent.onnx")
COMMANDS = ("inspect", "check", "score")


def saved(path, nodes, shape=("N", 1, 8, 8), tensors=(), *, opset=17, ir=8):
    value = helper.make_tensor_value_info
    x, y = value("x", TensorProto.FLOAT, shape), value("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [x], [y], tensors)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    path.write_bytes(made.SerializeToString())
    return path


def flat(*nodes):
    return [helper.make_node("Flatten", ["x"], ["f"]), *nodes]


def dense(path, **fields):
    """A model whose weights lie outside, by fields that may be odd."""
    values = np.ones((64, 4), np.float32)
    (path.parent / "w.bin").write_bytes(values.tobytes())
    tensor = numpy_helper.from_array(values, "w")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, text in {"location": "w.bin", "offset": "0", "length": "1024", **fields}.items():
        tensor.external_data.add(key=key, value=text)
    return saved(path, flat(helper.make_node("MatMul", ["f", "w"], ["y"])), tensors=[tensor])


def endless(path):
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Relu", ["a"], ["b"])],
        "body",
        [value("i", 7, []), value("c", 9, []), value("a", 1, None)],
        [value("d", 9, []), value("b", 1, None)],
    )
    go = numpy_helper.from_array(np.array(True), "go")
    return saved(
        path, flat(helper.make_node("Loop", ["", "go", "f"], ["y"], body=body)), tensors=[go]
    )


def first_fault(done):
    """The code and the fix that a command gives, whichever way it gives them."""
    document = done.document
    assert done.returncode not in (0, 70), done.stdout
    return document["error"]["code"], document["error"]["fix"]


def run(rmqm, command, model, folder, *options, **settings):
    words = [command, model, *options, "--json"]
    if command == "score":
        words += ["--n", "2", "--no-null"]
    return rmqm(*words, cwd=folder, **settings)


@pytest.mark.parametrize(
    "fields",
    [
        {"location": "a" * 300},
        {"location": "a\0b"},
        {"location": "loop.bin"},
        {"offset": "9" * 5000},
        {"offset": "\u0660"},
        {"length": "-8"},
    ],
    ids=["long", "NUL", "circle", "digits", "Arabic", "negative"],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_fields_of_external_data_are_checked_before_a_file_is_opened(
    rmqm, tmp_path, command, fields
):
    (tmp_path / "loop.bin").symlink_to("loop.bin")
    done = run(rmqm, command, dense(tmp_path / "m.onnx", **fields), tmp_path)
    assert (done.returncode, first_fault(done)[0]) == (3, "MOD005")


@pytest.mark.parametrize("shape", [(1, 3, 200_000, 200_000), (1, 1, 2**31, 2**31)])
@pytest.mark.parametrize("command", ["check", "score"])
def test_shapes_that_do_not_fit_are_refused_before_they_are_made(rmqm, tmp_path, command, shape):
    path = saved(tmp_path / "m.onnx", [helper.make_node("Flatten", ["x"], ["y"])], shape)
    done = run(rmqm, command, path, tmp_path)
    assert (done.returncode, first_fault(done)[0]) == (1, "MOD010")


def test_a_type_that_onnx_does_not_have_is_the_same_finding_everywhere(rmqm, tmp_path):
    tensor = numpy_helper.from_array(np.ones((64, 4), np.float32), "w")
    tensor.data_type = 99
    path = saved(
        tmp_path / "m.onnx", flat(helper.make_node("MatMul", ["f", "w"], ["y"])), tensors=[tensor]
    )
    errors = [run(rmqm, command, path, tmp_path).document["error"] for command in COMMANDS]
    assert errors[0] == errors[1] == errors[2]
    assert errors[0]["code"] == "MOD003"
    assert "got 99" in errors[0]["message"]


@pytest.mark.parametrize("command", ["check", "score"])
def test_encodings_whose_length_depends_on_the_values_are_refused(rmqm, tmp_path, command):
    ten = numpy_helper.from_array(np.array(10, np.float32), "ten")
    nodes = [
        helper.make_node("Mul", ["x", "ten"], ["m"]),
        helper.make_node("Round", ["m"], ["r"]),
        helper.make_node("Unique", ["r"], ["u"]),
        helper.make_node("Unsqueeze", ["u", "axis"], ["y"]),
    ]
    axis = numpy_helper.from_array(np.array([0]), "axis")
    path = saved(tmp_path / "m.onnx", nodes, (1, 1, 4, 4), [ten, axis])
    code, fix = first_fault(run(rmqm, command, path, tmp_path))
    assert (code, "--output" in fix) == ("OUT010", True)


@pytest.mark.parametrize(("versions", "numbers"), [({"ir": 40}, "40"), ({"opset": 99}, "99")])
def test_a_model_that_is_newer_than_the_runtime_gets_the_right_advice(
    rmqm, tmp_path, versions, numbers
):
    path = saved(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["y"])], **versions)
    code, fix = first_fault(run(rmqm, "check", path, tmp_path))
    assert code == "MOD003"
    assert "pip install --upgrade onnxruntime" in fix
    assert f"or lower instead of {numbers}" in fix
    assert "recent exporter" not in fix
    lower = int(fix.split(" or lower")[0].split()[-1])
    path = saved(
        tmp_path / "m.onnx",
        [helper.make_node("Relu", ["x"], ["y"])],
        **dict.fromkeys(versions, lower),
    )
    assert run(rmqm, "check", path, tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["check", "score"])
def test_a_loop_without_an_end_is_stopped(rmqm, tmp_path, command):
    path = endless(tmp_path / "m.onnx")
    started = time.monotonic()
    done = run(rmqm, command, path, tmp_path, "--timeout", "2s")
    assert (done.returncode, first_fault(done)[0]) == (1, "MOD009")
    assert "within 2 s" in done.document["error"]["message"]
    assert time.monotonic() - started < 20


def family(pid):
    """The processes below a process."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(word) for word in path.read_text().split()] if path.exists() else []
    return [*children, *(other for child in children for other in family(child))]


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("command", ["check", "score"])
@pytest.mark.parametrize(
    ("name", "code"), [("SIGKILL", -9), ("SIGHUP", 5), ("SIGTERM", 5), ("SIGINT", 5)]
)
def test_nothing_goes_on_when_the_command_ends(rmqm, tmp_path, command, name, code):
    path = endless(tmp_path / "m.onnx")
    process = rmqm.start(command, str(path), cwd=tmp_path)
    end = time.monotonic() + 20
    while len(below := family(process.pid)) < 2:
        assert time.monotonic() < end, "no process for the model was started"
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(getattr(signal, name))
    process.communicate(timeout=20)
    assert process.returncode == code
    end = time.monotonic() + 5
    while any(map(is_alive, below)):
        assert time.monotonic() < end, "a process of the model goes on"
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
def test_a_model_that_eats_memory_is_refused(rmqm, tmp_path):
    shape = numpy_helper.from_array(np.array([1, 64, 50_000_000]), "s")
    nodes = flat(
        helper.make_node("Unsqueeze", ["f", "a"], ["u"]),
        helper.make_node("Expand", ["u", "s"], ["e"]),
        helper.make_node("ReduceMean", ["e"], ["y"], axes=[2], keepdims=0),
    )
    axis = numpy_helper.from_array(np.array([2]), "a")
    path = saved(tmp_path / "m.onnx", nodes, tensors=[shape, axis])
    for command in ("check", "score"):
        done = run(rmqm, command, path, tmp_path, "--memory", "3")
        assert (done.returncode, first_fault(done)[0]) == (1, "MOD010")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("command", [*COMMANDS, "rank"])
def test_a_pipe_is_no_model(rmqm, tmp_path, command):
    os.mkfifo(tmp_path / "m.onnx")
    done = rmqm(command, str(tmp_path / "m.onnx"), cwd=tmp_path)
    assert done.returncode == 3
    assert "m.onnx, which is a pipe, a device or a socket" in done.stdout + done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_is_no_file_of_preprocessing(rmqm, tmp_path, command):
    os.mkfifo(tmp_path / "p.json")
    done = run(rmqm, command, MODEL, tmp_path, "--preprocess", "p.json")
    assert (done.returncode, first_fault(done)[0]) == (2, "ARG001")


def runtime(folder, text):
    """A package that stands in for the runtime."""
    (folder / "onnxruntime").mkdir()
    (folder / "onnxruntime/__init__.py").write_text(text)
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize(
    ("text", "code"),
    [("import os; os.abort()", "ENV011"), ("raise OSError('libx.so is missing')", "ENV001")],
    ids=["aborting", "broken"],
)
def test_a_runtime_that_cannot_be_imported_is_named(rmqm, tmp_path, text, code):
    environment = runtime(tmp_path, text)
    for command in ("check", "score"):
        done = run(rmqm, command, MODEL, tmp_path, env=environment)
        assert (done.returncode, first_fault(done)[0]) == (4, code)
    done = rmqm("doctor", cwd=tmp_path, env=environment)
    assert (done.returncode, code in done.stdout + done.stderr) == (4, True)


def test_what_a_sitecustomize_prints_is_no_event(rmqm, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("print('hello', end='')")
    done = rmqm("check", MODEL, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert (done.returncode, "RMQM 2.404" in done.stdout) == (0, True)


def test_names_of_250_characters_and_of_odd_bytes_are_models_too(rmqm, tmp_path):
    content = Path(MODEL).read_bytes()
    names = ["n" * 250 + ".onnx"]
    if sys.platform == "linux":
        names.append(os.fsdecode(b"caf\xe9.onnx"))
    for name in names:
        (tmp_path / name).write_bytes(content)
        for command in COMMANDS:
            assert run(rmqm, command, name, tmp_path).returncode == 0


def test_a_graph_that_contradicts_itself_is_refused_by_the_rules_of_onnx(tmp_path):
    from rmqm_onnx.broken import refusing_broken
    from rmqm_spec.errors import SubjectError

    path = saved(tmp_path / "m.onnx", [helper.make_node("NoSuchOperator", ["x"], ["y"])])
    with pytest.raises(SubjectError, match="NoSuchOperator") as caught, refusing_broken(path):
        raise KeyError("shape")
    assert caught.value.code == "MOD011"
    sound = Path(MODEL)
    with pytest.raises(KeyError), refusing_broken(sound):
        raise KeyError("an error of our own")
