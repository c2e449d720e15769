"""What a race of encoders may settle."""

from typing import Literal

__all__ = ["Until"]

Until = Literal["order", "best"]
"""The whole order of the encoders, or only which of them is the best."""
