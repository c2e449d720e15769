"""Spectra of the Jacobians of autoencoders: the tables and figures of Agarwala et al., again."""
