"""What goes to which stream, on terminals of all kinds and where nobody listens."""

from __future__ import annotations

import json
import os
import pty
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")
resource = pytest.importorskip("resource")
pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")
COMMANDS = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
COLOURS = re.compile(r"\x1b\[3[123]m")
COMMAND = [sys.executable, "-m", "rmqm_spec"]


def shell(text, cwd, **environment):
    return subprocess.run(
        ["bash", "-c", text.replace("rmqm-spec", " ".join(COMMAND))],
        cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def on_terminal(*arguments, columns, cwd, stream="stderr", **environment):
    """Run with one stream on a terminal, the other in a pipe; return what each was given."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    other = "stdout" if stream == "stderr" else "stderr"
    worker = subprocess.Popen(
        [*COMMAND, *arguments], cwd=cwd, env={**os.environ, **environment},
        **{stream: theirs, other: subprocess.DEVNULL},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # how Linux says that the other end is closed
    os.close(ours)
    return worker.wait(), shown.decode()


@pytest.fixture
def many(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (700, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "many.npy", images)
    return ["--data", "many.npy"]


@pytest.mark.parametrize("columns", [40, 100])
def test_progress_tells_rate_and_time_left_within_the_terminal(columns, many, tmp_path):
    _, shown = on_terminal("score", MODEL, *many, columns=columns, cwd=tmp_path)
    plain = COMMANDS.sub("", shown)
    drawn = [line.strip("\n") for line in plain.split("\r") if " left" in line]
    assert drawn
    assert all(
        re.search(r"\d+%  [\d:]+ left  [\d,]+( (encodings|inputs))?/s", line) for line in drawn
    )
    assert max(map(len, drawn)) < columns
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # the cursor is back


def test_a_terminal_of_unknown_width_is_taken_as_80_columns(many, tmp_path):
    _, shown = on_terminal("score", MODEL, *many, columns=0, cwd=tmp_path)
    assert "encodings/s" in shown


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        ("stdout", {"NO_COLOR": ""}, True),
        ("stdout", {"NO_COLOR": "1"}, False),
        ("stderr", {"NO_COLOR": ""}, False),
    ],
)
def test_only_a_terminal_gets_colours(stream, environment, coloured, tmp_path):
    arguments = ["check", MODEL, "--n", "8"]
    code, shown = on_terminal(*arguments, columns=80, cwd=tmp_path, stream=stream, **environment)
    assert (code, bool(COLOURS.search(shown))) == (0, coloured)


def test_a_log_gets_no_colours_where_the_result_is_on_a_terminal(tmp_path):
    command = " ".join([*COMMAND, "score", MODEL, "--n", "8", "2> log.txt"])
    ours, theirs = pty.openpty()
    subprocess.run(command, shell=True, cwd=tmp_path, stdout=theirs, check=True)
    os.close(theirs)
    os.close(ours)
    assert "  WARN  SCO007" in (tmp_path / "log.txt").read_text()


def test_a_reader_of_notes_that_goes_away_does_not_end_the_work(tmp_path):
    done = shell(f"rmqm-spec score '{MODEL}' --n 8 --out out 2>&1 >/dev/null | true", tmp_path)
    assert done.stderr == ""
    assert (tmp_path / "out/result.json").exists()


def test_a_reader_that_goes_away_does_not_change_the_verdict(tmp_path):
    (tmp_path / "no.onnx").write_text("no model")
    done = shell("set -o pipefail; rmqm-spec check no.onnx | true", tmp_path)
    assert (done.returncode, done.stderr) == (3, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_result_that_cannot_be_printed_is_an_error(tmp_path):
    done = shell("rmqm-spec explain > /dev/full", tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error ARG005: stdout must take what is written; got [Errno 28] No space left on device",
        "  fix: Send it elsewhere.",
    ]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_error(closed, tmp_path):
    assert shell(f"rmqm-spec explain DET001 {closed}", tmp_path).returncode == 0


def test_a_stream_that_knows_no_umlaut_gets_an_escape(tmp_path):
    done = shell("rmqm-spec check fehlt-ü.onnx", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 3
    assert "got fehlt-\\xfc.onnx" in done.stdout


def test_a_name_does_not_command_the_terminal(tmp_path):
    done = shell("rmqm-spec inspect $'a\\e]0;title\\a.onnx'", tmp_path)
    assert "got a\\x1b]0;title\\x07.onnx" in done.stderr


def test_a_file_of_the_user_does_not_stand_in_for_a_module(tmp_path):
    (tmp_path / "random.py").write_text("raise SystemExit('taken from the folder of the user')")
    code = "from rmqm_spec.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "check", MODEL, "--n", "8"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


NOT_IN_HELP = {"cattrs", "numpy", "onnx", "onnxruntime", "PIL", "scipy", "scipy.special"}
NOT_IN_CHECK = {
    "filelock", "fsspec", "hypothesis", "jinja2", "jsonschema", "matplotlib", "numba", "pandas",
    "pyarrow", "rich", "scipy.ndimage", "scipy.optimize", "scipy.sparse", "scipy.stats", "sklearn",
}  # fmt: skip
LISTED = """
import sys

def write(event, details):  # in forks of this process, too
    if event == "import":
        with open("imports.txt", "a") as file:
            file.write(details[0] + "\\n")

sys.addaudithook(write)
from rmqm_spec.cli import main; main()
"""


def processor_seconds():
    """Return what ended children used: other work on the machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("command", ["", "check", "score", "inspect", "doctor", "explain"])
def test_help_comes_at_once_and_without_numpy(command, tmp_path):
    command = [*COMMAND, *filter(None, [command]), "--help"]
    seconds = []
    for _ in range(2):
        begun = processor_seconds()
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
        seconds.append(processor_seconds() - begun)
    command[1:1] = ["-X", "importtime"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert not imported & {*NOT_IN_HELP, *NOT_IN_CHECK}
    assert min(seconds) < 1.0  # 0.4 and more where other processes share the cores


def test_a_check_imports_nothing_that_it_does_not_need(tmp_path):
    command = [sys.executable, "-c", LISTED, "check", MODEL, "--n", "4"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    imported = set((tmp_path / "imports.txt").read_text().splitlines())
    assert {"numpy", "onnxruntime", "scipy.special"} <= imported
    assert not imported & NOT_IN_CHECK


def test_a_check_of_a_small_model_takes_seconds(tmp_path):
    begun = processor_seconds()
    done = shell(f"rmqm-spec check '{MODEL}' --json", tmp_path)
    assert json.loads(done.stdout)["seconds"] < 5
    assert processor_seconds() - begun < 3
