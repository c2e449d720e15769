"""White noise, and the generator that makes it the same on every machine."""
