"""An alteration that breaks its contract gets no score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.contracts.alteration import AlterationKind, AlterationSettings
from rmqm_spec.errors import SubjectError

IMAGES = np.random.default_rng(0).random((5, 2, 3))


class Broken(WhiteNoise):
    """White noise, and a fault."""

    def alter(self, inputs, ids, first_level, n_levels, *, out=None):
        altered = super().alter(inputs, ids, first_level, n_levels, out=out)
        return self.fault(inputs, altered)


class MovesLevelZero(Broken):
    def fault(self, inputs, altered):
        altered[:, 0] *= 0.5
        return altered


class WritesToInputs(Broken):
    def fault(self, inputs, altered):
        inputs *= 0.5
        return altered


class LeavesTheBounds(Broken):
    def fault(self, inputs, altered):
        altered[:, 1:] += 2
        return altered


class ChangesTheType(Broken):
    def fault(self, inputs, altered):
        return altered.astype(np.float16)


class Sound(Broken):
    def fault(self, inputs, altered):
        return altered.copy()


def encoder(inputs):
    return inputs.reshape(len(inputs), -1) ** 2 + 0.1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (MovesLevelZero, "a level 0 that is not the input itself"),
        (WritesToInputs, "inputs that it has written to"),
        (LeavesTheBounds, "for the bounds 0 to 1"),
        (ChangesTheType, "float16 of shape"),
    ],
)
def test_what_breaks_the_contract_is_named(kind, words):
    with pytest.raises(SubjectError, match=words) as caught:
        evaluate(encoder, IMAGES.copy(), alteration=kind(n_levels=4))
    assert caught.value.code == "ALT001"


def test_what_keeps_it_is_scored():
    assert evaluate(encoder, IMAGES, alteration=Sound(n_levels=4)).status == "ok"


class Fails(WhiteNoise):
    """White noise whose levels cannot be made."""

    def alter(self, inputs, ids, first_level, n_levels, *, out=None):
        raise IndexError("no such level")


class GivesNothing(WhiteNoise):
    def alter(self, inputs, ids, first_level, n_levels, *, out=None):
        return None


@pytest.mark.parametrize(
    ("alteration", "words"),
    [(Fails(), "IndexError: no such level"), (GivesNothing(), "NoneType")],
)
def test_an_alteration_that_fails_is_named(alteration, words):
    with pytest.raises(SubjectError) as caught:
        evaluate(encoder, IMAGES, alteration=alteration)
    assert caught.value.code == "ALT002"
    assert str(caught.value) == f"alter of the alteration white-noise must work; got {words}"


SETTINGS = AlterationSettings(bounds=(0, 1), seed=0, n_levels=3, variant="paper")


def kind(**facts):
    usual = {
        "name": "fog",
        "title": "fog",
        "summary": "Fog.",
        "axis": "level",
        "usual_levels": 9,
        "make": lambda settings: WhiteNoise(n_levels=settings.n_levels),
        "words": lambda parameters: f"fog of {parameters['J']} levels",
    }
    return AlterationKind(**{**usual, **facts})


class WithoutParameters(WhiteNoise):
    def to_dict(self):
        return {"name": "fog"}


@pytest.mark.parametrize(
    ("facts", "work", "words"),
    [
        ({"make": lambda _: 1 / 0}, "made", "make of the alteration fog must work; got Zero"),
        ({"make": lambda _: None}, "made", "got NoneType without name, independent_levels"),
        ({"make": lambda _: WithoutParameters()}, "made", "got parameters without J, bounds"),
        ({"words": lambda given: given["fog"]}, "in_words", "words of the alteration fog must wo"),
        ({"words": lambda _: None}, "in_words", "got NoneType instead of a text"),
        ({"axis": "{fog}"}, "axis_label", "axis of the alteration fog must work; got KeyError"),
        ({"usual_levels": {}}, "levels_of", "usual_levels of the alteration fog must work"),
    ],
)
def test_errors_inside_a_plug_name_the_plug(facts, work, words):
    given = {"made": SETTINGS, "levels_of": "paper"}.get(work, {"J": 3})
    with pytest.raises(SubjectError) as caught:
        getattr(kind(**facts), work)(given)
    assert caught.value.code == "ALT002"
    assert words in str(caught.value)


def test_a_sound_plug_is_let_through():
    made = kind().made(SETTINGS)
    assert (made.n_levels, kind().in_words(made.to_dict())) == (3, "fog of 3 levels")


@pytest.mark.parametrize("part", ["make", "words"])
def test_a_run_names_the_plug_that_fails(monkeypatch, part, tmp_path):
    pytest.importorskip("onnxruntime")
    import rmqm_spec
    from rmqm_spec.runs.request import ProtocolSettings

    broken = kind(**{part: lambda _: {}["fog"]})
    monkeypatch.setattr(ProtocolSettings, "kind", property(lambda _: broken))
    with pytest.raises(SubjectError, match=f"{part} of the alteration fog must work; got KeyError"):
        rmqm_spec.score(
            str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx"),
            n=2,
            out=tmp_path,
            null=False,
            listener=rmqm_spec.Listener(),
        )
