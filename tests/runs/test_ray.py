"""Ray actors as an executor: same bits, kills, interrupts, clusters, wrong addresses."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.ray
needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs Ray")

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"
SHORT = ("--n", 300, "--levels", 9, "--batch-size", 4)
LONG = ("--n", 1500, "--levels", 200, "--batch-size", 4, "--no-null")
MARK = "RMQM_TEST_MARK"


def sha256_of(folder):
    return json.loads((folder / "result.json").read_text())["result_sha256"]


def processes(mark, name=b""):
    """Return the living processes with a mark in their environment and a name."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"{MARK}={mark}".encode() in (path / "environ").read_bytes().split(b"\0")
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if marked and state != "Z" and command.startswith(name):
            found.append(int(path.name))
    return found


def wait_for(condition, seconds=180):
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)
    return value


def wait_for_checkpoint(driver, folder):
    """Wait until some of the work is done; a driver that ends before says why."""

    def there():
        assert driver.poll() is None, driver.communicate()
        return list(folder.glob("checkpoints-*/*.npz"))

    wait_for(there)


@pytest.fixture
def mark():
    """Name processes by an environment variable, and end those that are left."""
    mark = secrets.token_hex(8)
    yield mark
    for process in processes(mark):
        os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="module")
def expected(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("threads")
    for name, options in (("short", SHORT), ("long", LONG)):
        assert rmqm("score", MODEL, *options, "--out", name, cwd=folder).returncode == 0
    return folder


@needs_ray
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_actors_give_the_same_bits(rmqm, tmp_path, expected, mark, workers):
    options = (*SHORT, "--executor", "ray", "--address", "local", "--workers", workers)
    done = rmqm("score", MODEL, *options, "--out", "out", "--json", cwd=tmp_path, env={MARK: mark})
    assert done.returncode == 0, done.stderr
    assert done.document["rmqm"] > 0  # stdout carries the result alone
    assert sha256_of(tmp_path / "out") == sha256_of(expected / "short")
    assert sha256_of(tmp_path / "out/null") == sha256_of(expected / "short/null")
    wait_for(lambda: not processes(mark, b"ray::"), seconds=30)


@needs_ray
def test_a_killed_actor_costs_its_part_only(rmqm, tmp_path, expected, mark):
    options = (*LONG, "--executor", "ray", "--address", "local", "--workers", 2, "--out", "out")
    driver = rmqm.start("score", MODEL, *options, cwd=tmp_path, env={MARK: mark})
    wait_for_checkpoint(driver, tmp_path / "out")
    os.kill(processes(mark, b"ray::Worker")[0], signal.SIGKILL)
    _, stderr = driver.communicate()
    assert driver.returncode == 0, stderr
    assert "a worker died with inputs" in stderr
    assert sha256_of(tmp_path / "out") == sha256_of(expected / "long")


@needs_ray
def test_deaths_are_bounded_and_the_part_is_named(rmqm, tmp_path, mark):
    options = (*LONG, "--executor", "ray", "--address", "local", "--workers", 1, "--retries", 0)
    driver = rmqm.start("score", MODEL, *options, "--out", "out", cwd=tmp_path, env={MARK: mark})
    wait_for_checkpoint(driver, tmp_path / "out")
    os.kill(processes(mark, b"ray::Worker")[0], signal.SIGKILL)
    _, stderr = driver.communicate()
    assert driver.returncode == 5
    assert "RUN004" in stderr
    assert "a worker died with inputs" in stderr


@needs_ray
def test_an_interrupt_is_resumable_and_ends_the_workers(rmqm, tmp_path, expected, mark):
    options = (*LONG, "--executor", "ray", "--address", "local", "--workers", 2, "--out", "out")
    driver = rmqm.start("score", MODEL, *options, cwd=tmp_path, env={MARK: mark})
    wait_for_checkpoint(driver, tmp_path / "out")
    os.kill(driver.pid, signal.SIGINT)
    _, stderr = driver.communicate()
    assert driver.returncode == 5, stderr
    assert "RUN001" in stderr
    assert "Traceback" not in stderr
    wait_for(lambda: not processes(mark, b"ray::"), seconds=30)
    again = rmqm("score", MODEL, *LONG, "--out", "out", cwd=tmp_path)  # by any other executor
    assert "resuming after" in again.stderr
    assert sha256_of(tmp_path / "out") == sha256_of(expected / "long")


@needs_ray
def test_workers_end_with_a_killed_driver(rmqm, tmp_path, mark):
    options = (*LONG, "--executor", "ray", "--address", "local", "--workers", 2, "--out", "out")
    driver = rmqm.start("score", MODEL, *options, cwd=tmp_path, env={MARK: mark})
    wait_for_checkpoint(driver, tmp_path / "out")
    assert len(processes(mark, b"ray::Worker")) == 2
    os.kill(driver.pid, signal.SIGKILL)
    driver.communicate()
    wait_for(lambda: not processes(mark, b"ray::Worker"), seconds=60)


@pytest.fixture
def cluster(tmp_path, mark):
    """Start a cluster as an administrator would, with a token of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = tmp_path / "token"
    token.write_text(secrets.token_hex(32))
    token.chmod(0o600)
    env = {MARK: mark, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}
    command = [str(Path(sys.executable).with_name("ray")), "start", "--head", f"--port={port}"]
    command += ["--num-cpus=2", "--include-dashboard=false", "--disable-usage-stats"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **env}, timeout=120)
    return f"127.0.0.1:{port}", env


@needs_ray
def test_a_running_cluster_is_joined_and_survives(rmqm, tmp_path, expected, mark, cluster):
    address, env = cluster
    options = (*LONG, "--executor", "ray", "--address", address, "--cpus", 0.5, "--parts", "parts")
    driver = rmqm.start("score", MODEL, *options, "--out", "out", cwd=tmp_path, env=env)
    wait_for_checkpoint(driver, tmp_path / "out")
    workers = processes(mark, b"ray::Worker")
    assert len(workers) == 4  # half a processor each
    os.kill(workers[0], signal.SIGKILL)
    wait_for(lambda: list(tmp_path.glob("parts/*/*.npz")))
    os.kill(driver.pid, signal.SIGKILL)
    driver.communicate()
    wait_for(lambda: not processes(mark, b"ray::Worker"), seconds=60)
    again = rmqm("score", MODEL, *options, "--out", "elsewhere", cwd=tmp_path, env=env)
    assert again.returncode == 0, again.stderr
    assert "inputs that workers finished" in again.stderr
    assert sha256_of(tmp_path / "elsewhere") == sha256_of(expected / "long")
    assert not list(tmp_path.glob("parts/*"))
    assert processes(mark)  # the cluster itself goes on


@needs_ray
@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nowhere"])
def test_a_wrong_address_is_refused_in_plain_words(rmqm, tmp_path, address):
    options = ("--n", 2, "--executor", "ray", "--address", address)
    done = rmqm("score", MODEL, *options, cwd=tmp_path)
    assert done.returncode == 4
    assert "--address must be that of a running Ray cluster (auto, local, HOST:PORT" in done.stderr
    assert f"got '{address}'" in done.stderr
    assert "ray start --head" in done.stderr


def test_without_ray_the_command_to_install_it_is_given(rmqm, tmp_path):
    options = ("--n", 2, "--executor", "ray")
    without = "import sys; sys.modules['ray'] = None"
    done = rmqm("score", MODEL, *options, cwd=tmp_path, before=without)
    assert done.returncode == 4
    assert "--executor ray must have the package ray; got none" in done.stderr
    assert "pip install 'rmqm-spec[ray]'" in done.stderr


@pytest.mark.parametrize("value", ["1.5", "-1", "nan", "many"])
def test_resources_have_their_rules(rmqm, tmp_path, value):
    done = rmqm("score", MODEL, "--executor", "ray", "--gpus", value, cwd=tmp_path)
    assert done.returncode == 2
    assert "--gpus must be a valid value" in done.stderr
