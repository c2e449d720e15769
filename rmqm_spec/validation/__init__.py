"""Documents under test: do they follow their schema, and their numbers from each other?"""

from rmqm_spec.validation.documents import Validated, require_schema, validate_document

__all__ = ["Validated", "require_schema", "validate_document"]
