"""The paper's protocol on MNIST, run again with the paper's methods, sizes and optimisers."""
