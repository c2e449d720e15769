"""What folders say of classes follows the inputs, and hashing tells how far it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.inputs.files import ImageFiles
from rmqm_spec.inputs.prepared import open_inputs

SPEC = InputSpec(kind="image", shape=(1, 4, 4))


def write(path: Path, grey: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4), grey).save(path)


def test_folders_below_the_one_that_was_given_are_labels(tmp_path: Path) -> None:
    for grey, name in enumerate(("cat/1.png", "dog/1.png", "dog/2.png", "deep/owl/1.png", "x.png")):
        write(tmp_path / name, grey)
    inputs = open_inputs(tmp_path, SPEC, Preprocessing())
    found = {
        Path(inputs.name(k)).relative_to(tmp_path).as_posix(): inputs.label(k) for k in range(5)
    }
    assert found == {
        "cat/1.png": "cat",
        "dog/1.png": "dog",
        "dog/2.png": "dog",
        "deep/owl/1.png": "owl",
        "x.png": None,
    }


def test_a_folder_without_folders_has_no_labels(tmp_path: Path) -> None:
    write(tmp_path / "x.png", 0)
    inputs = open_inputs(tmp_path, SPEC, Preprocessing())
    assert inputs.source.labels is None
    assert inputs.label(0) is None


def test_arrays_bring_no_labels_along() -> None:
    inputs = open_inputs(np.zeros((2, 4, 4)), SPEC, Preprocessing())
    assert inputs.source.labels is None


def test_progress_is_told_of_every_input(tmp_path: Path) -> None:
    for grey in range(3):
        write(tmp_path / f"{grey}.png", grey)
    told: list[tuple[int, int]] = []
    open_inputs(tmp_path, SPEC, Preprocessing(), progress=lambda *one: told.append(one))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_more_files_than_a_block_keep_their_order(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("rmqm_spec.inputs.hashing._BLOCK", 2)
    for grey in range(5):
        write(tmp_path / f"{grey}.png", grey)
    files = ImageFiles.in_folder(tmp_path)
    alone = [ImageFiles([tmp_path / f"{k}.png"], label="one").digests[0] for k in range(5)]
    assert list(files.digests) == alone
