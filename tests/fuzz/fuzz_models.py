"""Models to begin with, and what can be wrong with one: in its structure, or in its bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

EXAMPLES = Path(__file__).parents[2] / "examples"
NUMBERS = (0, 1, -1, 2, 3, 7, 255, 4096, 2**31 - 1, 2**31, -(2**31), 2**40, 2**62, -(2**63))
TEXTS = ("", "x", "y" * 300, "a\0b", "٣", "../../etc/passwd", "ä" * 130, "lo.bin", "9" * 5000, "-1")
OPERATORS = (
    "Relu", "Softmax", "Unique", "NonZero", "Shape", "Loop", "If", "Scan", "Dropout", "Cast",
    "Reshape", "Gather", "Concat", "Conv", "MatMul", "Gemm", "ArgMax", "TopK", "Resize", "Expand",
    "ConstantOfShape", "RandomNormalLike", "SequenceEmpty", "StringNormalizer", "Tile", "Pad",
    "NonMaxSuppression", "Compress", "LSTM", "Einsum", "Range", "NoSuchOperator", "Identity",
)  # fmt: skip


def bases() -> list[bytes]:
    """Return sound models of several kinds."""
    files = sorted(EXAMPLES.glob("*.onnx"))
    return [*(path.read_bytes() for path in files), _dense(), _loop(), _branch(), _tokens()]


def mutated(base: bytes, random: Random, folder: Path) -> Path:
    """Write a broken relative of a model into a folder, and return its path."""
    content = base
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        content = _structure(content, random, folder)
    if random.random() < 0.3:
        content = broken_bytes(content, random)
    path = folder / "model.onnx"
    path.write_bytes(content)
    return path


def broken_bytes(content: bytes, random: Random) -> bytes:
    """Return bytes with a part changed, cut off, doubled, or moved."""
    if not content:
        return bytes(random.randrange(256) for _ in range(random.randrange(40)))
    broken = bytearray(content)
    at = random.randrange(len(broken))
    end = min(len(broken), at + random.choice((1, 4, 32, 500)))
    kind = random.randrange(5)
    if kind == 0:
        for _ in range(random.choice((1, 3, 30))):
            broken[random.randrange(len(broken))] = random.randrange(256)
    elif kind == 1:
        del broken[at:]
    elif kind == 2:
        del broken[at:end]
    elif kind == 3:
        broken[at:at] = broken[at:end] * random.choice((1, 2, 50))
    else:
        broken[at:end] = bytes(random.choice((0, 255)) for _ in range(at, end))
    return bytes(broken)


def _structure(content: bytes, random: Random, folder: Path) -> bytes:
    model = ModelProto()
    try:
        model.ParseFromString(content)
        random.choice(_MUTATIONS)(model, random, folder)
        return model.SerializeToString()
    except Exception:  # what protobuf itself does not take is no case
        return content


def _drop_node(model: ModelProto, random: Random, _: Path) -> None:
    del model.graph.node[random.randrange(len(model.graph.node))]


def _double_node(model: ModelProto, random: Random, _: Path) -> None:
    model.graph.node.append(random.choice(model.graph.node))


def _other_operator(model: ModelProto, random: Random, _: Path) -> None:
    node = random.choice(model.graph.node)
    node.op_type = random.choice(OPERATORS)
    if random.random() < 0.2:
        node.domain = random.choice(("com.microsoft", "ai.onnx.ml", "nowhere", ""))


def _operator_behind(model: ModelProto, random: Random, _: Path) -> None:
    """Put an operator behind an output of the graph."""
    output = random.choice(model.graph.output)
    node = helper.make_node(random.choice(OPERATORS), [output.name], ["behind"])
    model.graph.node.append(node)
    output.name = "behind"
    if random.random() < 0.7:
        output.type.tensor_type.ClearField("shape")


def _other_names(model: ModelProto, random: Random, _: Path) -> None:
    node = random.choice(model.graph.node)
    names = random.choice((node.input, node.output))
    pool = [name for other in model.graph.node for name in (*other.input, *other.output)]
    names[random.randrange(len(names))] = random.choice((*pool, *TEXTS))


def _other_attribute(model: ModelProto, random: Random, _: Path) -> None:
    nodes = [node for node in model.graph.node if node.attribute]
    node = random.choice(nodes)
    at = random.randrange(len(node.attribute))
    name = node.attribute[at].name
    del node.attribute[at]
    value = random.choice(
        (
            random.choice(NUMBERS),
            [random.choice(NUMBERS) for _ in range(random.randrange(5))],
            float("nan"),
            random.choice(TEXTS),
            numpy_helper.from_array(np.zeros(2, np.float32), "t"),
        )
    )
    if value != [] and random.random() < 0.8:
        node.attribute.append(helper.make_attribute(name, value))


def _tensor(model: ModelProto, random: Random) -> TensorProto:
    return random.choice(model.graph.initializer)


def _other_dims(model: ModelProto, random: Random, _: Path) -> None:
    dims = _tensor(model, random).dims
    if dims and random.random() < 0.7:
        dims[random.randrange(len(dims))] = random.choice(NUMBERS)
    else:
        dims.append(random.choice(NUMBERS))


def _other_type(model: ModelProto, random: Random, _: Path) -> None:
    _tensor(model, random).data_type = random.choice((*range(30), 99, 2**31 - 1))


def _other_values(model: ModelProto, random: Random, _: Path) -> None:
    tensor = _tensor(model, random)
    tensor.raw_data = broken_bytes(tensor.raw_data, random)


def _external(model: ModelProto, random: Random, folder: Path) -> None:
    """Move a tensor into a file of its own, with fields that are odd more often than not."""
    tensor = _tensor(model, random)
    (folder / "data.bin").write_bytes(tensor.raw_data)
    fields = {"location": "data.bin", "offset": "0", "length": str(len(tensor.raw_data))}
    key = random.choice(list(fields))
    fields[key] = random.choice((*TEXTS, *map(str, NUMBERS), fields[key]))
    if random.random() < 0.2:
        link = folder / "lo.bin"
        if not link.is_symlink():
            link.symlink_to("lo.bin")
        fields["location"] = "lo.bin"
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for name, text in fields.items():
        tensor.external_data.add(key=name, value=text)


def _other_shape(model: ModelProto, random: Random, _: Path) -> None:
    value = random.choice((*model.graph.input, *model.graph.output))
    shape = value.type.tensor_type.shape
    kind = random.randrange(4)
    if kind == 0 and shape.dim:
        random.choice(shape.dim).dim_value = random.choice(NUMBERS)
    elif kind == 1 and shape.dim:
        random.choice(shape.dim).dim_param = random.choice(TEXTS)
    elif kind == 2:
        shape.dim.add(dim_value=random.choice(NUMBERS))
    else:
        value.type.tensor_type.ClearField("shape")


def _other_element(model: ModelProto, random: Random, _: Path) -> None:
    value = random.choice((*model.graph.input, *model.graph.output))
    value.type.tensor_type.elem_type = random.choice((*range(30), 99))


def _no_tensor(model: ModelProto, random: Random, _: Path) -> None:
    value = random.choice((*model.graph.input, *model.graph.output))
    if random.random() < 0.5:
        value.ClearField("type")
    else:
        value.type.sequence_type.elem_type.tensor_type.elem_type = 1


def _other_interface(model: ModelProto, random: Random, _: Path) -> None:
    values = random.choice((model.graph.input, model.graph.output))
    kind = random.randrange(3)
    if kind == 0:
        del values[random.randrange(len(values))]
    elif kind == 1:
        values.append(random.choice((*model.graph.input, *model.graph.output)))
    else:
        random.choice(values).name = random.choice(TEXTS)


def _other_versions(model: ModelProto, random: Random, _: Path) -> None:
    kind = random.randrange(3)
    if kind == 0:
        model.ir_version = random.choice(NUMBERS)
    elif kind == 1 and model.opset_import:
        model.opset_import[0].version = random.choice((*NUMBERS, *range(30)))
    elif random.random() < 0.5:
        model.ClearField("opset_import")
    else:
        model.opset_import.add(domain=random.choice(TEXTS), version=random.choice(NUMBERS))


def _metadata(model: ModelProto, random: Random, _: Path) -> None:
    keys = ("rmqm.preprocess", "preprocess", "names", "")
    values = (*TEXTS, "{}", "[]", '{"scale": "x"}', '{"mean": [1e400]}', '{"mean": {}, "std": 0}')
    model.metadata_props.add(key=random.choice(keys), value=random.choice(values))


def _subgraph(model: ModelProto, random: Random, _: Path) -> None:
    """Give a node a graph: the model's own, or that of a loop without an end."""
    node: NodeProto = random.choice(model.graph.node)
    inner = ModelProto()
    inner.ParseFromString(_loop() if random.random() < 0.3 else model.SerializeToString())
    node.attribute.append(helper.make_attribute("body", inner.graph))


def _sparse(model: ModelProto, random: Random, _: Path) -> None:
    values = numpy_helper.from_array(np.ones(2, np.float32), "s")
    indices = numpy_helper.from_array(np.array([0, random.choice(NUMBERS[:9])]), "i")
    model.graph.sparse_initializer.add(values=values, indices=indices, dims=[2, 2])


_MUTATIONS: tuple[Callable[[ModelProto, Random, Path], None], ...] = (
    _drop_node, _double_node, _other_operator, _operator_behind, _other_names, _other_attribute,
    _other_dims, _other_type, _other_values, _external, _other_shape, _other_element, _no_tensor,
    _other_interface, _other_versions, _metadata, _subgraph, _sparse,
)  # fmt: skip


def _model(nodes: list[NodeProto], shape: list[object], tensors: list[TensorProto]) -> bytes:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [x], [y], tensors)
    opsets = [helper.make_opsetid("", 17)]
    made: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    return made


def _weights(name: str, *shape: int) -> TensorProto:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    return numpy_helper.from_array(values, name)


def _dense() -> bytes:
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("Gemm", ["f", "w"], ["h"]),
        helper.make_node("Relu", ["h"], ["y"]),
    ]
    return _model(nodes, ["N", 3, 8, 8], [_weights("w", 192, 16)])


def _loop() -> bytes:
    """Return a model with a loop of three passes; a mutation may let it run on."""
    one = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Relu", ["a"], ["b"])],
        "body",
        [one("i", TensorProto.INT64, []), one("c", TensorProto.BOOL, []), one("a", 1, None)],
        [one("d", TensorProto.BOOL, []), one("b", 1, None)],
    )
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("Loop", ["n", "go", "f"], ["y"], body=body),
    ]
    constants = [
        numpy_helper.from_array(np.array(3), "n"), numpy_helper.from_array(np.array(True), "go"),
    ]  # fmt: skip
    return _model(nodes, ["N", 1, 8, 8], constants)


def _branch() -> bytes:
    one = helper.make_tensor_value_info
    graphs = [
        helper.make_graph([helper.make_node(op, ["f"], ["r"])], op, [], [one("r", 1, None)])
        for op in ("Relu", "Neg")
    ]
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("If", ["go"], ["y"], then_branch=graphs[0], else_branch=graphs[1]),
    ]
    return _model(nodes, ["N", 1, 8, 8], [numpy_helper.from_array(np.array(True), "go")])


def _tokens() -> bytes:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"]),
        helper.make_node("Softmax", ["h"], ["p"]),
        helper.make_node("Mul", ["p", "h"], ["y"]),
    ]
    return _model(nodes, ["N", 5, 8], [_weights("w", 8, 8)])
