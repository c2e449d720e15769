"""Every wrong miniature differs from the correct base, no allowed one does."""

from __future__ import annotations

import copy
import itertools
import json
from functools import cache

import numpy as np
import pytest
from miniatures import ALLOWED, WRONG, Plain

from rmqm_conformance.operations import operations
from rmqm_conformance.subject import checked_result
from rmqm_spec.clauses import specification

EXACT = {"content_id", "prepare", "name_inputs", "white_noise", "pgd_step", "pgd_path"}
SINGLE = {"encode", "vjp"}  # computed in float32
UNIT = {"low": 0.0, "high": 1.0}
WIDE = {"low": -0.7, "high": 2.6}
NETWORK = {
    "weight": np.random.default_rng(0).normal(size=(4, 6)) / 2,
    "bias": np.random.default_rng(1).normal(size=4),
    "scale": 2.0,
    "mean": 0.5,
    "std": 0.25,
    "activation": "tanh",
}
TURNED = NETWORK | {"scale": -2.0, "activation": "identity"}
X = np.random.default_rng(2).random((4, 2, 3))
IDS = ["b", "a", "B", "a"]


def inputs_cases():
    letters = np.arange(1, 25, dtype=np.uint8).reshape(2, 4, 3)
    for array in (letters, letters.astype("<i4"), letters / 32, (letters / 32).astype("<f4")):
        yield "content_id", {"input": array}
    bytes_ = np.arange(768).astype(np.uint8).reshape(16, 16, 3)
    for array in (bytes_, bytes_[..., :1], bytes_[:3] / 255, (bytes_[:3] / 255).astype("<f4")):
        yield "prepare", {"input": array, "kind": "image", **UNIT}
    for array in (letters, letters / 32, (letters / 32).astype("<f4"), letters.astype("<f2")):
        yield "prepare", {"input": array, "kind": "array", "low": 0.0, "high": 24.0}
    for value in (-0.1, 1.0, 1.1, np.nan):
        bad = np.array([[[0.5], [value]]])
        yield "prepare", {"input": bad, "kind": "array", **UNIT}
        yield "prepare", {"input": bad, "kind": "image", **UNIT}
    for low, high in ((1.0, 0.0), (1.0, 1.0), (0.0, np.inf), (np.nan, 1.0)):
        yield "prepare", {"input": np.ones(2), "kind": "array", "low": low, "high": high}
    yield "prepare", {"input": letters / 32, "kind": "image", "low": 0.0, "high": 2.0}
    yield "name_inputs", {"ids": ["b", "a", "C", "b", "A"]}


def noise_cases():
    rng = np.random.default_rng(2022)
    plain = {"seed": 3, "coupling": "independent", "n_levels": 7, **WIDE}
    for dtype in (np.float32, np.float64):
        for shape in ((3, 2, 3, 3), (2, 16), (1, 5), (2, 4, 8)):
            asked = {
                "inputs": (rng.random(shape) * 3.2 - 0.65).astype(dtype),
                "ids": ["ä", "b", "c"][: shape[0]],
                "levels": [3, 0, 7, 1, 2, 0],
            }
            yield "white_noise", asked | plain
            yield "white_noise", asked | plain | {"seed": 2**40}
            yield "white_noise", asked | plain | {"coupling": "common"}
    steps = {"inputs": X.astype(np.float32), "ids": IDS, "levels": list(range(30))}
    yield "white_noise", steps | plain | {"n_levels": 30}
    many = {"inputs": np.zeros((1, 2**18), np.float32), "ids": ["d"], "levels": [1]}
    yield "white_noise", many | plain | {"low": -8.0, "high": 8.0, "n_levels": 1}
    asked = {"inputs": X, "ids": IDS, "levels": [0]} | plain
    yield "white_noise", asked | {"levels": [8]}
    yield "white_noise", asked | {"n_levels": 0}
    yield "white_noise", asked | {"seed": -1}
    yield "white_noise", asked | {"low": 0.9}


def distances_cases():
    rng = np.random.default_rng(2022)
    z = np.cumsum(rng.normal(size=(3, 6, 4)), axis=1)
    near = z[:, :1] + 1e-9 * z
    for trajectories in (z, near, 1e200 * z, 1e-200 * z, np.round(4 * z).astype("<i4")):
        yield "distances", {"trajectories": trajectories, "arithmetic": "float64"}
    for arithmetic in ("float32", "float16", "bfloat16", "integer"):
        single = (z[:, :1] + 1e-4 * z).astype("<f4")
        yield "distances", {"trajectories": single, "arithmetic": arithmetic}
    for value in (0.0, np.nan, np.inf):
        broken = z.copy()
        broken[1, 2] = value
        yield "distances", {"trajectories": broken, "arithmetic": "float64"}


def distance_tables():
    """Yield pairs of displacements and step lengths: even, uneven, with zeros, impossible."""
    rng = np.random.default_rng(2022)
    for n, j in ((1, 1), (1, 2), (1, 9), (4, 6), (5, 100), (40, 3)):
        for zeros in (0.0, 0.01, 0.2, 1.0):
            d, s = rng.uniform(0.1, 1.9, (2, n, j)) * (rng.random((2, n, j)) >= zeros)
            s[:, 0] = d[:, 0]
            yield d, s
    d, s = rng.uniform(0.1, 1.9, (2, 5, 100))
    yield np.where(np.arange(100) == 50, 0.0, d[:1]), s[:1]  # one per cent undefined
    yield np.where((np.arange(100) == 50) & (np.arange(5) < 2)[:, None], 0.0, d), s
    yield d, np.where((np.arange(100) == 50) & (np.arange(5) < 2)[:, None], 0.0, s)
    yield d[:4, :50], np.where(np.arange(200).reshape(4, 50) % 99 == 7, 0.0, s[:4, :50])
    even = np.full((2, 5), 0.25)
    yield even.cumsum(1), even
    yield even, np.sort(s[:2, :5])  # on a circle about the origin
    yield np.where([[1], [0]], even, 0.0), np.where([[1], [0]], s[:2, :5], 0.0)
    yield np.array([[0.5, 0.5, 0.0, 0.8, 0.8]]), np.array([[0.5, 0.0, 0.0, 0.8, 0.0]])
    yield np.array([[0.0, 0.5, 0.0]]), np.array([[0.0, 0.5, 0.5]])
    yield np.array([[0.5, 0.5, 0.5]]), np.array([[0.5, 0.0, 0.5]])
    yield np.array([[0.0, 0.5, 0.0] * 40]), np.array([[0.5] * 120])
    yield np.array([[0.5] * 200]), np.array([[0.5] * 199 + [0.6]])
    yield np.array([[0.3, 0.4, 0.5], [0.3, 0.4, 0.0]]), np.array([[0.3, 0.2, 0.4]] * 2)
    yield np.array([[0.3, 0.4, 0.5], [0.0, 0.0, 0.5]]), np.array([[0.3, 0.2, 0.4]] * 2)
    yield np.array([[1e-14, 0.4, 1e-12]]), np.array([[1e-14, 0.4, 1e-12]])
    for value in (2 + 5e-10, 2 + 1e-8, 2.05, 3.0, -0.1, np.nan):
        yield np.array([[0.5, value, 0.7]]), np.array([[0.5, 0.6, 0.7]])
    yield d[:2, :4], s[:2, :3]
    yield d[:0], s[:0]


def metric_cases():
    rng = np.random.default_rng(2022)
    for d, s in distance_tables():
        for variant in ("paper", "authors-2022"):
            for resolution in (1e-12, 0.125):
                for operation in ("characterize", "interval"):
                    yield (
                        operation,
                        {
                            "displacements": d,
                            "step_lengths": s,
                            "variant": variant,
                            "resolution": resolution,
                        },
                    )
    d, s = rng.uniform(0.1, 1.9, (2, 3, 3))
    given = {"displacements": d, "step_lengths": s, "resolution": 1e-12}
    yield "characterize", given | {"variant": "mine"}


def encoder_cases():
    rng = np.random.default_rng(2022)
    for n in (1, 2, 3):
        inputs = rng.random((n, 3, 4)).astype("<f4")
        yield "encode", {"inputs": inputs}
        yield "vjp", {"inputs": inputs, "cotangent": rng.normal(size=(n, 5)).astype("<f4")}
    for shape in ((2, 3, 4), (3, 3, 3, 3)):
        for how in ("flatten", "cls", "mean"):
            yield "pool", {"output": rng.normal(size=shape), "how": how}
    rest = {"network": NETWORK, "n_levels": 9, "seed": 1, "variant": "paper", **WIDE}
    yield "evaluate", {"inputs": X, "ids": IDS} | rest
    yield "evaluate", {"inputs": X, "ids": IDS} | rest | {"variant": "authors-2022", "seed": 2}
    for weight in (0.0, np.nan):
        dead = NETWORK | {"weight": NETWORK["weight"] * weight, "bias": np.zeros(4)}
        yield "evaluate", {"inputs": X, "ids": IDS} | rest | {"network": dead}
    late = {"weight": np.eye(6), "bias": np.zeros(6), "scale": 1.0, "mean": 0.0, "std": 1.0}
    late |= {"activation": "identity"}
    some = np.concatenate([0 * X[:1], X[1:]])
    yield "evaluate", {"inputs": some, "ids": IDS} | rest | {"network": late}


def loss_cases():
    rng = np.random.default_rng(2022)
    z = rng.normal(size=(6, 3))
    near = z + rng.normal(size=z.shape)
    equal = np.array([[1.0, 0, 0], [1.0, 0, 0], [1.0, 0.3, 0], [1.0, 0, 0.3], *z[4:]])
    classes = [0, 1, 2, 0, 1, 2]
    pairs = [0, 0, 1, 1, 2, 2]
    yield "loss", {"name": "displacement", "encodings": z, "references": near, "labels": None}
    for name, given, views, labels in (
        ("cross-entropy", z, None, classes),
        ("cross-entropy", 1e3 * z, None, classes),
        ("triplet", z, None, pairs),
        ("triplet", equal, None, pairs),
        ("triplet", z, near, None),
        ("triplet", np.eye(3), None, [0, 1, 2]),
        ("nt-xent", z, near, None),
    ):
        yield "loss", {"name": name, "encodings": given, "references": views, "labels": labels}


def pgd_cases():
    rng = np.random.default_rng(2022)
    gradient = rng.normal(size=X.shape)
    gradient[0, 0, 0] = 0.0
    for dtype in (np.float32, np.float64):
        inputs = np.tile(X, (1, 8, 8)).astype(dtype)
        step = {"inputs": inputs, "gradient": np.tile(gradient, (1, 8, 8)), "ids": IDS, "level": 3}
        for alpha in (None, 0.05):
            yield "pgd_step", step | {"alpha": alpha} | WIDE
        yield "pgd_step", step | {"alpha": 0.05} | UNIT
        path = {"inputs": X.astype(dtype), "ids": IDS, "seed": 1, "alpha": 0.05}
        for variant in ("paper", "authors-2022"):
            rest = {"network": NETWORK, "n_levels": None, "variant": variant}
            yield "pgd_path", path | rest | UNIT
        for network in (NETWORK, TURNED):
            rest = {"network": network, "n_levels": 12, "variant": "paper", "alpha": None}
            yield "pgd_path", path | rest | WIDE
    for value in (np.nan, np.inf):
        broken = gradient.copy()
        broken[2, 1, 1] = value
        yield (
            "pgd_step",
            {"inputs": X, "gradient": broken, "ids": IDS, "level": 3, "alpha": None, **UNIT},
        )
    identity = {"weight": np.eye(2), "bias": np.zeros(2), "scale": 1.0, "mean": -1.0, "std": 1.0}
    rest = {"network": identity | {"activation": "identity"}, "n_levels": 3, "variant": "paper"}
    for seed in range(8):
        path = {"inputs": np.zeros((2, 2)), "ids": ["a", "b"], "seed": seed, "alpha": None}
        yield "pgd_path", path | rest | UNIT


def document_of(subject, **changed):
    asked = {"inputs": X, "ids": IDS, "network": NETWORK, "n_levels": 6, "seed": None} | UNIT
    return subject.document(**copy.deepcopy(asked | {"variant": None} | changed))


def told(result):
    return result | {"document": json.loads(result["document"])}


DEAD = NETWORK | {"weight": np.zeros((4, 6)), "bias": np.ones(4)}
LINE = TURNED | {"weight": NETWORK["weight"][:1], "bias": np.zeros(1)}  # only 0 and 2 apart
CHANGES = (
    {},
    {"n_levels": 7},
    {"n_levels": None},
    {"seed": 1},
    {"low": -0.5},
    {"variant": "authors-2022"},
    {"inputs": X.astype(np.float32)},
    {"inputs": X.reshape(4, 6)},
    {"inputs": X[:2], "ids": IDS[:2]},
    {"inputs": X[:1], "ids": ["a"]},
    {"inputs": X[[1, 0, 2, 1]], "ids": ["a", "b", "B", "a"]},
    {"network": NETWORK | {"std": 0.5}},
    {"network": NETWORK | {"weight": NETWORK["weight"] / 2}},
    {"network": DEAD},
    {"network": LINE},
    {"network": LINE, "variant": "authors-2022"},
)


def document_cases():
    for changed in CHANGES:
        yield "document", changed
        yield "compare", changed


def perform(subject, operation, arguments):
    """Return what comes of an operation: its results, a refusal, or an error."""
    try:
        if operation == "document":
            return document_of(subject, **arguments)
        if operation == "compare":
            first = document_of(subject)["document"]
            second = document_of(subject, **arguments)["document"]
            there = subject.compare(first=first, second=second)
            return there | {"back": subject.compare(first=second, second=first)["difference"]}
        return getattr(subject, operation)(**copy.deepcopy(arguments))
    except subject.refusals as refusal:
        return {"refused": str(refusal)}
    except Exception as error:
        return {"errored": f"{type(error).__name__}: {error}"}


# Mistakes of value maps, at sizes, at edges, in refusals and at thresholds lie where these small
# cases do not reach: the table of checks alone shows that they are wrong.
FAMILIES = {
    "inputs": (inputs_cases, encoder_cases),
    "noise": (noise_cases, encoder_cases),
    "distances": (distances_cases, metric_cases, encoder_cases),
    "changes": (metric_cases,),
    "degenerate": (metric_cases,),
    "metric": (metric_cases,),
    "interval": (metric_cases,),
    "encoder": (encoder_cases,),
    "losses": (loss_cases,),
    "pgd": (pgd_cases,),
    "documents": (document_cases,),
}


@cache
def expected(family):
    """Return operations with arguments and the results of the correct base."""
    return [(name, asked, perform(Plain(), name, asked)) for name, asked in family()]


def same(operation, a, b, tolerance):
    if isinstance(a, dict) and isinstance(b, dict):
        return set(a) == set(b) and all(same(operation, a[key], b[key], tolerance) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(
            same(operation, *pair, tolerance) for pair in zip(a, b, strict=True)
        )
    if isinstance(a, np.ndarray):
        if a.shape != b.shape or a.dtype != b.dtype:
            return False
        if operation in EXACT:
            return a.tobytes() == b.tobytes()
    if isinstance(a, float | np.ndarray) and isinstance(b, float | np.ndarray):
        return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True))
    return bool(a == b)


def as_read(operation, found, right):
    """Return what is asked of an answer, as the kit reads it: forms are free, null is undefined."""
    if found.keys() & {"refused", "errored"}:
        return found
    read = found | checked_result(operations()[operation], found)
    return {key: np.nan if read[key] is None else read[key] for key in right if key in read}


def family_of(wrong):
    return wrong.__module__.rpartition("wrong_")[2]


@pytest.mark.parametrize(
    "wrong", [one for one in WRONG if family_of(one) in FAMILIES], ids=lambda wrong: wrong.__name__
)
def test_a_wrong_miniature_gives_wrong_results(wrong):
    families = FAMILIES[family_of(wrong)]
    subject = wrong()
    assert any(
        not same(operation, right, found, 1e-9)
        for family in families
        for operation, asked, right in expected(family)
        if "errored" not in (found := perform(subject, operation, asked))
    )


@pytest.mark.parametrize("allowed", ALLOWED, ids=lambda allowed: allowed.__name__)
def test_an_allowed_miniature_gives_right_results(allowed):
    subject = allowed()
    for family in dict.fromkeys(itertools.chain(*FAMILIES.values())):
        for operation, asked, right in expected(family):
            if operation in subject.may_differ:
                continue
            found = as_read(operation, perform(subject, operation, asked), right)
            assert set(right) == set(found)
            plain = told if "document" in right else dict
            tolerance = 1e-6 if operation in SINGLE else 1e-9
            assert "refused" in right or same(operation, plain(right), plain(found), tolerance)


def test_miniatures_say_what_they_break():
    clauses = {clause.id for clause in specification().clauses}
    names = [one.__name__ for one in (*WRONG, *ALLOWED)]
    assert len(names) == len(set(names))
    assert all(wrong.breaks in clauses for wrong in WRONG)
    assert all(one.__doc__ for one in (*WRONG, *ALLOWED))
    assert not any("errored" in right for _, _, right in expected(metric_cases))
