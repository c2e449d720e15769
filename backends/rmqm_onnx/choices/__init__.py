"""What is taken where a model leaves it open, each choice with its reason."""
