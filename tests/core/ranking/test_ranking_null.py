"""What a null says about the score beside it."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.errors import SubjectError, UsageError
from rmqm_spec.ranking.null import against_null, failed_null, null_findings
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import write_result
from rmqm_spec.results.stored import read_result

IMAGES = np.random.default_rng(0).random((30, 8))


@pytest.fixture
def stored(tmp_path):
    def store(name, encoder, images=IMAGES):
        found = evaluate(encoder, images, alteration=WhiteNoise(n_levels=6))
        document = result_document(
            found, {}, [], data="eye", seconds=1.0, created="2026-01-01T00:00:00+00:00"
        )
        write_result(tmp_path / name, document, found)
        return read_result(tmp_path / name)

    return store


def higher(x):
    return np.sign(x - 0.5) * (x - 0.5) ** 4 + 0.001


def lower(x):
    return np.tanh(x[:, :4] - x[:, 4:]) + 0.5


@pytest.mark.parametrize(
    ("trained", "null", "codes"),
    [(higher, lower, []), (lower, higher, ["SCO008"]), (lower, lower, ["SCO009"])],
)
def test_a_null_above_or_level_is_a_warning(stored, trained, null, codes):
    one, other = stored("one", trained), stored("other", null)
    found = against_null(one, other, seed=0)
    assert found["difference"] == pytest.approx(one.document["rmqm"] - other.document["rmqm"])
    low, high = found["difference_interval"]
    assert low <= found["difference"] <= high
    assert [finding.code for finding in null_findings(found)] == codes
    assert found["seed"] == 0


def test_a_null_that_stands_still_or_fails_is_told_and_is_no_failure(stored):
    still = against_null(stored("one", lower), stored("still", lambda x: np.ones((len(x), 2))))
    failed = failed_null(SubjectError("ENC001", "encodings must be finite; got inf", fix="none"))
    for null, reason in ((still, "collapsed"), (failed, "got inf")):
        assert null["difference"] is null["rmqm"] is None
        (finding,) = null_findings(null)
        assert (finding.code, finding.level) == ("NUL003", "ok")
        assert reason in finding.message


def test_a_score_that_is_undefined_has_no_difference_from_its_null(stored):
    found = against_null(stored("still", lambda x: np.ones((len(x), 2))), stored("one", lower))
    assert found["rmqm"] is not None
    assert found["difference"] is None
    assert null_findings(found) == []


def test_other_inputs_are_refused(stored):
    with pytest.raises(UsageError) as caught:
        against_null(stored("one", lower), stored("fewer", lower, IMAGES[:9]))
    assert caught.value.code == "CMP001"
