"""A result is read back exactly, and only with the distances that made it."""

import json

import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.errors import UnreadableError
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import write_result
from rmqm_spec.results.stored import read_result

IMAGES = np.random.default_rng(0).random((6, 8))


@pytest.fixture
def written(tmp_path):
    found = evaluate(lambda x: x[:, :4] * x[:, 4:] + 0.1, IMAGES, alteration=WhiteNoise(n_levels=4))
    document = result_document(
        found, {}, [], data="eye", seconds=1.0, created="2026-01-01T00:00:00+00:00"
    )
    write_result(tmp_path, document, found)
    return found, document, tmp_path


@pytest.mark.parametrize("name", ["", "result.json"])
def test_what_is_read_is_what_was_written(written, name):
    found, document, folder = written
    read = read_result(folder / name)
    again = read.characteristics()
    assert (read.document, read.ids, read.names) == (document, found.ids, found.names)
    assert (again.rmqm, again.interval) == (found.rmqm, found.interval)
    assert np.array_equal(
        again.per_input.contribution, found.characteristics.per_input.contribution
    )


def _other_ids(folder):
    with np.load(folder / "distances.npz") as stored:
        content = dict(stored)
    np.savez(folder / "distances.npz", **content | {"ids": content["ids"][::-1] + "x"})


def _shorter(folder):
    with np.load(folder / "distances.npz") as stored:
        content = dict(stored)
    np.savez(folder / "distances.npz", **content | {"step_lengths": content["step_lengths"][:2]})


def _other_schema(folder):
    (folder / "result.json").write_text(json.dumps({"schema": "other/1"}))


def _other_counts(folder):
    document = json.loads((folder / "result.json").read_text())
    (folder / "result.json").write_text(json.dumps({**document, "counts": "changed"}))


BREAKS = [
    ("RES001", lambda folder: (folder / "result.json").unlink()),
    ("RES002", lambda folder: (folder / "distances.npz").unlink()),
    ("RES002", lambda folder: (folder / "distances.npz").write_bytes(b"PK")),
    ("RES002", _other_ids),
    ("RES002", _shorter),
    ("RES002", _other_schema),
    ("RES002", _other_counts),
]


@pytest.mark.parametrize(("code", "damage"), BREAKS)
def test_what_does_not_belong_together_is_refused(written, code, damage):
    *_, folder = written
    damage(folder)
    with pytest.raises(UnreadableError) as caught:
        read_result(folder)
    assert caught.value.code == code
