"""The choices that a model leaves open, each made with a reason."""
