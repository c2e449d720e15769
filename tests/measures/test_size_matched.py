import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.contracts.registry import load_all
from rmqm_spec.errors import UsageError
from rmqm_spec.measures.named import measure_named
from rmqm_spec.measures.size_matched import projection

rng = np.random.default_rng(0)
IMAGES = rng.uniform(0.2, 0.8, (40, 6)).astype(np.float32)
WALKED = sorted(
    name
    for name, plug in load_all("measure")[0].items()
    if name != "rmqm" and not {"labels", "encoders", "gradients"} & plug.needs
)
"""Those of gradients are in test_jacobian.py."""
WEIGHTS = rng.standard_normal((6, 12))


def encoder(inputs):
    return np.tanh(inputs @ WEIGHTS) + 0.1


def projected(inputs):
    return encoder(inputs) @ projection(12, 4)


@pytest.mark.parametrize("name", WALKED)
def test_a_size_matched_value_is_that_of_the_projected_encoder(name):
    matched = evaluate(
        encoder, IMAGES, alteration=WhiteNoise(n_levels=10), measures=[measure_named(f"{name}@4")]
    )
    plain = evaluate(
        projected, IMAGES, alteration=WhiteNoise(n_levels=10), measures=[measure_named(name)]
    )
    first, second = matched.measured[f"{name}@4"].summary, plain.measured[name].summary
    assert first.status == second.status
    assert first.value == pytest.approx(second.value, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", ["rankme", "lidar", "path-curvature", "neighbour-agreement"])
def test_encodings_with_fewer_values_have_no_size_matched_value(name):
    evaluation = evaluate(
        encoder, IMAGES, alteration=WhiteNoise(n_levels=10), measures=[measure_named(f"{name}@13")]
    )
    summary = evaluation.measured[f"{name}@13"].summary
    assert summary.status == "too-few-dimensions"
    assert np.isnan(summary.value)


def test_at_its_own_size_a_measure_of_the_spectrum_does_not_change():
    measures = [measure_named("rankme"), measure_named("rankme@12")]
    measured = evaluate(
        encoder, IMAGES, alteration=WhiteNoise(n_levels=2), measures=measures
    ).measured
    assert measured["rankme@12"].summary.value == pytest.approx(measured["rankme"].summary.value)


@pytest.mark.parametrize("text", ["rankme@", "rankme@1", "rankme@x", "rankme@-4", "rankme@²"])
def test_a_size_that_is_no_size_is_refused_with_an_example_that_works(text):
    with pytest.raises(UsageError) as caught:
        measure_named(text)
    assert caught.value.code == "ARG001"
    example = caught.value.fix.removeprefix("Type for example ").rstrip(".")
    assert measure_named(example).name == example


def test_a_measure_that_does_not_exist_is_refused_by_name():
    with pytest.raises(UsageError, match="rankmee"):
        measure_named("rankmee@4")


@pytest.mark.parametrize("name", ["path-curvature@4", "lidar@4", "neighbour-agreement@4"])
def test_another_division_into_blocks_gives_the_same_bits(name):
    def float32(inputs):
        return np.stack([row @ WEIGHTS for row in inputs]).astype(np.float32)

    columns = [
        evaluate(
            float32,
            IMAGES,
            alteration=WhiteNoise(n_levels=10),
            measures=[measure_named(name)],
            batch_size=batch_size,
        )
        .measured[name]
        .columns
        for batch_size in (1, 7, 440)
    ]
    for other in columns[1:]:
        for column, rows in columns[0].items():
            np.testing.assert_array_equal(other[column], rows)


def test_rounding_of_a_still_encoder_is_no_movement_after_a_projection_either():
    random = np.random.default_rng(5)

    def still(inputs):
        wobble = 1 + 1e-7 * random.standard_normal((len(inputs), 12))
        return (np.ones((len(inputs), 12)) * wobble).astype(np.float32)

    name = "path-curvature@4"
    evaluation = evaluate(
        still, IMAGES, alteration=WhiteNoise(n_levels=5), measures=[measure_named(name)]
    )
    assert evaluation.measured[name].summary.status == "too-few-steps"
