"""The model on ONNX Runtime: sessions, inputs as the network takes them, encodings."""
