"""The 60 networks of DeepNNK, run again from their weights, beside what their authors stored."""
