"""Encoders that are built to fool a measure, and what every measure says of them."""
