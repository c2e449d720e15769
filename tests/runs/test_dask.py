"""Workers of Dask: as a plug of the command line, and handed over in Python."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener

pytest.importorskip("onnxruntime")
pytestmark = [pytest.mark.dask, pytest.mark.filterwarnings("default")]  # those of Dask are its own
needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs Dask"
)

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"
OPTIONS = {"n": 300, "levels": 9, "batch_size": 4, "null": False, "listener": Listener()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    scored = rmqm_spec.score(MODEL, out=tmp_path_factory.mktemp("threads"), **OPTIONS)
    return scored.stored.document["result_sha256"]


@pytest.fixture
def cluster(request):
    import distributed

    with distributed.LocalCluster(
        n_workers=request.param, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster


@needs_dask
@pytest.mark.parametrize("cluster", [1, 2, 4], indirect=True)
def test_the_executor_of_a_client_gives_the_same_bits(cluster, tmp_path, expected):
    import distributed

    with distributed.Client(cluster) as client:
        executor = client.get_executor(pure=False)
        scored = rmqm_spec.score(MODEL, executor=executor, out=tmp_path, **OPTIONS)
    assert scored.stored.document["result_sha256"] == expected


@needs_dask
@pytest.mark.parametrize("cluster", [2], indirect=True)
def test_the_plug_joins_a_scheduler(rmqm, cluster, tmp_path, expected):
    options = ("--n", 300, "--levels", 9, "--batch-size", 4, "--executor", "dask")
    done = rmqm(
        "score", MODEL, *options, "--scheduler", cluster.scheduler_address, "--out", "out",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "out/result.json").read_text())
    assert document["result_sha256"] == expected
    assert document["null"]["status"] == "ok"


@needs_dask
def test_a_scheduler_must_be_named_and_there(rmqm, tmp_path):
    done = rmqm("score", MODEL, "--n", 2, "--executor", "dask", cwd=tmp_path)
    assert done.returncode == 2
    assert "--executor dask must come with --scheduler" in done.stderr
    options = ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")
    done = rmqm("score", MODEL, "--n", 2, *options, cwd=tmp_path)
    assert done.returncode == 4
    assert "--scheduler must be the address of a running Dask scheduler" in done.stderr


def test_without_dask_the_command_to_install_it_is_given(rmqm, tmp_path):
    without = "import sys; sys.modules['distributed'] = None"
    options = ("--n", 2, "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")
    done = rmqm("score", MODEL, *options, cwd=tmp_path, before=without)
    assert done.returncode == 4
    assert "pip install 'rmqm-spec[dask]'" in done.stderr
