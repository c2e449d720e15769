"""How invariant to rotation encoders are, and which of two tasks gains by it."""
