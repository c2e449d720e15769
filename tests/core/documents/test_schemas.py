"""Schemas are made from records, and the files that are shipped hold what is made."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from rmqm_spec.documents.converter import Misfit
from rmqm_spec.documents.schema import schema_of_record
from rmqm_spec.validation.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_file_is_what_the_record_makes(kind):
    text = files("rmqm_spec.documents").joinpath(f"schemas/{kind.name}.schema.json").read_text()
    made = schema_of_record(kind.record, kind.schema)
    jsonschema.Draft202012Validator.check_schema(made)
    assert json.loads(text) == made, "python -m rmqm_spec.validation.kinds writes it anew"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_document_of_another_kind_is_refused(kind):
    with pytest.raises(Misfit, match="schema must be"):
        kind.structured({"schema": "another/1"})
