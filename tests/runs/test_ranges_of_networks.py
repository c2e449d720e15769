"""A range that the network contradicts is doubted by every command, and the remedy helps."""

from __future__ import annotations

import re

import numpy as np
import pytest
from onnx import helper, numpy_helper, save

import rmqm_spec
from rmqm_spec.contracts.listener import Listener

pytest.importorskip("onnxruntime")

QUIET = Listener()
LABELS = "pictures.npz:labels"


def graph_that_normalises(path, *operations):
    """A dense layer behind operators with constants: (name, operator, value), in order."""
    weights = np.random.default_rng(0).normal(size=(192, 5)).astype(np.float32)
    stored, nodes, tensor = [numpy_helper.from_array(weights, "w")], [], "x"
    for name, operator, value in operations:
        stored.append(numpy_helper.from_array(np.float32(value), f"{name}_value"))
        nodes.append(helper.make_node(operator, [tensor, f"{name}_value"], [name]))
        tensor = name
    nodes += [
        helper.make_node("Flatten", [tensor], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["m"]),
        helper.make_node("Tanh", ["m"], ["y"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "tiny", [value("x", 1, ["N", 3, 8, 8])], [value("y", 1, ["N", 5])], stored
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


BYTES = [("divided", "Div", 255.0), ("centred", "Sub", 0.5)]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "pictures.npz"
    pictures = np.random.default_rng(1).integers(0, 256, (24, 3, 8, 8), dtype=np.uint8)
    np.savez(path, images=pictures, labels=np.arange(24) % 3)
    return f"{path}:images"


def codes(findings):
    return [finding.code for finding in findings if finding.level != "ok"]


@pytest.mark.parametrize(
    "findings_of",
    [
        lambda model, **options: rmqm_spec.check(model, **options).findings,
        lambda model, **options: rmqm_spec.score(model, null=False, **options).findings,
        lambda model, **options: rmqm_spec.rank([model], null=False, **options).findings_of[
            "network"
        ],
        lambda model, **options: (
            rmqm_spec.probe(model, labels=LABELS, **options).models["network"].findings
        ),
    ],
    ids=["check", "score", "rank", "probe"],
)
def test_every_command_doubts_the_range_and_takes_the_remedy(
    tmp_path, monkeypatch, data, findings_of
):
    monkeypatch.chdir(tmp_path)
    model = graph_that_normalises(tmp_path / "network.onnx", *BYTES)
    findings = findings_of(model, data=data, listener=QUIET)
    (doubt,) = [finding for finding in findings if finding.code == "PRE007"]
    assert (doubt.level, "pictures hardly differ" in doubt.message) == ("warn", True)
    scale = float(re.search(r"--scale (\d+)", doubt.fix).group(1))
    healed = findings_of(model, data=data, scale=scale, listener=QUIET)
    assert not {"PRE001", "PRE002", "PRE007"} & set(codes(healed))


@pytest.mark.parametrize(
    ("operations", "scale"),
    [
        (BYTES, 255),
        ([("centred", "Sub", 0.45), ("scaled", "Div", 0.22)], 1),
        ([("centred", "Sub", 127.5), ("scaled", "Mul", 1 / 127.5)], 255),
    ],
)
def test_the_remedy_follows_the_constants_of_the_graph(tmp_path, data, operations, scale):
    model = graph_that_normalises(tmp_path / "network.onnx", *operations)
    twice = rmqm_spec.check(model, data=data, mean=0.5, std=0.5, listener=QUIET)
    fix = next(finding.fix for finding in twice.findings if finding.code == "PRE002")
    assert f"pass --scale {scale}, without --mean" in fix
    known = rmqm_spec.check(model, data=data, listener=QUIET)
    assert f"--scale {scale}." in next(
        finding.fix for finding in known.findings if finding.code == "PRE001"
    )
    healed = codes(rmqm_spec.check(model, data=data, scale=scale, listener=QUIET).findings)
    assert [code for code in healed if code.startswith("PRE")] == []


@pytest.mark.parametrize(("high", "is_doubted"), [(255, False), (4095, False), (65535, True)])
def test_a_range_that_the_data_hardly_fill_is_doubted(tmp_path, high, is_doubted):
    model = graph_that_normalises(tmp_path / "network.onnx")
    pictures = np.random.default_rng(1).integers(0, 256, (6, 8, 8, 3)).astype(np.int32)
    np.save(tmp_path / "pictures.npy", pictures)
    options = {"data": str(tmp_path / "pictures.npy"), "n": 2, "scale": 1, "listener": QUIET}
    checked = rmqm_spec.check(model, range=f"0,{high}", **options)
    doubts = [finding for finding in checked.findings if finding.code == "DAT033"]
    assert bool(doubts) == is_doubted
    if doubts:
        advised = re.search(r"--range=(\S+)\.", doubts[0].fix).group(1)
        healed = rmqm_spec.check(model, range=advised, **options)
        assert "DAT033" not in codes(healed.findings)
