"""What can be done to any encoder: check its contract, give it a gradient by differences."""
