"""How much the measures, and the order of encoders by them, depend on a user's choices."""
