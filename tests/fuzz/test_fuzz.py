"""A few hundred broken models, data files and documents: each is refused by code."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("onnxruntime")

from fuzz_cases import data_cases, model_cases

PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from fuzz_cases import data_cases, document_cases, model_cases
from fuzz_running import Tally, run_all
tally = Tally()
run_all({kind}_cases({n}, {seed}, Path.cwd()), tally)
print(tally.cases, tally.faults)
"""
"""A process of its own forks for the cases: in this one a runtime may be at work."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks, and reads /proc")
@pytest.mark.parametrize(
    ("kind", "n", "seed"),
    [("model", 100, 1), ("model", 100, 2), ("data", 50, 3), ("document", 50, 4)],
)
def test_broken_files_are_refused_by_code(rmqm, tmp_path, request, kind, n, seed):
    folder = str(request.path.parent)
    program = PROGRAM.format(folder=folder, kind=kind, n=n, seed=seed)
    done = rmqm.python("-c", program, cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, f"{n} []"), done.stderr


@pytest.mark.parametrize("cases", [model_cases, data_cases])
def test_a_case_depends_on_its_number_and_the_seed_alone(tmp_path, cases):
    def contents(folder, n):
        folder.mkdir(exist_ok=True)
        for case in cases(n, 7, folder):
            files = sorted(path for path in case.folder.rglob("*") if path.is_file())
        return [path.read_bytes() for path in files]

    assert contents(tmp_path / "a", 4) == contents(tmp_path / "b", 4)
