"""Scores along PGD paths: options, refusals, documents, what is said beside them, going on."""

from __future__ import annotations

import json
import math
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec import PGD, EncoderTraits, content_id, evaluate
from rmqm_spec.alterations import LOSSES
from rmqm_spec.cli.score import run_score
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.registry import alteration_kind, available
from rmqm_spec.errors import EncodingError, UsageError
from rmqm_spec.evaluation import checkpoints
from rmqm_spec.runs import opening, outlook
from rmqm_spec.runs.flat import request_of

jsonschema = pytest.importorskip("jsonschema")
rmqm_onnx = pytest.importorskip("rmqm_onnx")
pytest.importorskip("onnxruntime")

MODEL = Path(__file__).parents[2] / "examples/digits_ntxent.onnx"
DIFFERENCES = ["--alteration", "pgd", "--gradient", "finite-differences"]


@pytest.fixture(scope="module")
def score(rmqm):
    return partial(rmqm, "score", MODEL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pgd")
    images = np.random.default_rng(0).random((5, 8, 8), dtype=np.float32)
    np.save(folder / "data.npy", images)
    return folder


@pytest.fixture(scope="module")
def scored(score, folder):
    """Score a few inputs by finite differences; what was printed, said and written."""
    done = score("--data", "data.npy", "--out", "out", *DIFFERENCES, cwd=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads((folder / "out/result.json").read_text(encoding="utf-8"))
    return done.stdout, done.stderr, document


def is_valid(document):
    schema = files("rmqm_spec").joinpath("documents/schemas/result.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(schema)).is_valid(document)


def test_the_document_names_alteration_and_route(scored):
    document = scored[2]
    assert is_valid(document)
    assert document["protocol"]["alteration"] == PGD().to_dict()
    assert document["runtime"]["gradient"] == "finite differences"
    assert len(document["curves"]["levels"]) == 30


@pytest.mark.parametrize("key", ["J", "alpha", "bounds", "loss", "seed"])
def test_no_parameter_may_be_missing_or_foreign(scored, key):
    rule = scored[2]["protocol"]["alteration"]
    for changed in (
        {name: value for name, value in rule.items() if name != key},
        {**rule, "coupling": "common"},
        {**rule, "name": "white-noise"},
        {**rule, "loss": "triplet"},
    ):
        protocol = {**scored[2]["protocol"], "alteration": changed}
        assert not is_valid({**scored[2], "protocol": protocol})


def test_the_score_is_told_to_be_that_of_pgd_and_to_rank_no_methods(scored):
    printed, said, document = scored
    assert printed.startswith(f"  RMQM (pgd) {document['rmqm']:.3f}")
    assert (
        "variant paper, PGD of 30 levels, steps of 0.00784, loss displacement, seed 0; "
        "gradient: finite differences"
    ) in said
    for code in ("GRA015", "GRA016"):
        assert f"WARN  {code}" in said
        assert code in [one["code"] for one in document["findings"]]
    assert "SCO006" not in said


def test_authors_2022_has_29_restarted_levels_and_its_options_are_in_the_protocol(score, folder):
    options = ["--variant", "authors-2022", "--step-size", "1/255", "--seed", "3"]
    done = score("--data", "data.npy", "--out", "b", *DIFFERENCES, *options, "--json", cwd=folder)
    document = done.document
    assert document.pop("ok")
    assert is_valid(document)
    expected = PGD(restarted=True, alpha=1 / 255, seed=3).to_dict()
    assert document["protocol"]["alteration"] == expected
    assert "SCO006" not in done.stderr


def test_other_levels_are_told(score, folder):
    options = ["--levels", "4", "--out", "c"]
    done = score("--data", "data.npy", *DIFFERENCES, *options, cwd=folder)
    assert "the score is for 4 levels, not the 30 of the protocol" in done.stderr


CHECK = 11
"""Calls by which the gradient is held against a difference quotient before the work begins."""

TIMED = 3
"""Calls by which it is timed: a first one, and two that count."""


class Differentiable:
    """The example model with the derivative of its encodings, as a backend may give it."""

    gradient_route = "by hand"

    def __init__(self, encoder, *, fails_at=None):
        from rmqm_spec import with_finite_differences

        self._encoder, self._gradient = encoder, with_finite_differences(encoder)
        self.fails_at, self.calls = fails_at, 0

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    @property
    def traits(self):
        return EncoderTraits(batch_size=2, resolution=self._encoder.traits.resolution)

    def encode(self, inputs):
        return self._encoder.encode(inputs)

    def vjp(self, inputs):
        self.calls += 1
        if self.calls == self.fails_at:
            raise EncodingError("ENC001", "an encoding must be finite; got none", fix="Wait.")
        return self._gradient.vjp(inputs)


@pytest.fixture
def opened(monkeypatch, folder):
    """Let the command open the example with a derivative; returns a function that runs it."""

    original = opening.open_model

    def run(out, *, fails_at=None, **typed):
        made = []

        def open_model(*arguments):
            made.append(Differentiable(original(*arguments), fails_at=fails_at))
            return made[0]

        monkeypatch.setattr(opening, "open_model", open_model)
        monkeypatch.setattr(outlook, "_SECONDS_OF_TIMING", math.inf)  # however slow it is
        options = {"data": str(folder / "data.npy"), "alteration": "pgd", "out": out, **typed}
        code = run_score(MODEL, options, report=None, as_json=False)
        document = json.loads((out / "result.json").read_text(encoding="utf-8"))
        return code, document, made[0]

    return run


@pytest.mark.parametrize("gradient", [None, "auto", "onnx"])
def test_the_gradient_of_the_model_is_taken_where_it_has_one(opened, tmp_path, gradient):
    code, document, encoder = opened(tmp_path / "out", gradient=gradient)
    assert (code, document["runtime"]["gradient"], encoder.calls) == (
        0,
        "by hand",
        CHECK + TIMED + 3 * 32,
    )
    assert "GRA015" not in [one["code"] for one in document["findings"]]


def test_a_model_with_a_gradient_may_still_be_taken_by_differences(opened, tmp_path):
    code, document, encoder = opened(tmp_path / "out", gradient="finite-differences")
    assert (code, document["runtime"]["gradient"], encoder.calls) == (0, "finite differences", 0)


def test_a_stopped_score_goes_on_to_the_same_bits(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS_PER_CHECKPOINT", 0.0)
    with pytest.raises(EncodingError):
        opened(
            tmp_path / "in two", fails_at=CHECK + TIMED + 70
        )  # two groups of two inputs are done
    assert len(list((tmp_path / "in two").glob("checkpoints-*/*.npz"))) == 2
    _, in_two, encoder = opened(tmp_path / "in two")
    _, at_once, _ = opened(tmp_path / "at once")
    assert encoder.calls == CHECK + TIMED + 32
    assert in_two["result_sha256"] == at_once["result_sha256"]
    for file in ("distances.npz", "per_input.csv"):
        one, other = (tmp_path / name / file for name in ("in two", "at once"))
        assert one.read_bytes() == other.read_bytes()


def test_parts_of_another_gradient_are_not_taken(opened, tmp_path, capsys):
    with pytest.raises(EncodingError):
        opened(tmp_path / "out", fails_at=CHECK + TIMED + 70)
    opened(tmp_path / "out", gradient="finite-differences")
    assert "resuming" not in capsys.readouterr().err


def test_the_command_scores_as_the_function_does(opened, tmp_path, folder):
    _, document, encoder = opened(tmp_path / "out")
    images = np.load(folder / "data.npy")
    ids = [content_id(image[:, :, None]) for image in images]
    found = evaluate(encoder, images[:, None], alteration=PGD(), ids=ids)
    assert (document["rmqm"], document["status"]) == (found.rmqm, "ok")


LOSS_RULE = (
    "--loss must be displacement for a score; got '{}', which needs labels, or views and fixed "
    "batches"
)
UNKNOWN = (
    "alteration must name exactly one of those installed "
    f"({', '.join(available('alteration'))}); got 'x': none of that name"
)
PGD_RULE = "--{} must come with --alteration pgd; got --alteration white-noise"


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        (
            {"alteration": "x"},
            "ARG003",
            UNKNOWN,
        ),
        (
            {"alteration": "pgd", "gradient": "x"},
            "ARG001",
            "--gradient must be one of auto, onnx, torch, finite-differences; got 'x'",
        ),
        (
            {"alteration": "pgd", "loss": "x"},
            "ARG001",
            "--loss must be one of displacement, cross-entropy, triplet, nt-xent; got 'x'",
        ),
        *(
            (
                {"alteration": "pgd", "loss": loss},
                "GRA013",
                LOSS_RULE.format(loss),
            )
            for loss in ("cross-entropy", "triplet", "nt-xent")
        ),
        *(
            (
                {"alteration": "pgd", "step_size": text},
                "ARG001",
                f"--step-size must be a number or a fraction; got '{text}'",
            )
            for text in ("a", "1/0", "1/2/3", "nan", "", "/")
        ),
        *(
            (
                {"alteration": "pgd", "step_size": text},
                "ARG001",
                f"--step-size must be a finite number above 0; got {float(text)}",
            )
            for text in ("0", "-1")
        ),
        *(
            (
                {name: value},
                "ARG001",
                PGD_RULE.format(name.replace("_", "-")),
            )
            for name, value in (("step_size", "1"), ("loss", "displacement"))
        ),
        (
            {"gradient": "auto"},
            "ARG001",
            PGD_RULE.format("gradient").replace(";", " or a measure of gradients;"),
        ),
        (
            {"alteration": "pgd", "coupling": "independent"},
            "ARG001",
            "--coupling must come with --alteration white-noise; got --alteration pgd",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_option_and_rule(typed, code, message):
    with pytest.raises(UsageError) as caught:
        opening.check_request(request_of(MODEL, typed))
    assert (caught.value.code, caught.value.message) == (code, message)


def test_the_losses_that_are_told_apart_are_those_that_there_are():
    (loss,) = (one for one in alteration_kind("pgd").options if one.name == "loss")
    assert loss.value("displacement") == "displacement"
    for name in set(LOSSES) - {"displacement"}:
        with pytest.raises(UsageError, match="must be displacement for a score"):
            loss.value(name)
    with pytest.raises(UsageError, match="must be one of"):
        loss.value("another")


class Plain:
    """An encoder without gradients, as a backend opens it."""

    def __init__(self, *shape):
        self.spec = InputSpec(kind="array", shape=shape)

    def encode(self, inputs):
        return np.tanh(inputs)


def refusal(monkeypatch, encoder, **options):
    monkeypatch.setattr(opening, "open_model", lambda *_: encoder)
    with pytest.raises(UsageError) as caught:
        opening.open_run(request_of(MODEL, {"alteration": "pgd", **options}))
    return caught.value


def test_inputs_of_many_values_are_refused_before_any_work(monkeypatch):
    error = refusal(monkeypatch, Plain(3, 32, 32), gradient="finite-differences")
    assert (error.code, error.message) == (
        "GRA014",
        "inputs must have at most 256 values for finite differences; got 3072",
    )


@pytest.mark.parametrize("gradient", [None, "auto", "onnx"])
def test_a_model_without_gradients_is_refused_before_any_work(monkeypatch, gradient):
    error = refusal(monkeypatch, Plain(64), gradient=gradient)
    assert error.code == "GRA010"
    assert "score --gradient finite-differences" in error.fix
