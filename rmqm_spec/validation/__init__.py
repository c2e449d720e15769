"""Documents under test: do they follow their schema, and their numbers from each other?"""

from rmqm_spec.validation.documents import Validated, validate_document

__all__ = ["Validated", "validate_document"]
