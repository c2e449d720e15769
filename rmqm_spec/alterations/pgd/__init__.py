"""PGD: paths up the gradient of a loss of the encodings."""
