"""Every number of a study's analysis, computed the long way."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from studies.analysis import rank_correlation
from studies.analysis.judging import oriented, require_both_halves, signs, summary
from studies.analysis.predictor import chosen_predictor
from studies.analysis.rank_correlation import bootstrap, spearman, worst_where_undefined
from studies.analysis.zoo_table import ZooTable

ARCHITECTURES = ("lenet", "mlp", "resnet", "vit", "tanh-cnn", "bn-cnn")
FIRST = ("lenet", "mlp", "resnet")


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch):
    monkeypatch.setattr(rank_correlation, "N_DRAWS", 60)


@pytest.fixture
def table():
    """Six architectures of eight encoders, two other tasks and the own one, a measure with gaps."""
    rng = np.random.default_rng(0)
    n = 8 * len(ARCHITECTURES)
    quality = rng.standard_normal((3, n))
    columns = {
        "size": np.tile([16.0, 64.0, 16.0, 64.0, 32.0, 32.0, 16.0, 64.0], 6),
        "parameters": rng.integers(1000, size=n).astype(float),
        "loss": np.full(n, np.nan),
        "rmqm": quality[0] + 0.5 * rng.standard_normal(n),
        "rankme": -quality[1] + 0.5 * rng.standard_normal(n),
        "gaps": quality[2] + 0.5 * rng.standard_normal(n),
        "lidar:chance": rng.standard_normal(n),
        "lidar:at-1": rng.standard_normal(n),
    }
    columns["gaps"][[2, 17, 40]] = np.nan
    for kind in ("1nn", "probe"):
        for task in ("kmnist", "omniglot", "mnist"):
            noise = 0.3 * rng.standard_normal(n)
            columns[f"{task}_{kind}"] = quality.sum(axis=0) + noise
    columns["kmnist_probe"] -= 0.7 * quality[0]
    return ZooTable(
        tuple(f"encoder {k}" for k in range(n)),
        columns,
        {"architecture": np.repeat(ARCHITECTURES, 8), "method": np.full(n, "made-up")},
    )


def rho(first, second):
    return spearmanr(first, second).statistic


def values_of(table, name, sign):
    values = sign * table.columns[name]
    return np.where(np.isnan(values), np.nanmin(values) - 1, values)


@pytest.mark.parametrize(("kind", "end"), [("neighbours", "_1nn"), ("probe", "_probe")])
def test_every_number_of_the_summary_is_its_definition(table, kind, end):
    sign = signs(table, "mnist")
    entries = {entry["measure"]: entry for entry in summary(table, "mnist")}
    tasks = [f"kmnist{end}", f"omniglot{end}"]
    architecture, size = table.labels["architecture"], table.columns["size"]
    unseen = ~np.isin(architecture, FIRST)

    def mean(values, rows):
        return np.mean([rho(values[rows], table.columns[task][rows]) for task in tasks])

    for name in ("rmqm", "rankme", "gaps", "parameters"):
        values, found = values_of(table, name, sign[name]), entries[name][kind]
        every = np.ones(len(values), bool)
        for task in tasks:
            assert found["tasks"][task] == pytest.approx(rho(values, table.columns[task]))
        assert list(found["tasks"]) == tasks
        assert found["own_domain"] == pytest.approx(rho(values, table.columns[f"mnist{end}"]))
        assert found["mean"] == pytest.approx(mean(values, every))
        assert found["unseen_architectures"] == pytest.approx(mean(values, unseen))
        within = [mean(values, architecture == one) for one in ARCHITECTURES]
        assert found["within_architecture"] == pytest.approx(np.mean(within))
        within = [mean(values, size == one) for one in (16, 32, 64)]
        assert found["within_size"] == pytest.approx(np.mean(within))
        left_out = [mean(values, architecture != one) for one in ARCHITECTURES]
        assert found["least_with_one_left_out"] == pytest.approx(min(left_out))
        pairs = list(combinations(range(len(values)), 2))
        gaps = [values[a] - values[b] for a, b in pairs]
        fidelity = [
            rho(gaps, [table.columns[task][a] - table.columns[task][b] for a, b in pairs])
            for task in tasks
        ]
        assert found["gap_fidelity"] == pytest.approx(np.mean(fidelity))
    assert entries["gaps"]["undefined"] == 3


def test_within_both_is_the_mean_over_architectures_of_one_size(table):
    sign = signs(table, "mnist")
    entries = {entry["measure"]: entry for entry in summary(table, "mnist")}
    values = values_of(table, "rmqm", sign["rmqm"])
    architecture, size = table.labels["architecture"], table.columns["size"]
    inside = [
        rho(values[rows], table.columns[task][rows])
        for one in ARCHITECTURES
        for width in (16, 32, 64)
        for task in ("kmnist_1nn", "omniglot_1nn")
        for rows in [(architecture == one) & (size == width)]
    ]
    assert entries["rmqm"]["neighbours"]["within_both"] == pytest.approx(np.mean(inside))


def test_intervals_are_quantiles_and_those_of_differences_hold_for_all_measures(table):
    names, columns = oriented(table, signs(table, "mnist"))
    targets = table.stacked(["kmnist_1nn", "omniglot_1nn"])
    drawn = bootstrap(columns, targets).mean(axis=2)
    entries = {entry["measure"]: entry["neighbours"] for entry in summary(table, "mnist")}
    apart = drawn - drawn[:, [names.index("rmqm")]]
    spread = apart.std(axis=0)
    others = [place for place, name in enumerate(names) if name != "rmqm"]
    differences = np.array([entries[name]["minus_rmqm"] for name in names])
    most = np.max([abs(apart[:, k] - differences[k]) / spread[k] for k in others], axis=0)
    for place, name in enumerate(names):
        found = entries[name]
        assert found["interval"] == pytest.approx(np.quantile(drawn[:, place], [0.025, 0.975]))
        difference = found["mean"] - entries["rmqm"]["mean"]
        assert found["minus_rmqm"] == pytest.approx(difference)
        half = np.quantile(most, 0.95) * spread[place]
        assert found["minus_rmqm_interval"] == pytest.approx([difference - half, difference + half])


def test_measures_stand_in_the_order_of_what_they_predict_of_both_kinds(table):
    least = [
        min(entry["neighbours"]["mean"], entry["probe"]["mean"])
        for entry in summary(table, "mnist")
    ]
    assert least == sorted(least, reverse=True)


def test_measures_are_all_numbers_but_counts_factors_and_targets(table):
    assert set(table.measures) == {
        "rmqm",
        "rankme",
        "gaps",
        "lidar:at-1",
        "size",
        "parameters",
        "loss",
    }
    stacked = table.stacked(["rmqm", "gaps"])
    np.testing.assert_array_equal(stacked[:, 1], table.columns["gaps"])


def test_the_sign_is_that_on_other_tasks_of_the_first_architectures_where_there_is_a_value(table):
    first = np.isin(table.labels["architecture"], FIRST)
    names = [f"{task}_{kind}" for task in ("kmnist", "omniglot") for kind in ("1nn", "probe")]
    quality = table.stacked(names).mean(axis=1)
    table.columns["turning"] = np.where(first, -quality, quality)
    table.columns["own"] = table.columns["mnist_1nn"].copy()
    for task in ("mnist_1nn", "mnist_probe"):
        table.columns[task] = -table.columns[task]
    table.columns["few"] = np.where(np.arange(len(first)) < 2, quality, np.nan)
    table.columns["some"] = np.where(np.arange(len(first)) < 9, -quality, np.nan)
    table.columns["still"] = np.ones(len(first))
    found = signs(table, "mnist")
    assert found["turning"] == -1
    assert found["own"] == 1
    assert found["few"] == found["still"] == found["loss"] == 1
    assert found["some"] == -1


def test_a_bootstrap_draws_as_many_encoders_with_replacement_and_the_same_each_time(monkeypatch):
    monkeypatch.setattr(rank_correlation, "spearman", lambda first, second: first == second)
    numbers = np.arange(25.0)[:, None]
    assert bootstrap(numbers, numbers).all()  # measures and targets of one draw of encoders
    monkeypatch.setattr(rank_correlation, "spearman", lambda first, _: first)
    drawn = bootstrap(numbers, numbers)[..., 0]
    assert drawn.shape == (60, 25)
    assert set(drawn.ravel()) == set(range(25))
    distinct = np.mean([len(set(row)) for row in drawn])
    assert distinct == pytest.approx(25 * (1 - (24 / 25) ** 25), abs=1)
    np.testing.assert_array_equal(drawn, bootstrap(numbers, numbers)[..., 0])


def test_a_constant_orders_nothing_and_an_undefined_value_is_below_all_others():
    columns = np.array([[1.0, 5.0], [1.0, 2.0], [1.0, 9.0]])
    assert spearman(columns, columns).tolist() == [[0, 0], [0, pytest.approx(1)]]
    for sign in (1.0, -1.0):
        for values in ([3.0, np.nan, -2.0], [-3.0, np.nan, -2.0], [3.0, np.nan, 2.0]):
            found = worst_where_undefined(np.array(values), sign)
            assert found[1] < found[[0, 2]].min()
            np.testing.assert_array_equal(found[[0, 2]], sign * np.array(values)[[0, 2]])


def test_a_predictor_may_sum_the_ranks_of_three_and_says_how_it_does_on_both_halves(table):
    chosen = chosen_predictor(table, "mnist")
    assert len(chosen["measures"]) == 3
    assert chosen["candidates"] == 6 + 15 + 20  # alone, in pairs, in threes
    sign = signs(table, "mnist")
    first = np.isin(table.labels["architecture"], FIRST)

    def of_half(names, rows, end):
        total = sum(rankdata(values_of(table, name, sign[name])[rows]) for name in names)
        tasks = (f"kmnist{end}", f"omniglot{end}")
        return np.mean([rho(total, table.columns[task][rows]) for task in tasks])

    for kind, end in (("neighbours", "_1nn"), ("probe", "_probe")):
        assert chosen[kind]["chosen_on"] == pytest.approx(of_half(chosen["measures"], first, end))
        assert chosen[kind]["judged"] == pytest.approx(of_half(chosen["measures"], ~first, end))
        for name in ("rmqm", "rankme"):
            assert chosen[kind][name] == pytest.approx(of_half([name], ~first, end))
        low, high = chosen[kind]["interval"]
        assert low < chosen[kind]["judged"] < high < 1
    best = chosen["best_on_first_half"]
    worth = {
        names: min(of_half(names, first, end) for end in ("_1nn", "_probe"))
        for n in (1, 2, 3)
        for names in combinations(best, n)
    }
    assert max(worth, key=worth.get) == tuple(chosen["measures"])
    single = [worth[name,] for name in best]
    assert single == sorted(single, reverse=True)


def test_what_was_measured_later_is_no_candidate(table):
    for name in ("consensus", "information-sufficiency", "rankme-null", "rmqm-null"):
        table.columns[name] = table.columns["kmnist_1nn"].copy()
    chosen = chosen_predictor(table, "mnist")
    assert "rmqm-null" in chosen["best_on_first_half"]
    later = {"consensus", "information-sufficiency", "rankme-null"}
    assert not later & set(chosen["best_on_first_half"])


def test_a_table_needs_four_encoders_of_each_half(table):
    require_both_halves(table)
    for kept in ([0, 1, 2, *range(24, 48)], [*range(24), 45, 46, 47]):
        part = ZooTable(
            tuple(table.names[k] for k in kept),
            {},
            {"architecture": table.labels["architecture"][kept]},
        )
        with pytest.raises(ValueError, match="at least 4"):
            require_both_halves(part)
