"""Sessions for the construction of a graph: on the processor, silent, and discarded at once."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onnx import GraphProto, ModelProto, helper, load

from rmqm_onnx.gradients.renaming import renamed
from rmqm_onnx.reading.graph import names_read
from rmqm_onnx.running.refusals import plain_message
from rmqm_onnx.running.runtime import import_runtime
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError

__all__ = ["folded", "run_all", "run_once"]

IR_VERSION = 10
MAX_BYTES = 2**31 - 2**20
"""The largest message that protobuf can write, less some room."""


def run_once(graph: GraphProto, opset: int, feeds: Mapping[str, AnyArray]) -> AnyArray:
    """Run a small graph and return its first output."""
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    outputs: list[AnyArray] = _open(model, "ORT_DISABLE_ALL").run(None, dict(feeds))
    return outputs[0]


def run_all(
    model: ModelProto, names: Sequence[str], feeds: Sequence[Mapping[str, AnyArray]]
) -> list[dict[str, Any]]:
    """Run a model once per set of inputs and return all the tensors named."""
    open_model = ModelProto()
    open_model.CopyFrom(model)
    known = {value.name for value in model.graph.output}
    open_model.graph.output.extend(
        helper.make_empty_tensor_value_info(name) for name in names if name not in known
    )
    session = _open(open_model, "ORT_DISABLE_ALL")
    results = []
    for k, feed in enumerate(feeds):
        try:
            values = session.run(list(names), dict(feed))
        except Exception as error:
            raise _refused(error, longer=k > 0) from error
        results.append(dict(zip(names, values, strict=True)))
    return results


def _refused(error: Exception, *, longer: bool) -> SubjectError:
    said = f"ONNX Runtime says {plain_message(error)}"
    if longer:
        return SubjectError(
            "GRA003",
            f"a model that declares a batch of any size must also run on a row more than the "
            f"example has; {said}",
            fix="Export it with a dynamic batch, or pass batch= with the only size that it takes.",
        )
    return SubjectError(
        "GRA003",
        f"the model must run on the example inputs; {said}",
        fix="Give example inputs of the right shapes, as for a run of the model.",
    )


def folded(model: ModelProto) -> ModelProto:
    """
    Let ONNX Runtime itself fold constants, batch normalisations and shape arithmetic.

    Its basic level should write no operators of its own; if it does, the model stays as it is.
    Constants that it adds get names that it will not choose again: it would refuse a file of its
    own in which it finds the same place to add them (``gemm_input_shape``, up to version 1.32).
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "folded.onnx"
        _open(model, "ORT_ENABLE_BASIC", save=path)
        simplified = load(path)
    used = {node.domain for node in simplified.graph.node}
    if not used <= {node.domain for node in model.graph.node} | {"", "ai.onnx"}:
        return model
    return _with_names_of_its_own(simplified, model)


def _with_names_of_its_own(simplified: ModelProto, model: ModelProto) -> ModelProto:
    """Rename the constants that are new in a simplified model; in place."""
    graph = model.graph
    known = {name for node in graph.node for name in node.output}
    known |= {tensor.name for tensor in (*graph.initializer, *graph.input)}
    added = [tensor for tensor in simplified.graph.initializer if tensor.name not in known]
    taken = known | {name for node in simplified.graph.node for name in node.output}
    names = {tensor.name: _unused(f"folded_{tensor.name}", taken) for tensor in added}
    for tensor in added:
        tensor.name = names[tensor.name]
    for node in simplified.graph.node:
        if names.keys() & set(names_read(node)):
            name = node.name
            node.CopyFrom(renamed(node, names))
            node.name = name
    return simplified


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _open(model: ModelProto, level: str, save: Path | None = None) -> Any:
    runtime = import_runtime()
    options = runtime.SessionOptions()
    options.graph_optimization_level = getattr(runtime.GraphOptimizationLevel, level)
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    if save is not None:
        options.optimized_model_filepath = str(save)
    if model.ByteSize() > MAX_BYTES:
        raise SubjectError(
            "GRA005",
            f"a model must have less than 2 GiB to be differentiated; got {model.ByteSize()} bytes",
            fix="Cut it down to the encoder, or give gradients by another route.",
        )
    try:
        return runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise SubjectError(
            "GRA003",
            f"ONNX Runtime must be able to open the model that is differentiated; it says "
            f"{plain_message(error)}",
            fix="Check that the model itself opens (rmqm-spec check).",
        ) from error
