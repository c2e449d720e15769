"""A correct implementation in miniature, and variants of it with one mistake each."""

from .plain import Plain

__all__ = ["Plain"]
