"""The cases of a seed: the same number gives the same case, whatever ran before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

from fuzz_files import broken_data, broken_documents, write_data
from fuzz_models import EXAMPLES, bases, mutated
from fuzz_running import Case, run_command

PATIENCE = "6"
"""Seconds that a model may be silent."""


def model_cases(n: int, seed: int, work: Path, first: int = 0) -> Iterator[Case]:
    """Yield models that were broken, each with a command that opens it."""
    sound = bases()
    for number in range(first, first + n):
        random = Random(f"model {seed} {number}")
        folder = _folder(work, f"m{number}")
        path = mutated(random.choice(sound), random, folder)
        command = random.choice(("check", "check", "check", "inspect", "score"))
        words = [command, str(path), "--timeout", PATIENCE]
        if command == "check":
            words += ["--n", "2"]
        elif command == "score":
            words += ["--n", "2", "--levels", "2", "--out", str(folder / "out")]
        yield Case(f"model {number}: {' '.join(words[:1])}", tuple(words), folder)


def data_cases(n: int, seed: int, work: Path) -> Iterator[Case]:
    """Yield data files that were broken, each read for a sound model."""
    sound = write_data(_folder(work, "sound-data"))
    model = str(EXAMPLES / "digits_ntxent.onnx")
    for number in range(n):
        random = Random(f"data {seed} {number}")
        folder = _folder(work, f"d{number}")
        data = str(broken_data(sound, random, folder))
        if data.endswith(".npz") and random.random() < 0.8:
            data += ":x"
        words = ["check", model, "--data", data, "--n", "2"]
        if random.random() < 0.4:
            words += ["--range", "0,1"]
        yield Case(f"data {number}: {Path(data).name}", tuple(words), folder)


def document_cases(n: int, seed: int, work: Path) -> Iterator[Case]:
    """Yield results that were broken, each with a command that reads them."""
    sound = work / "sound-documents"
    for name in ("ntxent", "cross_entropy"):
        model = str(EXAMPLES / f"digits_{name}.onnx")
        words = ["score", model, "--n", "4", "--levels", "3", "--out", str(sound / name)]
        code, text = run_command(words, work)
        if code:
            raise RuntimeError(text)
    for number in range(n):
        random = Random(f"document {seed} {number}")
        folder = _folder(work, f"r{number}")
        words = broken_documents(sound, random, folder)
        yield Case(f"document {number}: {words[0]}", tuple(words), folder)


def _folder(work: Path, name: str) -> Path:
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
