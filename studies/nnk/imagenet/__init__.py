"""Linear probe, k-NN and NNK of a zoo of encoders, in the form of the table on ImageNet."""
