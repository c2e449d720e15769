"""ONNX Runtime as a backend: any ONNX model as an encoder."""
