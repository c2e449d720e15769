"""What all alterations of images share: levels, draws, bounds, types, protocols, refusals."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import attrs
import numpy as np
import pytest

from rmqm_spec import evaluate
from rmqm_spec.alterations import (
    Blur,
    Brightness,
    Contrast,
    Crop,
    Flip,
    Jpeg,
    Rotation,
    Saturation,
    Scaling,
    Translation,
)
from rmqm_spec.contracts.alteration import AlterationSettings
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.registry import alteration_kind, load_all
from rmqm_spec.documents.converter import structured
from rmqm_spec.errors import ShapeError, UsageError

ALL = (
    Blur, Brightness, Contrast, Crop, Flip, Jpeg, Rotation, Saturation, Scaling, Translation,
)  # fmt: skip
DRAWING = (Brightness, Contrast, Crop, Rotation, Saturation, Translation)
IDS = [f"image {number}" for number in range(12)]
IMAGES = np.random.default_rng(0).random((12, 3, 9, 14), dtype=np.float32)

every = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)


def settings(n_levels=4, shape=(3, 9, 14), kind="image", **options):
    spec = InputSpec(kind=kind, shape=shape)
    return AlterationSettings(
        bounds=(0.0, 1.0), seed=3, n_levels=n_levels, variant="paper", options=options, spec=spec
    )


def levels_of(kind, n_levels=4):
    return kind(n_levels=1 if kind is Flip else n_levels, seed=3)


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_level_0_is_the_image_bit_for_bit_and_the_type_stays(kind, dtype):
    images = IMAGES.astype(dtype)
    images[0, 0, 0, 0] = -0.0
    altered = levels_of(kind).alter(images, IDS, 0, 2)
    assert altered[:, 0].tobytes() == images.tobytes()
    assert altered.dtype == dtype
    assert not np.array_equal(altered[:, 1], images)


@every
def test_a_level_alone_is_the_level_of_a_run(kind):
    alteration = levels_of(kind)
    run = alteration.alter(IMAGES, IDS, 0, alteration.n_levels + 1)
    for level in range(alteration.n_levels + 1):
        alone = alteration.alter(IMAGES, IDS, level, 1)
        assert alone.tobytes() == run[:, level : level + 1].tobytes()


@every
def test_batches_and_order_change_no_bit(kind):
    alteration = levels_of(kind)
    whole = alteration.alter(IMAGES, IDS, 1, alteration.n_levels)
    order = np.random.default_rng(1).permutation(len(IDS))
    for rows in (order[:5], order[5:], order[:1]):
        part = alteration.alter(IMAGES[rows], [IDS[row] for row in rows], 1, alteration.n_levels)
        assert part.tobytes() == whole[rows].tobytes()


@every
def test_inputs_are_not_written_to_and_out_is_used(kind):
    alteration, images = levels_of(kind), IMAGES.copy()
    out = np.empty((12, alteration.n_levels, 3, 9, 14), dtype=np.float32)
    assert alteration.alter(images, IDS, 1, alteration.n_levels, out=out) is out
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(out, alteration.alter(IMAGES, IDS, 1, alteration.n_levels))


@every
@pytest.mark.parametrize("bounds", [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (-0.3, 0.1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_altered_images_stay_in_the_bounds(kind, bounds, dtype):
    low, high = map(dtype, bounds)
    images = np.where(IMAGES > 0.5, high, low).astype(dtype)
    alteration = attrs.evolve(levels_of(kind), bounds=bounds)
    altered = alteration.alter(images, IDS, 0, alteration.n_levels + 1)
    assert low <= altered.min() <= altered.max() <= high


@pytest.mark.parametrize("kind", [k for k in ALL if k is not Jpeg], ids=lambda kind: kind.name)
def test_another_unit_changes_nothing_but_the_unit(kind):
    alteration = levels_of(kind)
    unit = alteration.alter(IMAGES.astype(float), IDS, 0, alteration.n_levels + 1)
    shifted = attrs.evolve(alteration, bounds=(-1.0, 3.0))
    other = shifted.alter(IMAGES.astype(float) * 4 - 1, IDS, 0, alteration.n_levels + 1)
    np.testing.assert_allclose(other, unit * 4 - 1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", DRAWING, ids=lambda kind: kind.name)
def test_what_is_drawn_follows_from_seed_and_id(kind):
    names = [str(number) for number in range(400)]
    draws = [kind(seed=0).drawn(name) for name in names]
    assert draws == [kind(seed=0).drawn(name) for name in names]
    assert draws != [kind(seed=1).drawn(name) for name in names]
    for outcome in set(draws) if kind is not Crop else ():
        share = draws.count(outcome) / len(names)
        assert abs(share - 1 / len(set(draws))) < 0.1
    if kind is Crop:
        places = np.array(draws)
        np.testing.assert_allclose(places.mean(axis=0), 0.5, atol=0.06)
        assert places.min() >= 0
        assert places.max() <= 1


def lanes(name, seed, identity):
    """Clause RMQM-IMG-002 from its text: the lanes of the first block, 0 to 65535."""
    text = f"rmqm-{name}/1\n{seed}\n{identity}".encode()
    key = int.from_bytes(hashlib.sha256(text).digest()[:16], "little")
    words = np.random.Philox(key=key).random_raw(4).tolist()  # NumPy counts before it draws
    return [word >> 16 * lane & 0xFFFF for word in words for lane in range(4)]


@pytest.mark.parametrize("number", range(60))
def test_draws_are_those_of_the_clause(number):
    first, second, *_ = lanes("crop", 7, f"{number}")
    expected = ((2 * first + 1) / 131072, (2 * second + 1) / 131072)
    assert Crop(seed=7).drawn(f"{number}") == expected
    sign = lanes("rotation", 7, f"{number}")[0] >= 32768
    assert Rotation(seed=7).drawn(f"{number}") == (1 if sign else -1)
    quarter = lanes("translation", 7, f"{number}")[0] // 16384
    assert Translation(seed=7).drawn(f"{number}") == ("left", "right", "up", "down")[quarter]


def test_unlike_alterations_draw_apart():
    names = [str(number) for number in range(64)]
    signs = [[kind(seed=0).drawn(name) for name in names] for kind in (Rotation, Brightness)]
    assert signs[0] != signs[1]


@pytest.mark.parametrize(
    ("kind", "option", "values"),
    [
        (Rotation, "sign", {"plus": 1, "minus": -1}),
        (Contrast, "sign", {"plus": 1, "minus": -1}),
        (Translation, "direction", {word: word for word in ("left", "right", "up", "down")}),
        (Crop, "place", {"centre": (0.5, 0.5)}),
    ],
)
def test_what_is_given_is_not_drawn(kind, option, values):
    for word, drawn in values.items():
        assert {kind(**{option: word}).drawn(name) for name in IDS} == {drawn}


@every
def test_protocols_keep_their_record_and_say_their_levels(kind):
    plug = alteration_kind(kind.name)
    assert plug.usual_levels == kind().n_levels
    made = plug.made(settings(1 if kind is Flip else 4))
    assert made == levels_of(kind)
    parameters = made.to_dict()
    structured(parameters, plug.parameters)
    with pytest.raises(Exception, match="J"):
        structured({**parameters, "J": 0}, plug.parameters)
    assert set(parameters) == {field.name for field in attrs.fields(plug.parameters)}
    assert str(parameters["J"]) in plug.in_words(parameters) or kind is Flip
    assert ("seed 3" in plug.in_words(parameters)) is (kind in DRAWING)
    assert "{" not in plug.axis_label(parameters)


@every
def test_defaults_of_options_are_those_of_the_alteration(kind):
    made = kind()
    for option in alteration_kind(kind.name).options:
        assert getattr(made, option.name) == option.default
        assert option.value(str(option.default)) == option.default


@every
def test_arrays_are_refused_with_a_remedy_before_any_work(kind):
    plug = alteration_kind(kind.name)
    with pytest.raises(UsageError, match="must be given images; the model takes arrays") as caught:
        plug.made(settings(1 if kind is Flip else 4, shape=(16,), kind="array"))
    assert caught.value.code == "ALT003"
    assert "--alteration white-noise" in caught.value.fix
    with pytest.raises(ShapeError, match=r"must be given images of shape \(N, C, H, W\)"):
        kind().alter(IMAGES[:, 0], IDS, 0, 1)


@every
@pytest.mark.parametrize("shape", [(3, 1, 9), (3, 9, 1)])
def test_images_of_a_single_row_or_column_are_refused(kind, shape):
    with pytest.raises(UsageError, match="at least 2 x 2 pixels") as caught:
        alteration_kind(kind.name).made(settings(1 if kind is Flip else 4, shape=shape))
    assert caught.value.code == "ALT003"


@every
def test_the_smallest_images_are_altered(kind):
    images = IMAGES[:, :, :2, :2]
    alteration = levels_of(kind)
    altered = alteration.alter(images, IDS, 0, alteration.n_levels + 1)
    assert np.isfinite(altered).all()


@pytest.mark.parametrize(
    ("kind", "channels", "works"),
    [
        (Saturation, 1, False),
        (Saturation, 4, False),
        (Contrast, 4, False),
        (Jpeg, 2, False),
        (Contrast, 1, True),
        (Jpeg, 1, True),
        (Rotation, 4, True),
        (Brightness, 7, True),
    ],
)
def test_channels(kind, channels, works):
    images = np.repeat(IMAGES[:, :1], channels, axis=1)
    make = alteration_kind(kind.name).made
    if works:
        altered = make(settings(shape=images.shape[1:])).alter(images, IDS, 1, 1)
        assert altered.shape == (12, 1, channels, 9, 14)
        return
    with pytest.raises(UsageError, match=f"channels?; the model takes {channels}") as caught:
        make(settings(shape=images.shape[1:]))
    assert caught.value.code == "ALT003"


@pytest.mark.parametrize("kind", [Contrast, Jpeg, Saturation])
def test_channels_are_refused_in_python_too(kind):
    with pytest.raises(ShapeError) as caught:
        kind().alter(np.repeat(IMAGES[:, :1], 4, axis=1), IDS, 1, 1)
    assert caught.value.code == "ALT003"


@pytest.mark.parametrize(
    ("kind", "wrong", "rule"),
    [
        (Rotation, {"largest_angle": 0}, "largest_angle must be above 0"),
        (Rotation, {"largest_angle": float("nan")}, "largest_angle must be above 0"),
        (Rotation, {"fill": "black"}, "fill must be one of low, mean, edge"),
        (Rotation, {"n_levels": 0}, "n_levels must be at least 1"),
        (Translation, {"farthest": 1}, "farthest must be above 0 and below 1"),
        (Translation, {"direction": "north"}, "direction must be one of"),
        (Scaling, {"zoom": 1}, "zoom must be from 1/8 to 8, but not 1"),
        (Crop, {"kept": 1}, "kept must be above 0 and below 1"),
        (Crop, {"place": "left"}, "place must be one of"),
        (Flip, {"n_levels": 2}, "a flip must have 1 level"),
        (Flip, {"axis": "both"}, "axis must be one of"),
        (Brightness, {"strength": 1.1}, "strength must be above 0"),
        (Contrast, {"sign": "0"}, "sign must be one of"),
        (Blur, {"widest": 0}, "widest must be above 0"),
        (Jpeg, {"lowest_quality": 100}, "lowest_quality must be a whole number from 1 to 99"),
        (Jpeg, {"lowest_quality": 2.5}, "lowest_quality must be a whole number from 1 to 99"),
        (Jpeg, {"n_levels": 96}, "JPEG down to quality 5 must have at most 95 levels"),
    ],
)
def test_parameters_outside_their_range_are_refused(kind, wrong, rule):
    with pytest.raises(UsageError, match=rule) as caught:
        kind(**wrong)
    assert caught.value.code == "ARG001"


def test_each_option_of_several_plugs_means_the_same_in_all():
    images = {kind.name: alteration_kind(kind.name) for kind in ALL}
    by_name = {}
    for plug in images.values():
        for option in plug.options:
            assert by_name.setdefault(option.name, option) is option
    others = {
        o.name
        for name, p in load_all("alteration")[0].items()
        if name in {"white-noise", "pgd"}
        for o in p.options
    }
    assert not others & set(by_name)


def test_none_ranks_by_rmqm_and_all_by_measures():
    for kind in ALL:
        plug = alteration_kind(kind.name)
        assert not plug.ranks_by("rmqm")
        assert not plug.ranks_by("rmqm@16")
        assert plug.ranks_by("rankme")
        assert "RMQM was held against accuracy under noise alone" in plug.why_not
    assert alteration_kind("white-noise").ranks_by("rmqm")
    assert not alteration_kind("pgd").ranks_by("rankme")


@pytest.mark.parametrize("kind", [k for k in ALL if k is not Flip], ids=lambda kind: kind.name)
def test_a_score_in_batches_of_any_size_is_the_same(kind):
    weights = np.random.default_rng(2).normal(size=(IMAGES[0].size, 5))

    def encoder(inputs):
        return np.tanh((inputs.reshape(len(inputs), -1) - 0.5) @ weights / 8)

    found = [
        evaluate(encoder, IMAGES.astype(float), alteration=levels_of(kind, 6), batch_size=size)
        for size in (1, 5, 64)
    ]
    assert found[0].status == "ok"
    for one, other in pairwise(found):
        np.testing.assert_allclose(one.displacements, other.displacements, rtol=1e-12)
