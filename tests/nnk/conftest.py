"""Both ways of solving: by NumPy, and by the loops that numba compiles."""

from __future__ import annotations

import pytest

from rmqm_spec.nnk import start


@pytest.fixture(params=["numpy", "compiled"])
def way(request, monkeypatch):
    if request.param == "compiled":
        pytest.importorskip("numba", reason="the compiled loops need numba")
    monkeypatch.setattr(start, "WORTH", 10**12 if request.param == "numpy" else 0)
    return request.param
