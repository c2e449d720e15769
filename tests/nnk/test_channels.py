"""NNK of each channel, and its stopping rule, against the published loop."""

import numpy as np
import pytest

from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.nnk import ChannelStopping, are_wrong, channel_errors, votes_of_rules
from rmqm_spec.nnk.channels import channel_rows


def drawn(n=50, n_channels=3, side=3, seed=0):
    random = np.random.default_rng(seed)
    classes = random.integers(3, size=n)
    maps = random.standard_normal((n, n_channels, side, side))
    for channel in range(n_channels):  # each channel says more of the class than the one before
        maps[:, channel] += channel * np.eye(3)[classes][:, :, None]
    return np.maximum(maps, 0), classes


def test_each_channel_is_judged_alone():
    maps, classes = drawn()
    errors = channel_errors(maps, classes, 10)
    for channel in range(3):
        rows = np.array([image[channel].ravel() for image in maps])
        votes = votes_of_rules(rows, rows, classes, 10, own=np.arange(50))["nnk"]
        assert errors[channel] == are_wrong(votes, classes).mean()
    assert errors[0] > errors[1] > errors[2]


def test_channels_that_are_not_asked_for_cost_nothing_and_are_nan():
    maps, classes = drawn()
    errors = channel_errors(maps, classes, 10, channels=[1])
    assert np.isnan(errors).tolist() == [True, False, True]
    assert errors[1] == channel_errors(maps, classes, 10)[1]


def test_silent_inputs_are_copies_of_each_other_and_half_like_all_others():
    maps, classes = drawn()
    maps[:8, 2] = 0.0
    rows = channel_rows(maps, 2)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    kernel = 0.5 + 0.5 * unit @ unit.T
    np.testing.assert_allclose(kernel[:8, :8], 1)
    np.testing.assert_allclose(kernel[:8, 8:], 0.5)
    assert np.isfinite(channel_errors(maps, classes, 10)).all()
    maps[:, 1] = 0.0  # a dead channel
    assert np.isfinite(channel_errors(maps, classes, 10)).all()


def test_an_untouched_channel_keeps_its_rows():
    maps, _ = drawn()
    assert (channel_rows(maps, 2) == maps[:, 2].reshape(50, -1)).all()


def published_loop(errors, patience):
    """The loop of CW-DeepNNK in words: patience falls where best <= error, else is restored."""
    n_channels = errors.shape[1]
    left, best = [patience] * n_channels, [np.inf] * n_channels
    stopped_at, best_at = [None] * n_channels, [None] * n_channels
    for epoch, row in enumerate(errors):
        for channel in range(n_channels):
            if left[channel] > 0:
                if best[channel] <= row[channel]:
                    left[channel] -= 1
                else:
                    best[channel], left[channel] = row[channel], patience
                    best_at[channel] = epoch
                if left[channel] == 0:
                    stopped_at[channel] = epoch
    return stopped_at, best, best_at


@pytest.mark.parametrize("patience", [1, 3, 20])
def test_it_stops_where_the_published_loop_stops(patience):
    random = np.random.default_rng(patience)
    falling = np.exp(-np.arange(120) / 20)[:, None]
    errors = np.clip(0.3 * falling + random.uniform(0, 0.2, (120, 6)), 0, 1).round(2)
    stopping, stopped_at = ChannelStopping(6, patience), [None] * 6
    for epoch, row in enumerate(errors):
        before = stopping.running
        after = stopping.update(np.where(before, row, np.nan))
        for channel in np.flatnonzero(before & ~after):
            stopped_at[channel] = epoch
        if stopping.is_done:
            break
    expected = published_loop(errors, patience)
    assert (stopped_at, stopping.best.tolist(), stopping.best_at.tolist()) == expected
    assert stopping.is_done == (None not in stopped_at)


@pytest.mark.parametrize("errors", [[0.5], [0.5, np.nan], [0.5, 1.5], [-0.1, 0.5]])
def test_errors_that_are_none_are_refused(errors):
    with pytest.raises(UsageError, match="errors must be one from 0 to 1 for each of the 2"):
        ChannelStopping(2).update(errors)


def test_numbers_below_one_are_refused():
    with pytest.raises(UsageError, match="patience must be at least 1; got 0"):
        ChannelStopping(2, patience=0)
    with pytest.raises(UsageError, match="n_channels must be at least 1; got 0"):
        ChannelStopping(0)


def test_maps_have_four_axes():
    with pytest.raises(ShapeError, match=r"inputs, channels, height, width; got shape \(5, 4\)"):
        channel_errors(np.ones((5, 4)), np.zeros(5, dtype=int))
