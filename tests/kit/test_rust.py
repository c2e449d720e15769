"""A compiled language is an allowed difference too: the sibling in Rust raises no alarm."""

import json
import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

from rmqm_conformance import ProgramSubject, run
from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import Effort
from rmqm_conformance.judging import judge
from rmqm_conformance.problems import Refused

SOURCE = Path(__file__).parents[2] / "examples" / "rust"
CAPABILITIES = {"inputs", "noise", "characteristics", "interval", "value-map"}
CLAIMED = CAPABILITIES | {"common", "weighted", "generator"}
BRIEF = Effort(profile="brief", examples=2, samples=1_000)


def cargo():
    """Where the compiler is: on the path, or where rustup puts it."""
    return shutil.which("cargo") or shutil.which("cargo", path=Path.home() / ".cargo" / "bin")


pytestmark = pytest.mark.skipif(
    cargo() is None, reason="cargo, the Rust compiler, is not installed"
)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    built = tmp_path_factory.mktemp("rust")
    compiler = cargo()
    path = os.pathsep.join((str(Path(compiler).parent), os.environ["PATH"]))
    subprocess.run(
        [compiler, "build", "--release", "--locked", "--offline", "--target-dir", built],
        cwd=SOURCE,
        env={**os.environ, "PATH": path},
        capture_output=True,
        timeout=300,
        check=True,
    )
    return str(built / "release" / "rmqm-rust")


@pytest.fixture
def subject(program):
    with ProgramSubject(program) as judged:
        yield judged


def spoken(command, said=""):
    return subprocess.run(
        command, input=said, capture_output=True, text=True, timeout=60, check=False
    )


def noise(subject, **changed):
    asked = {
        "inputs": np.zeros((1, 20)),
        "ids": ["a"],
        "levels": [1],
        "n_levels": 3,
        "seed": 0,
        "low": -1.0,
        "high": 1.0,
        "coupling": "independent",
    }
    return subject.perform("white_noise", **(asked | changed))["altered"]


def test_it_is_conformant_in_what_it_claims(subject):
    report = run(subject, profile="fast")
    assert [(one.id, one.message) for one in report.troubles] == []
    assert report.verdict == "conformant"
    assert subject.description.claims == CLAIMED


def test_no_seed_raises_an_alarm(subject):
    properties = [one for one in checks() if one.kind == "property" and one.needs <= CLAIMED]
    assert properties
    for seed in range(10, 13):
        found = [judge(one, subject, evolve(BRIEF, seed=seed)) for one in properties]
        assert [(one.id, one.message) for one in found if one.status != "passed"] == []


def test_its_check_values_are_those_of_the_annex(program):
    done = spoken([program, "--check-values"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "71 of 71" in done.stdout


def test_a_level_beyond_float64_is_divided_once(subject):
    n_levels = 2**53 + 3
    level = n_levels // 3  # 0x1.5555555555554p-2, not the ...3 of two rounded integers
    wide = {"low": -512.0, "high": 512.0, "coupling": "common"}
    normal = noise(subject, levels=[1], n_levels=1, **wide) / 1024
    altered = noise(subject, levels=[level], n_levels=n_levels, **wide)
    inside = np.abs(normal) < 0.5
    scale = float(Fraction(level, n_levels)) * 1024
    assert inside.any()
    assert np.array_equal(altered[inside], scale * normal[inside])


def test_counters_beyond_256_bits_are_refused_and_do_not_wrap(subject):
    blocks = 2  # of 20 values
    last = 2**256 // blocks - 1
    noise(subject, levels=[last], n_levels=last)
    with pytest.raises(Refused, match="256 bits"):
        noise(subject, levels=[last + 1], n_levels=last + 1)
    noise(subject, levels=[last + 1], n_levels=last + 1, coupling="common")


def test_integers_are_held_against_the_bounds_beyond_2_53(subject):
    value = np.array([2**53 + 1], dtype=np.int64)
    with pytest.raises(Refused, match="9007199254740993"):
        subject.perform("prepare", input=value, kind="array", low=0.0, high=2.0**53)


def test_a_message_that_is_no_json_ends_the_program_with_words(program):
    done = spoken([program], '{"cmd": \n')
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert "panicked" not in done.stderr


def test_half_of_a_character_is_refused(program):
    request = {
        "cmd": "run",
        "seq": 1,
        "case": "x",
        "op": "name_inputs",
        "args": {"ids": ["\ud800"]},
    }
    done = spoken([program], json.dumps(request) + "\n")
    assert "surrogate" in json.loads(done.stdout)["refused"]["message"]
