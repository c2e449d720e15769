"""Inputs: where they come from, how they are named, and how they get the encoder's shape."""
