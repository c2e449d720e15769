"""
Four encoders with random weights, built node by node: nothing to download, nothing to train.

Speed does not depend on the values of the weights as long as the activations stay in the normal
range, so these stand in for small, middle and large trained networks. Every input is
``input`` (batch, C, H, W) in float32, every output ``embedding`` (batch, E), opset 17. Batch
normalisation is folded into the convolutions, as exporters fold it.
"""

from __future__ import annotations

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["NETWORKS", "lenet", "mobilenet_224", "resnet18_32"]

RELU_GAIN = math.sqrt(2.0)


class _Graph:
    """Nodes and weights in the order they are added; every method returns a tensor's name."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, **attributes: object) -> str:
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name, **attributes))
        return name

    def weight(self, values: np.ndarray) -> str:
        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def affine(self, *shape: int, gain: float) -> tuple[str, str]:
        """Return He-scaled weights (the outputs first) and small biases."""
        scale = gain / math.sqrt(math.prod(shape[1:]))
        return (
            self.weight(scale * self.random.standard_normal(shape)),
            self.weight(0.01 * self.random.standard_normal(shape[0])),
        )

    def linear(self, x: str, width_in: int, width_out: int, *, gain: float = RELU_GAIN) -> str:
        return self.add("Gemm", x, *self.affine(width_out, width_in, gain=gain), transB=1)

    def conv(
        self,
        x: str,
        width_in: int,
        width_out: int,
        kernel: int,
        *,
        stride: int = 1,
        pad: int = 0,
        groups: int = 1,
        gain: float = RELU_GAIN,
    ) -> str:
        affine = self.affine(width_out, width_in // groups, kernel, kernel, gain=gain)
        return self.add(
            "Conv",
            x,
            *affine,
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[pad] * 4,
            group=groups,
        )

    def model(self, name: str, shape: tuple[int, ...], size: int) -> onnx.ModelProto:
        """Return the model; the node added last gives the embedding."""
        self.nodes[-1].output[0] = "embedding"
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", *shape])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", size])],
            self.weights,
        )
        return helper.make_model(
            graph,
            producer_name="rmqm-spec",
            doc_string="Random weights, for measuring speed only.",
            opset_imports=[helper.make_opsetid("", 17)],
            ir_version=8,
        )


def lenet(seed: int = 0) -> onnx.ModelProto:
    """
    Build the LeNet of the RMQM authors: 1 x 28 x 28 to 64 numbers.

    692,300 parameters; 0.9 million multiply-adds an image.
    """
    net = _Graph(seed)
    x = "input"
    for width_in, width_out in ((1, 6), (6, 16)):
        x = net.add("Relu", net.conv(x, width_in, width_out, 5))
        x = net.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = net.add("Flatten", x)
    for width_in, width_out in ((256, 512), (512, 512), (512, 512)):
        x = net.add("Relu", net.linear(x, width_in, width_out))
    net.linear(x, 512, 64, gain=1.0)
    return net.model("lenet", (1, 28, 28), 64)


def resnet18_32(seed: int = 0) -> onnx.ModelProto:
    """
    Build ResNet-18 for 3 x 32 x 32 images (3 x 3 stem, no first pooling) to 512 numbers.

    11,164,032 parameters (11,168,832 with batch normalisation unfolded); 555.4 million
    multiply-adds an image.
    """
    net = _Graph(seed)
    x, width_in = net.add("Relu", net.conv("input", 3, 64, 3, pad=1)), 64
    for width, first_stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        for stride in (first_stride, 1):
            branch = net.add("Relu", net.conv(x, width_in, width, 3, stride=stride, pad=1))
            branch = net.conv(branch, width, width, 3, pad=1, gain=0.5)
            if stride != 1 or width_in != width:
                x = net.conv(x, width_in, width, 1, stride=stride, gain=1.0)
            x, width_in = net.add("Relu", net.add("Add", x, branch)), width
    net.add("Flatten", net.add("GlobalAveragePool", x))
    return net.model("resnet18_32", (3, 32, 32), 512)


def mobilenet_224(seed: int = 0) -> onnx.ModelProto:
    """
    Build MobileNetV2 of width 1.0 for 3 x 224 x 224 images to 1,280 numbers.

    2,206,816 parameters (2,223,872 with batch normalisation unfolded); 299.5 million
    multiply-adds an image.
    """
    net = _Graph(seed)
    zero, six = net.weight(np.array(0.0)), net.weight(np.array(6.0))

    def relu6(x: str) -> str:
        return net.add("Clip", x, zero, six)

    def inverted_residual(x: str, width_in: int, width: int, stride: int, expansion: int) -> str:
        hidden, y = width_in * expansion, x
        if expansion != 1:
            y = relu6(net.conv(y, width_in, hidden, 1))
        y = relu6(net.conv(y, hidden, hidden, 3, stride=stride, pad=1, groups=hidden))
        y = net.conv(y, hidden, width, 1, gain=1.0)
        return net.add("Add", x, y) if stride == 1 and width_in == width else y

    x, width_in = relu6(net.conv("input", 3, 32, 3, stride=2, pad=1)), 32
    for expansion, width, repeats, first_stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for repeat in range(repeats):
            x = inverted_residual(x, width_in, width, first_stride if repeat == 0 else 1, expansion)
            width_in = width
    x = relu6(net.conv(x, 320, 1280, 1))
    net.add("Flatten", net.add("GlobalAveragePool", x))
    return net.model("mobilenet_224", (3, 224, 224), 1280)


def vit_tiny_224(seed: int = 0) -> onnx.ModelProto:
    """
    Build ViT-Ti/16 without class token for 3 x 224 x 224 images: 196 tokens to their mean of 192.

    5,524,032 parameters (as DeiT-Ti without class token and classifier); 1,069 million
    multiply-adds with weights an image, and 177 million between tokens.
    """
    net = _Graph(seed)
    tokens, width, heads = 196, 192, 3
    size = width // heads

    def shape(*values: int) -> str:
        net.weights.append(numpy_helper.from_array(np.array(values), f"shape_{len(net.weights)}"))
        return net.weights[-1].name

    def normed(x: str) -> str:
        return net.add(
            "LayerNormalization", x, net.weight(np.ones(width)), net.weight(np.zeros(width))
        )

    def linear(x: str, width_in: int, width_out: int, *, gain: float) -> str:
        weights = gain / math.sqrt(width_in) * net.random.standard_normal((width_in, width_out))
        return net.add(
            "Add", net.add("MatMul", x, net.weight(weights)), net.weight(np.zeros(width_out))
        )

    def attention(x: str) -> str:
        x = net.add(
            "Reshape", linear(x, width, 3 * width, gain=1.0), shape(0, tokens, 3, heads, size)
        )
        x = net.add("Transpose", x, perm=[2, 0, 3, 1, 4])
        queries, keys, values = (
            net.add("Gather", x, shape_scalar(place), axis=0) for place in range(3)
        )
        keys = net.add("Transpose", keys, perm=[0, 1, 3, 2])
        scores = net.add("MatMul", queries, keys)
        scores = net.add("Mul", scores, net.weight(np.array(1 / math.sqrt(size))))
        x = net.add("MatMul", net.add("Softmax", scores, axis=-1), values)
        x = net.add("Reshape", net.add("Transpose", x, perm=[0, 2, 1, 3]), shape(0, tokens, width))
        return linear(x, width, width, gain=0.5)

    def shape_scalar(value: int) -> str:
        net.weights.append(numpy_helper.from_array(np.array(value), f"place_{len(net.weights)}"))
        return net.weights[-1].name

    def gelu(x: str) -> str:
        halved = net.add("Mul", x, net.weight(np.array(0.5)))
        grown = net.add("Erf", net.add("Mul", x, net.weight(np.array(math.sqrt(0.5)))))
        return net.add("Mul", halved, net.add("Add", grown, net.weight(np.array(1.0))))

    x = net.conv("input", 3, width, 16, stride=16, gain=1.0)
    x = net.add("Transpose", net.add("Reshape", x, shape(0, width, tokens)), perm=[0, 2, 1])
    x = net.add("Add", x, net.weight(0.02 * net.random.standard_normal((tokens, width))))
    for _ in range(12):
        x = net.add("Add", x, attention(normed(x)))
        hidden = gelu(linear(normed(x), width, 4 * width, gain=1.0))
        x = net.add("Add", x, linear(hidden, 4 * width, width, gain=0.5))
    net.add("ReduceMean", normed(x), axes=[1], keepdims=0)
    return net.model("vit_tiny_224", (3, 224, 224), width)


NETWORKS = {
    "lenet": lenet,
    "resnet18_32": resnet18_32,
    "mobilenet_224": mobilenet_224,
    "vit_tiny_224": vit_tiny_224,
}
