"""What a model's file holds, and the files beside it: without running anything."""
