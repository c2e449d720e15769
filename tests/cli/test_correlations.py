"""``rmqm-spec correlate`` from outside: the table, the document, the figure, and refusals."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import termios
from functools import partial
from importlib.resources import files

import pytest

jsonschema = pytest.importorskip("jsonschema")

TABLE = """model,task,rmqm,D,knn,linear
a,letters,2.1,0.5,0.61,0.70
b,letters,2.4,0.6,0.66,0.71
c,letters,2.3,0.9,0.64,0.75
d,letters,2.9,0.7,0.80,0.82
e,letters,3.0,0.8,0.79,0.84
f,letters,2.6,0.4,0.70,0.69
a,clothes,2.1,0.5,0.31,0.40
b,clothes,2.4,0.6,0.36,0.41
c,clothes,2.3,0.9,0.34,0.45
d,clothes,2.9,0.7,0.50,0.52
e,clothes,3.0,0.8,0.49,0.54
f,clothes,2.6,0.4,0.40,0.39
"""


@pytest.fixture(scope="module")
def correlate(rmqm):
    return partial(rmqm, "correlate")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("correlations")
    (folder / "table.csv").write_text(TABLE, encoding="utf-8")
    (folder / "table.tsv").write_text(TABLE.replace(",", "\t"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def document(correlate, folder):
    done = correlate("table.csv", "--scores", "all", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.document


def test_a_column_that_is_named_twice_counts_once(correlate, folder):
    twice = correlate("table.csv", "--scores", "rmqm,rmqm", "--json", cwd=folder).document
    once = correlate("table.csv", "--scores", "rmqm", "--json", cwd=folder).document
    assert len(twice["correlations"]) == len(once["correlations"])


def test_the_document_follows_its_schema(document):
    text = files("rmqm_spec").joinpath("documents/schemas/correlation.schema.json").read_text()
    validator = jsonschema.Draft202012Validator(json.loads(text))
    validator.validate(document)
    for key in ("correlations", "limits", "rmqm", "method"):
        assert not validator.is_valid({name: document[name] for name in document if name != key})


def test_every_score_meets_every_probe_in_each_task_and_pooled(document):
    found = [(one["score"], one["probe"], one["task"]) for one in document["correlations"]]
    assert found == [
        (score, probe, task)
        for score in ("rmqm", "D")
        for probe in ("knn", "linear")
        for task in ("letters", "clothes", None)
    ]
    assert [one["pearson"]["method"] for one in document["correlations"][:3]] == [
        "fisher-z", "fisher-z", "encoder-bootstrap-bca",
    ]  # fmt: skip


def test_the_same_numbers_from_the_other_kind_of_table(correlate, folder, document):
    again = correlate("table.tsv", "--scores", "all", "--json", cwd=folder).document
    assert again["correlations"] == document["correlations"]


def test_the_table_says_what_it_does_not_show(correlate, folder):
    done = correlate("table.csv", "--probes", "knn", cwd=folder)
    assert done.stdout.splitlines()[0].split()[:4] == ["score", "probe", "task", "n"]
    assert "  rmqm   knn    pooled   6  " in done.stdout
    assert "to rank encoders within one task is harder" in done.stdout
    assert done.stderr == ""


def test_a_figure(correlate, folder):
    pytest.importorskip("matplotlib")
    done = correlate("table.csv", "--plot", "out.svg", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "-> out.svg" in done.stderr
    figure = (folder / "out.svg").read_text(encoding="utf-8")
    assert figure.count("knn accuracy") >= 3
    assert correlate("table.csv", "--plot", "out.svg", cwd=folder).returncode == 0
    (folder / "out.svg").write_text("<svg>mine</svg>")
    refused = correlate("table.csv", "--plot", "out.svg", cwd=folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "ARG007" in refused.stderr
    assert (folder / "out.svg").read_text() == "<svg>mine</svg>"
    (folder / "out.svg").write_text(figure, encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.json"], 3, "RES001"),
        (["table.csv", "--scores", "rankme"], 2, "ARG001"),
        (["table.csv", "--tasks", "digits"], 2, "--tasks must be of the columns letters, clothes"),
        (["table.csv", "--plot", "out.png"], 2, "--plot must name an .svg file; got out.png"),
        ([], 2, "ARG001"),
    ],
)
def test_refusals(correlate, folder, arguments, code, said):
    done = correlate(*arguments, cwd=folder)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""


def test_without_matplotlib_nothing_is_computed_and_the_command_is_printed(correlate, folder):
    blocked = "import sys; sys.modules['matplotlib'] = None"
    done = correlate("table.csv", "--plot", "out.svg", cwd=folder, before=blocked)
    assert done.returncode == 4
    assert "pip install 'rmqm-spec[report]'" in done.stderr


def test_a_narrow_terminal_gets_short_lines(rmqm, folder):
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    streams = {"stdin": follower, "stdout": follower}
    arguments = ("table.csv", "--tasks", "letters")
    with rmqm.start("correlate", *arguments, cwd=folder, **streams) as running:
        os.close(follower)
        seen = b""
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:
                break
            if not part:
                break
            seen += part
        assert running.wait() == 0
    os.close(leader)
    lines = [line for line in seen.decode().splitlines() if not line.startswith("  -")]
    assert "  rmqm and knn, letters, n 6" in lines
    assert max(map(len, lines)) <= 72
