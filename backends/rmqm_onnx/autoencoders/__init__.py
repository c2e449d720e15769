"""Autoencoders in ONNX: one model with a named latent, or two models."""
