"""The pictures beside a result are those of its inputs, altered as they were."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec import PGD, WhiteNoise, with_finite_differences
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs.prepared import open_inputs
from rmqm_spec.reports import examples_of, keep_examples, read_examples, report_content, report_page
from rmqm_spec.reports.examples import MAX_SIDE, choose

SPEC = InputSpec(kind="image", shape=(1, 4, 4))


def open_images(images):
    return open_inputs(images, SPEC, Preprocessing())


def test_pictures_are_the_inputs_of_these_levels(score, images):
    stored = score()
    kept = read_examples(stored)
    inputs = open_images(images)
    loaded = {one.id: one.values for one in map(inputs.load, range(len(inputs)))}
    assert kept.levels == (0, 2, 4, 8)
    assert len(kept.ids) == 9
    for name, pictures in zip(kept.ids, kept.pictures, strict=True):
        expected = WhiteNoise(n_levels=8).alter(loaded[name][None], [name], 0, 9)[0, [0, 2, 4, 8]]
        assert np.abs(pictures[:, None, :, :, 0] / 255 - expected).max() <= 0.5 / 255 + 1e-6
    raw = {tuple(one.reshape(-1)) for one in images}
    assert all(tuple(one[0].reshape(-1)) in raw for one in kept.pictures)


def test_inputs_are_chosen_by_what_they_add_to_the_score(score):
    stored = score()
    added = stored.characteristics().per_input.contribution
    chosen = choose(stored, stored.characteristics())
    order = np.argsort(added).tolist()
    assert (chosen["worst"], chosen["best"]) == (order[:3], order[:-4:-1])
    assert set(chosen["typical"]) <= set(order[3:-3])


def test_the_second_time_nothing_is_loaded(score, images):
    stored = score()
    before = stored.path.with_name("examples.npz").read_bytes()
    keep_examples(stored, open_images(images[:1]), WhiteNoise(n_levels=8))
    assert stored.path.with_name("examples.npz").read_bytes() == before


def test_what_a_killed_process_was_writing_is_removed(score, images):
    stored = score()
    stored.path.with_name("examples.npz").unlink()
    leftover = stored.path.with_name(".examples.npz.20f17148.part")
    leftover.write_bytes(b"half of it")
    keep_examples(stored, open_images(images), WhiteNoise(n_levels=8))
    assert not leftover.exists()
    assert stored.path.with_name("examples.npz").exists()


def test_inputs_that_are_gone_are_left_out(score, images):
    stored = score()
    fewer = examples_of(stored, open_images(images[:6]), WhiteNoise(n_levels=8))
    assert 0 < len(fewer.ids) < 9
    changed = examples_of(stored, open_images(images // 2), WhiteNoise(n_levels=8))
    assert changed.ids == ()


def test_arrays_have_no_pictures_and_say_so(score):
    values = np.random.default_rng(0).random((5, 1, 4, 4)).astype(np.float32)
    inputs = open_inputs(values, InputSpec(kind="array", shape=(1, 4, 4)), Preprocessing())
    found = examples_of(score(), inputs, WhiteNoise(n_levels=8))
    assert (found.ids, "not images" in found.note) == ((), True)


def test_a_path_is_shown_unaltered(score):
    encoder = with_finite_differences(lambda x: np.tanh(x.reshape(len(x), -1)[:, :5]), (0.0, 1.0))
    kept = read_examples(score(encoder=encoder, alteration=PGD(n_levels=3)))
    assert kept.levels == (0,)
    assert "gradient" in kept.note


def test_large_pictures_are_made_smaller(score, images):
    spec = InputSpec(kind="image", shape=(1, 200, 100))
    found = examples_of(score(), open_inputs(images, spec, Preprocessing()), WhiteNoise(n_levels=8))
    assert found.pictures.shape[2:] == (MAX_SIDE, MAX_SIDE // 2, 1)
    assert found.side == 200


@pytest.mark.parametrize("damage", ["broken", "other"])
def test_pictures_of_something_else_are_refused_and_the_page_says_so(score, damage):
    pytest.importorskip("jinja2")
    pytest.importorskip("matplotlib")
    stored, other = score(), score(strength=3.0)
    path = stored.path.with_name("examples.npz")
    content = b"PK" if damage == "broken" else other.path.with_name("examples.npz").read_bytes()
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as caught:
        read_examples(stored)
    assert caught.value.code == "RES002"
    assert "examples.npz must hold the pictures" in report_page(report_content({"one": stored}))
