"""What can be differentiated is told: by the file alone, by inspection, and in the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.gradients import coverage_table, operators_without_rule
from rmqm_onnx.inspection import inspect_model

DOCUMENT = Path(__file__).parents[3] / "docs" / "gradients.md"


def made(make, operator, further=""):
    nodes = [
        make.node("Floor", "x", "unused"),
        make.node("Det", "w", "constant"),
        make.node(operator, f"x {further}", "y", name="it"),
    ]
    return make.model(
        nodes,
        [make.value("x", ["N", 3, 4, 4])],
        [make.value("y", None)],
        [make.random("w", 2, 2), make.constant("all", [True] * 48, "bool")],
    )


def test_inspection_says_that_gradients_are_possible(make, saved):
    found = inspect_model(saved(made(make, "Sin")))["gradients"]
    assert found == {"possible": True, "missing": {}}


def test_inspection_names_the_operators_without_a_rule(make, saved):
    found = inspect_model(saved(made(make, "Compress", "all")))["gradients"]
    assert found == {"possible": False, "missing": {"Compress": 1}}


def test_inspection_leaves_an_open_choice_open(make, saved):
    model = made(make, "Sin")
    model.graph.output.append(make.value("x", ["N", 3, 4, 4]))
    model.graph.output.append(make.value("y2", None))
    model.graph.node.append(make.node("Cos", "x", "y2"))
    assert inspect_model(saved(model))["gradients"]["possible"] is None


def test_the_place_of_a_node_inside_a_function_is_told(make):
    from onnx import helper

    inner = [make.node("Unique", "a", "b")]
    function = helper.make_function("own", "F", ["a"], ["b"], inner, [helper.make_opsetid("", 18)])
    node = helper.make_node("F", ["x"], ["y"], name="outer", domain="own")
    model = make.model(
        [node],
        [make.value("x", ["N", 4, 4])],
        [make.value("y", ["N"])],
        domains=["own"],
        functions=[function],
    )
    found = operators_without_rule(model, "x", "y")
    assert [(one.operator, one.name) for one in found] == [("Unique", "outer")]


def test_functions_within_functions_are_looked_into(make):
    from onnx import helper

    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    inner = helper.make_function("own", "F", ["a"], ["b"], [make.node("Unique", "a", "b")], opsets)
    call = make.node("F", "a", "b", domain="own")
    outer = helper.make_function("own", "G", ["a"], ["b"], [call], opsets)
    model = make.model(
        [make.node("G", "x", "y", name="place", domain="own")],
        [make.value("x", ["N", 4, 4])],
        [make.value("y", ["N"])],
        domains=["own"],
        functions=[inner, outer],
    )
    found = operators_without_rule(model, "x", "y")
    assert [(one.operator, one.name) for one in found] == [("Unique", "place")]


def test_the_document_has_the_table_as_it_is():
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text.split("<!-- coverage -->\n")[1].split("<!-- /coverage -->")[0]
    assert table.strip() == coverage_table()
