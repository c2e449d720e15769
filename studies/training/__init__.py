"""Encoders for the studies: networks, training methods, and their export to ONNX."""
