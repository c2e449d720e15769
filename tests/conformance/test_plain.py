"""The correct base of the miniatures, against Annex A and against the project's own code."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from miniatures import Plain
from miniatures.plain_noise import quantile16

from rmqm_spec.alterations import white_noise
from rmqm_spec.characteristics import characterize, displacements, step_lengths
from rmqm_spec.identity import content_id, digest_of_ids

PLAIN = Plain()
CIRCLE = np.array([[(1, 0), (0.6, 0.8), (0, 1), (-0.6, 0.8)]])
THREE = np.concatenate(
    [
        CIRCLE,
        [[(1, 0), (0.8, 0.6), (0.6, 0.8), (0, 1)]],
        [[(1, 0), (0.96, 0.28), (0.8, 0.6), (-0.6, 0.8)]],
    ]
)
VARIANTS = ("paper", "authors-2022")


def distances_of(trajectories, variant):
    found = PLAIN.distances(trajectories=trajectories, arithmetic="float64")
    return {
        "displacements": found["displacements"],
        "step_lengths": found["step_lengths"],
        "variant": variant,
        "resolution": found["resolution"],
    }


@pytest.mark.parametrize(
    ("trajectories", "variant", "expected"),
    [
        (CIRCLE, "paper", [1.365832, 0.525658, 0.138071, 2.443290, 1.504519]),
        (CIRCLE, "authors-2022", [1.365832, 0.423025, 0.146447, 2.507806, np.nan]),
        (THREE, "paper", [1.082527, 0.604072, 0.351057, 1.885022, 1.271658]),
        (THREE, "authors-2022", [1.082527, 0.817650, 0.883251, 1.624906, np.nan]),
    ],
)
def test_characteristics_of_annex_a(trajectories, variant, expected):
    found = PLAIN.characterize(**distances_of(trajectories, variant))
    got = [found[key] for key in ("D", "D_RC", "P_RC", "rmqm", "weighted_rmqm")]
    assert got == pytest.approx(expected, abs=5e-7, nan_ok=True)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [("paper", [1.091786, 2.678257]), ("authors-2022", [0.633292, 2.616520])],
)
def test_interval_of_annex_a(variant, expected):
    found = PLAIN.interval(**distances_of(THREE, variant))
    assert [found["low"], found["high"]] == pytest.approx(expected, abs=5e-7)


def test_degenerate_cases_of_annex_a():
    zeros = {
        "displacements": np.array([[0.5, 0.5, 0, 0.8, 0.8]]),
        "step_lengths": np.array([[0.5, 0, 0, 0.8, 0]]),
        "resolution": 1e-12,
    }
    paper = PLAIN.characterize(variant="paper", **zeros)
    assert (paper["undefined_D_RC"], paper["undefined_P_RC"]) == (1, 2)
    assert (paper["D_RC"], paper["P_RC"]) == pytest.approx((0.5, 1 / 3))
    authors = PLAIN.characterize(variant="authors-2022", **zeros)
    assert authors["left_out"] == 1
    assert paper["status"] == authors["status"] == "undefined-terms"
    angles = 0.1 * np.arange(10)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[None]
    assert PLAIN.characterize(**distances_of(circle, "paper"))["status"] == "constant-steps"


def test_noise_of_annex_a():
    given = np.arange(18, dtype=np.uint8).reshape(1, 3, 6)
    name = PLAIN.content_id(input=given)["id"]
    assert name == "da3a92e3e9e05a7fe5df7caec4341665527e456c5c7fbd801f02dbcc743bab23"
    assert hashlib.sha256(quantile16().astype("<f4").tobytes()).hexdigest() == (
        "e6b56edea11a92475977d8ce30e38df854a13a7320e0e25f25288a43158e1711"
    )
    altered = PLAIN.white_noise(
        inputs=(given / np.float32(255)).astype(np.float32)[None],
        ids=[name],
        levels=[1, 2, 99],
        n_levels=99,
        seed=0,
        low=0.0,
        high=1.0,
        coupling="independent",
    )["altered"]
    assert [hashlib.sha256(level.tobytes()).hexdigest() for level in altered[0]] == [
        "30036e9b8ad19f59bc9bbeafd0c60a16066fdcb876ae9e66fde17da58913ab13",
        "a93fc4b3ae0938c906da729bb1a12c37e0be5339a64984f9b5336b7e8559ce3e",
        "73d3c9c16cdc0c7e8bb2e23341b1bc4dd724240539a40dffccdfb1ca7082a5c9",
    ]


@pytest.mark.parametrize("coupling", ["independent", "common"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(5))
def test_noise_has_the_bits_of_the_project(seed, dtype, coupling):
    rng = np.random.default_rng(seed)
    low, high = -0.75, 2.5
    shape = (3, *rng.integers(1, 9, size=2))
    inputs = rng.uniform(low, high, size=shape).astype(dtype)
    ids = [f"{seed}/{i}" for i in range(3)]
    common = {"seed": seed, "n_levels": 7, "coupling": coupling}
    theirs = white_noise(inputs, [5, 0, 7, 1], ids=ids, bounds=(low, high), **common)
    ours = PLAIN.white_noise(
        inputs=inputs, ids=ids, levels=[5, 0, 7, 1], low=low, high=high, **common
    )["altered"]
    assert ours.dtype == theirs.dtype
    assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(10))
def test_characteristics_agree_with_the_project(seed, variant):
    rng = np.random.default_rng(seed)
    n, j, e = rng.integers(2, 12, size=3)
    z = np.cumsum(rng.normal(size=(n, j + 1, e)), axis=1)
    if seed % 2:  # some steps of length zero, some returns to the origin
        z[0, 1], z[-1, j] = z[0, 0], z[-1, j - 1]
    distances = distances_of(z, variant)
    d, s = distances["displacements"], distances["step_lengths"]
    np.testing.assert_allclose(d, displacements(z, resolution=1e-12), rtol=0, atol=1e-14)
    np.testing.assert_allclose(s, step_lengths(z, resolution=1e-12), rtol=0, atol=1e-14)
    theirs = characterize(d, s, variant=variant)
    ours = PLAIN.characterize(**distances)
    assert ours["status"] == theirs.status
    for key in ("D", "S", "D_RC", "P_RC", "rmqm", "weighted_rmqm"):
        assert ours[key] == pytest.approx(getattr(theirs, key), rel=1e-12, abs=1e-12, nan_ok=True)
    interval = PLAIN.interval(**distances)
    assert [interval["low"], interval["high"]] == pytest.approx(
        list(theirs.interval), rel=1e-11, abs=1e-11, nan_ok=True
    )
    if variant == "paper":
        undefined = {key: ours[f"undefined_{key}"] for key in ("D_RC", "P_RC")}
        assert undefined == theirs.undefined_terms
    assert ours["left_out"] == int((~theirs.per_input.kept).sum())


@pytest.mark.parametrize("dtype", ["u1", "<i4", ">f4", "<f8", "?", "<f2"])
def test_names_agree_with_the_project(dtype):
    values = np.asfortranarray(np.arange(24).reshape(2, 3, 4) % 2, dtype=dtype)
    name = PLAIN.content_id(input=values)["id"]
    assert name == content_id(values)
    ids = [name, "b", name, "a"]
    assert PLAIN.name_inputs(ids=ids) == {
        "ids": sorted({name, "a", "b"}),
        "digest": digest_of_ids(ids),
    }


@pytest.mark.parametrize(
    ("name", "labels", "views"),
    [
        ("displacement", None, True),
        ("cross-entropy", [0, 1, 2, 0, 1, 2], False),
        ("triplet", [0, 0, 1, 1, 2, 2], False),
        ("triplet", None, True),
        ("nt-xent", None, True),
    ],
)
def test_gradients_of_losses_are_those_of_their_values(name, labels, views):
    rng = np.random.default_rng(4)
    z = rng.normal(size=(6, 3))
    rest = {"name": name, "labels": labels, "references": z + rng.normal(size=z.shape)}
    if not views:
        rest["references"] = None
    measured, step = np.empty_like(z), 1e-6
    for place in np.ndindex(*z.shape):
        change = np.zeros_like(z)
        change[place] = step
        above, below = (PLAIN.loss(encodings=z + c, **rest)["values"] for c in (change, -change))
        measured[place] = (above - below).sum() / (2 * step)
    found = PLAIN.loss(encodings=z, **rest)
    np.testing.assert_allclose(found["gradient"], measured, rtol=0, atol=1e-7)
    assert (found["values"] > 0).any()


def test_displacement_loss_of_annex_a():
    found = PLAIN.loss(
        name="displacement",
        encodings=np.array([[3.0, 4.0]]),
        references=np.array([[2.0, 0.0]]),
        labels=None,
    )
    np.testing.assert_allclose(found["values"], [0.8])
    np.testing.assert_allclose(found["gradient"], [[-0.256, 0.192]])


def test_the_own_encoder_has_the_gradient_of_its_values():
    rng = np.random.default_rng(0)
    inputs = (0.2 + 0.6 * rng.random((2, 3, 4))).astype(np.float32)
    cotangent = rng.normal(size=(2, 5)).astype(np.float32)
    gradient = PLAIN.vjp(inputs=inputs, cotangent=cotangent)["gradient"]
    change = (0.02 * rng.normal(size=inputs.shape)).astype(np.float32)
    above, below = (PLAIN.encode(inputs=x)["encodings"] for x in (inputs + change, inputs - change))
    np.testing.assert_allclose(
        (gradient * change).sum((1, 2)), ((above - below) * cotangent).sum(1) / 2, atol=1e-3
    )


def test_path_and_document():
    rng = np.random.default_rng(0)
    network = {
        "weight": rng.normal(size=(4, 6)) / 3,
        "bias": rng.normal(size=4),
        "scale": 2.0,
        "mean": 0.5,
        "std": 0.25,
        "activation": "tanh",
    }
    x = {"inputs": rng.random((3, 2, 3)), "ids": ["b", "a", "b"], "network": network}
    rest = {"seed": 0, "low": 0.0, "high": 1.0}
    path = PLAIN.pgd_path(**x, n_levels=None, alpha=None, variant="paper", **rest)["altered"]
    assert path.shape == (3, 31, 2, 3)
    assert 0 < np.abs(np.diff(path, axis=1)).max() <= 2 / 255 + 1e-15
    one = PLAIN.document(**x, n_levels=9, variant=None, **rest)["document"]
    assert json.loads(one)["counts"]["duplicates"] == 1
    assert PLAIN.compare(first=one, second=one) == {"difference": 0.0}
    other = PLAIN.document(**x, n_levels=8, variant=None, **rest)["document"]
    with pytest.raises(ValueError, match="J: 9 against 8"):
        PLAIN.compare(first=one, second=other)
