"""Known mistakes: what an implementation with each of them would answer to what was asked."""

from rmqm_conformance.mistakes.naming import likely_mistakes

__all__ = ["likely_mistakes"]
