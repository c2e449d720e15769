"""A range that the network contradicts is doubted by every command, and the remedy helps."""

from __future__ import annotations

import re

import numpy as np
import pytest
from onnx import helper, numpy_helper, save
from PIL import Image

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


DARK = np.random.default_rng(1).integers(0, 256, (6, 8, 8, 3))


def doubted(model, data, **options):
    options = {"n": 2, "scale": 1, "listener": QUIET} | options
    findings = rmqm_spec.check(model, data=str(data), **options).findings
    return {finding.code: finding for finding in findings if finding.level == "warn"}


def test_floats_divided_twice_are_doubted_and_the_product_is_not(tmp_path):
    model = graph_that_normalises(tmp_path / "network.onnx")
    np.save(tmp_path / "dark.npy", (DARK / 255 / 255).astype(np.float32))
    doubts = doubted(model, tmp_path / "dark.npy")
    assert "multiply them by 255" in doubts["DAT033"].fix
    np.save(tmp_path / "right.npy", np.load(tmp_path / "dark.npy") * np.float32(255))
    assert "DAT033" not in doubted(model, tmp_path / "right.npy")


@pytest.mark.parametrize(("values", "text"), [(DARK % 8, "uint8"), (DARK / 255 * 0.02, "float32")])
def test_dark_arrays_are_doubted_and_the_remedy_helps(tmp_path, values, text):
    model = graph_that_normalises(tmp_path / "network.onnx")
    dark = values.astype(text)
    np.save(tmp_path / "dark.npy", dark)
    fix = doubted(model, tmp_path / "dark.npy")["DAT033"].fix
    if text == "uint8":
        advised = re.search(r"--range=(\S+)\.", fix).group(1)
        healed = doubted(model, tmp_path / "dark.npy", range=advised)
    else:
        advised = re.search(r"numpy(\.clip\(.*\))\.", fix).group(1)
        np.save(tmp_path / "right.npy", eval(f"np{advised}", {"np": np, "x": dark}))
        healed = doubted(model, tmp_path / "right.npy")
    assert not {"DAT033", "DAT010"} & set(healed)


def test_normalised_values_in_a_wide_range_are_mapped_back(tmp_path):
    model = graph_that_normalises(tmp_path / "network.onnx")
    given = ((DARK / 255 - 0.45) / 0.22).astype(np.float32)
    np.save(tmp_path / "given.npy", given)
    options = {"scale": 1, "mean": 0.45, "std": 0.22}
    doubts = doubted(model, tmp_path / "given.npy", range="-128,127", **options)
    advised = re.search(r"numpy(\.clip\(.*, 0, 1\))\.", doubts["DAT033"].fix).group(1)
    names = {"np": np, "x": given, "mean": 0.45, "std": 0.22}
    np.save(tmp_path / "right.npy", eval(f"np{advised}", names))
    assert not {"DAT033", "DAT010", "DAT030"} & set(
        doubted(model, tmp_path / "right.npy", **options)
    )


def test_eight_bits_in_files_of_sixteen_are_doubted(tmp_path):
    model = graph_that_normalises(tmp_path / "network.onnx")
    for folder, bits in (("deep", np.uint16), ("right", np.uint8)):
        (tmp_path / folder).mkdir()
        for index, picture in enumerate(DARK[..., 0]):
            Image.fromarray(picture.astype(bits)).save(tmp_path / folder / f"{index}.png")
    assert "save them with 8 bits" in doubted(model, tmp_path / "deep")["DAT033"].fix
    assert not {"DAT033", "IMG008"} & set(doubted(model, tmp_path / "right"))


def test_transparent_pixels_are_mentioned_and_opaque_ones_are_not(tmp_path):
    model = graph_that_normalises(tmp_path / "network.onnx")
    for folder, alpha in (("clear", 100), ("opaque", 255)):
        (tmp_path / folder).mkdir()
        for index, picture in enumerate(DARK.astype(np.uint8)):
            image = Image.fromarray(picture)
            image.putalpha(alpha)
            image.save(tmp_path / folder / f"{index}.png")
    clear = doubted(model, tmp_path / "clear")["IMG008"]
    assert "laid on white" in clear.message
    assert "IMG008" not in doubted(model, tmp_path / "opaque")


def test_minus_one_among_class_numbers_is_taken_as_a_class_with_a_warning(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = graph_that_normalises(tmp_path / "network.onnx")
    pictures = np.random.default_rng(1).integers(0, 256, (24, 3, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "pictures.npy", pictures)

    def warned(labels):
        np.save(tmp_path / "labels.npy", labels)
        options = {"labels": "labels.npy", "scale": 1, "force": True, "listener": QUIET}
        probed = rmqm_spec.probe(model, data="pictures.npy", **options)
        return "PRB014" in codes(probed.models["network"].findings)

    assert warned(np.arange(24) % 3 - 1)
    assert not warned(np.arange(24) % 3)
    assert not warned(np.array(["-1", "ab", "cd"] * 8))
