"""The networks of the benchmarks have the size of the ones they stand in for, and run."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import onnx
import pytest

FILE = Path(__file__).parents[1] / "benchmarks" / "networks.py"


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


networks = load(FILE)

# Parameters with batch normalisation folded: kuangliu/pytorch-cifar's ResNet-18 has 11,168,832
# without its classifier, 9,600 of them in 4,800 normalised channels; torchvision's MobileNetV2
# has 2,223,872 without its classifier, 34,112 in 17,056 channels. Folding leaves one per channel.
# facebookresearch/deit's DeiT-Ti has 5,717,416, of them 193,000 in its classifier, 192 in the class
# token and 192 in the place of that token.
KNOWN = {
    "lenet": ((1, 28, 28), 64, 692_300, 928_128),
    "resnet18_32": ((3, 32, 32), 512, 11_168_832 - 4_800, 555_417_600),
    "mobilenet_224": ((3, 224, 224), 1280, 2_223_872 - 17_056, 299_494_272),
    "vit_tiny_224": ((3, 224, 224), 192, 5_717_416 - 193_000 - 384, 1_069_350_912),
}


@pytest.fixture(params=sorted(KNOWN))
def name(request):
    return request.param


@pytest.fixture
def model(name):
    return networks.NETWORKS[name]()


def dimensions(value):
    return [entry.dim_value or entry.dim_param for entry in value.type.tensor_type.shape.dim]


def multiply_adds(model):
    """Count those with weights: at every place of an image, or for every token."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    shapes = {value.name: dimensions(value) for value in (*graph.value_info, *graph.output)}
    sizes = {tensor.name: math.prod(tensor.dims) for tensor in graph.initializer}
    total = 0
    for node in graph.node:
        if node.op_type in {"Conv", "Gemm"}:
            total += sizes[node.input[1]] * math.prod(shapes[node.output[0]][2:])
        elif node.op_type == "MatMul" and node.input[1] in sizes:
            total += sizes[node.input[1]] * shapes[node.output[0]][1]
    return total


def test_every_network_is_listed():
    assert networks.NETWORKS.keys() == KNOWN.keys()


def test_the_model_is_valid(model):
    onnx.checker.check_model(model, full_check=True)
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 17)]


def test_the_input_and_the_output_have_a_free_batch_axis(name, model):
    shape, size, _, _ = KNOWN[name]
    (image,), (embedding,) = model.graph.input, model.graph.output
    assert (image.name, dimensions(image)) == ("input", ["batch", *shape])
    assert (embedding.name, dimensions(embedding)) == ("embedding", ["batch", size])


def test_the_number_of_parameters_is_the_known_one(name, model):
    floats = [one for one in model.graph.initializer if one.data_type == onnx.TensorProto.FLOAT]
    weights = [tensor.dims for tensor in floats if tensor.dims]  # no clip bounds
    assert sum(math.prod(dims) for dims in weights) == KNOWN[name][2]


def test_the_number_of_multiply_adds_is_the_known_one(name, model):
    assert multiply_adds(model) == KNOWN[name][3]


def test_the_docstring_tells_the_parameters(name):
    assert f"{KNOWN[name][2]:,} parameters" in networks.NETWORKS[name].__doc__


def test_the_seed_decides_the_weights():
    same, again, other = networks.lenet(), networks.lenet(0), networks.lenet(1)
    assert same.SerializeToString() == again.SerializeToString()
    assert same.SerializeToString() != other.SerializeToString()


def test_the_embeddings_neither_vanish_nor_explode(name, model):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    shape, size, _, _ = KNOWN[name]
    images = np.random.default_rng(0).random((3, *shape), dtype=np.float32)
    (three,) = session.run(None, {"input": images})
    (one,) = session.run(None, {"input": images[:1]})
    assert three.shape == (3, size)
    np.testing.assert_allclose(one, three[:1], rtol=1e-3, atol=1e-4)
    root_mean_square = np.sqrt(np.mean(three**2))
    assert 0.05 < root_mean_square < 20
    unit = three / np.linalg.norm(three, axis=1, keepdims=True)
    assert np.linalg.norm(unit[0] - unit[1]) > 0.01
