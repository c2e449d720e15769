"""Columns on disk: what is written comes back, and what cannot be is refused."""

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec.errors import UnreadableError
from rmqm_spec.geometries import AlteredSets, columns_of, numbers_of
from rmqm_spec.geometries.columns import packed, read_columns
from rmqm_spec.nnk import Cosine

DIGEST = "0" * 64


@pytest.fixture
def columns():
    rows = np.random.default_rng(0).normal(size=(12, 4))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids = [f"{k:x}" * 4 for k in range(12)]
    known = columns_of(rows, ids, ids, 5, Cosine(), labels=["a", "b", "c"] * 4)
    random = np.random.default_rng(1)
    altered = AlteredSets(
        levels=np.array([1, 3]),
        neighbours=random.integers(1, 3, (7, 2)),
        diameters=random.random((7, 2)),
        displacements=random.random((7, 2)),
    )
    return evolve(known, altered=altered, answers={"linear": ("a", "") * 6})


def written(path, columns):
    path.write_bytes(packed(columns, DIGEST))
    return path


def test_all_numbers_come_back(tmp_path, columns):
    back = read_columns(written(tmp_path / "n.npz", columns), DIGEST)
    assert numbers_of(back) == numbers_of(columns)
    assert back.labels == columns.labels
    assert back.answers == columns.answers
    linear = numbers_of(back)["labelled"]["answers"]["linear"]
    assert (linear["inputs"], linear["value"]) == (6, 2 / 6)
    altered = numbers_of(back)["altered"]
    widths = columns.altered.diameters[:, -1]
    assert altered["diameter"]["value"] == pytest.approx(widths.mean())
    assert altered["relative_diameter"] == pytest.approx(widths.mean() / columns.spread)


def test_without_labels_and_alteration_nothing_is_said_of_them(tmp_path, columns):
    bare = evolve(columns, labels=None, answers={}, altered=None)
    back = read_columns(written(tmp_path / "n.npz", bare), DIGEST)
    numbers = numbers_of(back)
    assert numbers["labelled"] is None
    assert numbers["altered"] is None


def changed(name, change):
    def of(arrays):
        arrays[name] = change(arrays[name])

    return of


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed("geometry_sha256", lambda _: np.array("1" * 64)), "another document"),
        (changed("weights", lambda found: -found), "a weight below 0"),
        (changed("indices", lambda found: found + 12), "outside 0 to 11"),
        (changed("indices", lambda found: np.arange(12)[:, None] + 0 * found), "its own candid"),
        (changed("errors", lambda found: found[:-1]), "rows for 12 inputs"),
        (changed("labels", lambda found: found[:-1]), "rows for 12 inputs"),
        (changed("cosines", lambda found: found[:, :-1]), "do not belong to candidates"),
        (changed("ids", lambda found: found[:-1]), "for 11 inputs"),
        (lambda arrays: arrays.pop("diameters"), "diameters"),
    ],
)
def test_columns_that_cannot_be_are_refused(tmp_path, columns, change, said):
    path = written(tmp_path / "n.npz", columns)
    with np.load(path) as stored:
        arrays = dict(stored)
    change(arrays)
    np.savez(path, **arrays)
    with pytest.raises(UnreadableError, match=said) as refused:
        read_columns(path, DIGEST)
    assert refused.value.code == "RES002"


def test_a_missing_or_broken_file_is_named(tmp_path, columns):
    with pytest.raises(UnreadableError, match=r"none\.npz must hold"):
        read_columns(tmp_path / "none.npz", DIGEST)
    path = written(tmp_path / "n.npz", columns)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableError, match=r"n\.npz must hold"):
        read_columns(path, DIGEST)
