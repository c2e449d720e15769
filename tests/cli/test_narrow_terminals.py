"""Every sentence on a terminal of any width: whole words, and the same words as in a pipe."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")
pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL = str(EXAMPLES / "digits_ntxent.onnx")
OTHER = str(EXAMPLES / "digits_cross_entropy.onnx")
AUTOENCODER = str(EXAMPLES / "digits_autoencoder.onnx")
COLOURS = re.compile(r"\x1b\[\d*m")
RUN_ALL = """
import json, sys
from rmqm_spec.cli.app import app
for command in json.loads(sys.argv[1]):
    print("\\f", end="", flush=True)
    app(command, standalone_mode=False)
"""
TABLE = "model,task,rmqm,knn\n" + "".join(
    f"{name},{task},{2 + k / 10},{0.5 + (k * k % 7) / 20}\n"
    for task in ("letters", "clothes")
    for k, name in enumerate("abcdef")
)
LABELLED = ("--data", "labelled.npz:images", "--labels", "labelled.npz:labels")
SETS = ("--train", "labelled.npz:images", "--test", "others.npy")
SENTENCES = [
    ["inspect", MODEL],
    ["explain", "DET001"],
    ["measures"],
    ["validate", "ntxent", "nowhere.json"],
    ["diff", "ntxent", "ntxent/result.json"],
    ["diff", "ntxent", "nine"],
]
TABLES = [
    ["check", MODEL, "--n", "4"],
    ["score", MODEL, "--n", "8", "--out", "ntxent"],
    ["rank", "ntxent", "entropy", "--out", "ranked", "--force"],
    ["probe", MODEL, *LABELLED],
    ["geometry", MODEL, *LABELLED, "--k", "5", "--C", "1", "--alteration", "rotation"],
    ["spectrum", AUTOENCODER, "--latent", "latent", *SETS, "--out", "spectra"],
    ["spectrum", MODEL, OTHER, *LABELLED[:2], "--n", "5"],
    ["diff", "ntxent", "entropy"],
    ["correlate", "table.csv"],
    ["doctor"],
    ["explain"],
    ["conformance", "--list"],
]
HELP = [
    [*command, "--help"]
    for command in ([], ["score"], ["geometry"], ["spectrum"], ["preprocess", "show"])
]


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("narrow")
    for out, model, *options in (
        ("ntxent", "digits_ntxent.onnx"),
        ("entropy", "digits_cross_entropy.onnx"),
        ("nine", "digits_ntxent.onnx", "--levels", "9"),
    ):
        done = rmqm("score", str(EXAMPLES / model), "--n", "8", "--out", out, *options, cwd=folder)
        assert done.returncode == 0, done.stderr
    images = np.random.default_rng(0).random((20, 8, 8), dtype=np.float32)
    np.savez(folder / "labelled.npz", images=images, labels=np.arange(20) % 2)
    np.save(folder / "others.npy", images[:, ::-1])
    (folder / "table.csv").write_text(TABLE, encoding="utf-8")
    return folder


def texts_of(commands, folder, columns=None):
    """Run commands one after the other, on a terminal or in a pipe; return what each wrote."""
    script = [sys.executable, "-c", RUN_ALL, json.dumps(commands)]
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": ""}
    if columns is None:
        done = subprocess.run(
            script, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=True,
        )  # fmt: skip
        return done.stdout.split("\f")[1:]
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    worker = subprocess.Popen(script, cwd=folder, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        pass  # how Linux says that the other end is closed
    os.close(ours)
    assert worker.wait() == 0, shown.decode()
    return COLOURS.sub("", shown.decode().replace("\r\n", "\n")).split("\f")[1:]


@pytest.fixture(scope="module")
def in_a_pipe(folder):
    return texts_of(SENTENCES, folder)


def is_copied(line):
    """Whether a line holds a path, or an option with a value, after its indentation."""
    return line.lstrip().startswith(("-> ", "rmqm-spec ", "--")) or " " not in line.strip()


@pytest.mark.parametrize("columns", [40, 50, 60, 80, 200])
def test_sentences_fit_and_say_what_they_say_in_a_pipe(columns, folder, in_a_pipe):
    tables = TABLES if columns in {40, 60, 200} else []
    shown = texts_of([*SENTENCES, *HELP, *tables], folder, columns)
    too_long = [
        line
        for text in shown
        for line in text.splitlines()
        if len(line) > columns and not is_copied(line)
    ]
    assert not too_long
    for command, text, expected in zip(SENTENCES, shown, in_a_pipe, strict=False):
        assert text.split() == expected.split(), command


def test_a_pipe_gets_lines_as_they_are(in_a_pipe):
    assert max(len(line) for text in in_a_pipe for line in text.splitlines()) > 100
