"""Measures of the Jacobian: what a walk hands them, what they keep, and who is refused."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec import PGD, EncoderTraits, WhiteNoise, evaluate, with_finite_differences
from rmqm_spec.contracts.measure import Column, Summary, of_gradients
from rmqm_spec.errors import EncodingError, SubjectError, UsageError
from rmqm_spec.evaluation.several import Contender, evaluate_several
from rmqm_spec.inputs.in_memory import ArrayInputs
from rmqm_spec.jacobians import jacobian, local_spectra
from rmqm_spec.measures.jackknife import jackknife_interval
from rmqm_spec.measures.named import measure_named, measures_named
from rmqm_spec.measures.size_matched import projection

IMAGES = np.random.default_rng(0).uniform(0.2, 0.8, (30, 2, 3))
NAMES = ("jacobian-norm", "jacobian-rank", "jacobian-condition", "jacobian-volume")
MEASURES = measures_named(NAMES)
FEW = WhiteNoise(n_levels=3)


class Smooth:
    """An encoder tanh(x W) + 2 with its gradients, row by row, so that no batch changes a bit."""

    def __init__(self, n_values=4, traits=None):
        self.weights = np.random.default_rng(1).standard_normal((6, n_values))
        self.traits = traits or EncoderTraits()
        self.n_pulled = 0

    def encode(self, inputs):
        return np.stack([np.tanh(row.reshape(-1) @ self.weights) + 2.0 for row in inputs])

    def vjp(self, inputs):
        found = self.encode(inputs)

        def pullback(cotangents):
            self.n_pulled += len(cotangents)
            slopes = cotangents * (1 - (found - 2.0) ** 2)
            return np.stack([self.weights @ row for row in slopes]).reshape(inputs.shape)

        return found, pullback


def measured(encoder, measures=MEASURES, **options):
    return evaluate(encoder, IMAGES, **{"alteration": FEW, **options}, measures=measures).measured


def expected(encoder, ids):
    order = {identity: row for row, identity in enumerate(ids)}
    found = jacobian(encoder, IMAGES)
    spectra = local_spectra(found.encodings, found.matrices)
    return spectra, [order[identity] for identity in sorted(ids)]


def test_each_measure_is_the_mean_of_its_number_with_the_interval_of_the_house():
    ids = [f"{row:02}" for row in range(len(IMAGES))]
    found = measured(Smooth(), ids=ids)
    spectra, rows = expected(Smooth(), ids)
    numbers = {
        "jacobian-norm": spectra.norm,
        "jacobian-rank": spectra.effective_rank,
        "jacobian-condition": spectra.condition,
        "jacobian-volume": spectra.volume,
    }
    for name, values in numbers.items():
        summary = found[name].summary
        mean = values[rows].mean()
        assert summary.value == pytest.approx(mean, rel=1e-12)
        interval = jackknife_interval(lambda v: float(v.mean()), values[rows], value=mean)
        assert summary.interval == pytest.approx(interval, rel=1e-9)
        assert summary.status == "ok"
    assert found["jacobian-rank"].summary.details == {"numerical": 3.0}
    assert found["jacobian-volume"].summary.details["rank-deficient"] == 0.0


def test_all_four_share_one_jacobian_of_each_input():
    encoder = Smooth()
    measured(encoder)
    assert encoder.n_pulled == len(IMAGES) * 4


@pytest.mark.parametrize("batch_size", [1, 7, 64])
def test_neither_batches_nor_threads_change_a_bit(batch_size):
    one = measured(Smooth(), batch_size=8, workers=1)
    other = measured(Smooth(), batch_size=batch_size, workers=3)
    for name in NAMES:
        assert one[name].summary == other[name].summary
        for column, values in one[name].columns.items():
            np.testing.assert_array_equal(other[name].columns[column], values)


def test_along_a_path_of_pgd_they_are_those_of_the_unaltered_inputs():
    along = measured(Smooth(), alteration=PGD(n_levels=2))
    assert along["jacobian-norm"].summary == measured(Smooth())["jacobian-norm"].summary


def test_at_a_size_they_are_those_of_projected_encodings():
    found, axes = jacobian(Smooth(), IMAGES), projection(4, 3)
    spectra = local_spectra(found.encodings @ axes, axes.T @ found.matrices)
    names = ("jacobian-norm@3", "jacobian-rank@3")
    norm, rank = measured(Smooth(), measures_named(names)).values()
    assert norm.summary.value == pytest.approx(spectra.norm.mean(), rel=1e-9)
    assert rank.summary.value == pytest.approx(spectra.effective_rank.mean(), rel=1e-9)


def test_encodings_shorter_than_the_size_have_no_value():
    (short,) = measured(Smooth(), [measure_named("jacobian-norm@5")]).values()
    assert short.summary.status == "too-few-dimensions"


def test_a_size_takes_as_many_products_as_it_has_values():
    encoder = Smooth()
    measured(encoder, [measure_named("jacobian-norm@2")])
    assert encoder.n_pulled == len(IMAGES) * 2


def test_an_encoder_of_smaller_rank_has_norm_and_rank_alone_and_says_so():
    encoder = Smooth(n_values=5)
    encoder.weights[:, 3:] = 0.0
    found = measured(encoder)
    assert found["jacobian-norm"].summary.status == "ok"
    assert found["jacobian-rank"].summary.details == {"numerical": 3.0}
    for name in ("jacobian-condition", "jacobian-volume"):
        summary = found[name].summary
        assert (summary.status, summary.interval) == ("rank-deficient", None)
        assert summary.details["rank-deficient"] == len(IMAGES)
        assert np.isfinite(summary.details["at-rank"])


def columns_of(*singular_values):
    values = np.array(singular_values)
    return {"singular_values": values, "tolerance": np.full(len(values), 1e-6)}


@pytest.mark.parametrize(
    ("name", "status"), [("jacobian-norm", "ok"), *((name, "zero-jacobian") for name in NAMES[1:])]
)
def test_where_an_encoding_stands_still_only_the_norm_has_a_value(name, status):
    columns = columns_of([2.0, 1.0], [0.0, 0.0])
    assert measure_named(name).summarise(columns).status == status


@pytest.mark.parametrize("name", NAMES)
def test_encodings_of_one_value_have_no_value(name):
    columns = {"singular_values": np.empty((4, 0)), "tolerance": np.zeros(4)}
    assert measure_named(name).summarise(columns).status == "one-value"


def test_all_leaves_them_out():
    assert not of_gradients(measures_named(["all"]))
    assert of_gradients(measures_named(["all", "jacobian-norm"])) == ["jacobian-norm"]


def test_an_encoder_without_gradients_is_refused_before_any_input_is_loaded():
    class Untouchable(ArrayInputs):
        def load(self, index):
            raise AssertionError("an input was loaded")

    with pytest.raises(
        UsageError, match="an encoder for jacobian-norm must have a method vjp"
    ) as caught:
        evaluate(np.tanh, Untouchable(IMAGES, (0.0, 1.0)), measures=MEASURES)
    assert caught.value.code == "GRA010"


def test_what_the_refusal_advises_helps():
    differences = with_finite_differences(Smooth().encode)
    value = measured(differences)["jacobian-norm"].summary.value
    assert value == pytest.approx(measured(Smooth())["jacobian-norm"].summary.value, rel=1e-6)


def test_among_several_the_encoder_without_gradients_fails_alone():
    inputs = ArrayInputs(IMAGES, (0.0, 1.0))
    contenders = {
        "with": Contender(encoder=Smooth(), measures=MEASURES),
        "without": Contender(encoder=with_encode_alone(), measures=MEASURES),
    }
    found = evaluate_several(contenders, inputs, FEW, batch_size=8, workers=2)
    assert found["without"].code == "GRA010"
    assert found["with"].gradient_route == "the encoder's own"
    alone = measured(Smooth(), batch_size=8)
    assert found["with"].measured["jacobian-norm"].summary == alone["jacobian-norm"].summary


def with_encode_alone():
    class Plain:
        encode = staticmethod(Smooth().encode)

    return Plain()


def test_a_gradient_that_is_not_finite_names_the_input():
    class Broken(Smooth):
        def vjp(self, inputs):
            found, pullback = super().vjp(inputs)
            bad = (inputs == IMAGES[17]).all(axis=(1, 2))
            return found, lambda cotangents: np.where(
                bad[:, None, None], np.nan, pullback(cotangents)
            )

    ids = [f"number-{row}" for row in range(len(IMAGES))]
    blocks_of_four = EncoderTraits(batch_size=4, block_size=200)
    with pytest.raises(EncodingError, match=r"that are not for .*\(id number-17\)") as caught:
        measured(Broken(traits=blocks_of_four), ids=ids)
    assert caught.value.code == "GRA011"


class Own:
    """A measure of another package: the mean derivative in the direction of the encoding."""

    name, title, summary, source, units, direction = "own", "Own", "Own.", "here", "1", None
    needs = frozenset({"gradients"})
    kept = (Column(name="slope"),)

    def start(self, n_inputs, n_levels, names):
        return OwnMeter()

    def summarise(self, columns):
        return Summary(value=float(columns["slope"].mean()))


class OwnMeter:
    def differentiate(self, encoder, inputs):
        encodings, pullback = encoder.vjp(inputs)
        self.slope = pullback(encodings).reshape(len(inputs), -1).sum(axis=1)

    def update(self, encodings):
        assert hasattr(self, "slope"), "differentiate comes first"

    def columns(self):
        return {"slope": self.slope}


def test_a_measure_of_another_package_gets_the_encoder_and_the_unaltered_inputs():
    encodings, pullback = Smooth().vjp(IMAGES)
    slopes = pullback(encodings).reshape(len(IMAGES), -1).sum(axis=1)
    found = measured(Smooth(), [Own()])["own"]
    assert found.summary.value == pytest.approx(slopes.mean(), rel=1e-12)


def test_an_error_in_differentiate_is_the_measures():
    class Faulty(Own):
        def start(self, n_inputs, n_levels, names):
            meter = OwnMeter()
            meter.differentiate = lambda encoder, inputs: 1 / 0
            return meter

    with pytest.raises(SubjectError, match="ZeroDivisionError in differentiate") as caught:
        measured(Smooth(), [Faulty()])
    assert caught.value.code == "MEA002"


def test_a_coarse_arithmetic_counts_more_as_zero():
    encoder = Smooth(traits=EncoderTraits(resolution=0.5))
    assert measured(encoder)["jacobian-rank"].summary.details["numerical"] < 3.0
