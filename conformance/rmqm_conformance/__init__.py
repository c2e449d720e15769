"""The suite that judges encoders and, in time, whole implementations of the specification."""
