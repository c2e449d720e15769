"""Numbers that the public code of STAC-USC gave for rows that a formula makes."""

import numpy as np
import pytest

from rmqm_spec.nnk import Cosine, Gaussian, all_neighbourhoods, channel_errors, graph


def test_the_graph_of_pynnk():
    """`nnk_graph` of PyNNK 4f6ba05 with all others as candidates, so that all are mutual."""
    rows = np.sin(np.arange(300.0) ** 2).reshape(60, 5)
    found = all_neighbourhoods(
        rows, rows, 59, kernel=Gaussian(1.5), own=np.arange(60), solver="reference"
    )
    matrix = graph(found)
    assert matrix.nnz == 2 * 172
    assert matrix.sum() == pytest.approx(60.8693377929502, rel=1e-9)
    largest = np.sort(matrix.data)[::-1][:6:2]
    expected = [0.8655544941643085, 0.8520144505333346, 0.8316201943773294]
    np.testing.assert_allclose(largest, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("kernel", "n_wrong"), [(Cosine(), [19, 9]), (Gaussian("farthest-candidate"), [17, 8])]
)
def test_the_channel_errors_of_cw_deepnnk(kernel, n_wrong):
    """`nnk_loo` of CW-DeepNNK c7cb939."""
    classes = np.arange(120) % 3
    maps = np.cos(np.arange(120 * 2 * 49.0) ** 2).reshape(120, 2, 7, 7)
    signs = np.eye(3)[classes].repeat(3, axis=1)[:, :7]
    maps += np.array([0.2, 0.45])[None, :, None, None] * signs[:, None, None]
    maps /= np.linalg.norm(maps.reshape(120, 2, -1), axis=2)[:, :, None, None]
    errors = channel_errors(maps, classes, 25, kernel=kernel, solver="reference")
    assert (120 * errors).round(9).tolist() == n_wrong
