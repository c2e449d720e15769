"""ONNX Runtime as a backend: any ONNX model as an encoder."""

from rmqm_onnx.encoder import OnnxEncoder
from rmqm_onnx.opening import open_encoder
from rmqm_onnx.options import OpenOptions

__all__ = ["OnnxEncoder", "OpenOptions", "open_encoder"]
