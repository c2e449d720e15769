"""Each operator makes the mutants that it should; a handful of known fate is judged rightly."""

from __future__ import annotations

import ast
import json
import sys

import pytest
from mutation_judging import Fate
from mutation_mutants import OPERATORS, mutants_of
from mutation_report import Run, report_of
from mutation_survivors import read_survivors

EXPECTED = {
    "constant": {
        "y = 2": {"2 => 3", "2 => 1"},
        "y = 0.5": {"0.5 => 0.55"},
        "y = 0.0": {"0.0 => 1.0"},
        "y = True": {"True => False"},
    },
    "text": {
        "y = f(x, 'mean')": {"'mean' => 'meanx'"},
        "y = x.view('<f8')": {"'<f8' => '<f4'"},
        "y = f(x, 'must be a number')": set(),
    },
    "comparison": {
        "y = x < n": {"x < n => x <= n"},
        "y = 0 <= x == n": {"0 <= x == n => 0 < x == n", "0 <= x == n => 0 <= x != n"},
        "y = x not in n": {"x not in n => x in n"},
    },
    "arithmetic": {
        "y = x - n": {"x - n => x + n", "x - n => n - x"},
        "y = x // n": {"x // n => x / n"},
        "x *= n": {"x *= n => x /= n"},
        "y = -x": {"-x => x"},
    },
    "boolean": {
        "y = x and n": {"x and n => x or n", "x and n => x", "x and n => n"},
        "y = not x": {"not x => x"},
    },
    "slice": {
        "y = x[:n]": {":n => :n - 1"},
        "y = x[:5]": set(),
        "y = range(n)": {"range(n) => range(n - 1)", "range(n) => range(1, n)"},
    },
    "name": {
        "y = max(x)": {"max => min"},
        "y = np.float64(x)": {"np.float64 => np.float32"},
        "y = math.fsum(x)": {"math.fsum => sum"},
    },
    "axis": {
        "y = x.mean(axis=-1)": {"axis=-1 => axis=0"},
        "y = x.mean(axis=0)": {"axis=0 => axis=1"},
    },
    "swapped-arguments": {
        "y = f(x, n)": {"f(x, n) => f(n, x)"},
        "y = f(*x, n)": set(),
        "y = min(x, n)": set(),
    },
    "keyword": {"y = f(x, a=n)": {"f(x, a=n) => f(x)"}, "y = f(x, copy=n)": set()},
    "call-left-out": {
        "y = abs(x)": {"abs(x) => x"},
        "y = np.sqrt(x)": {"np.sqrt(x) => x"},
        "y = x.copy()": {"x.copy() => x"},
        "y = Shape(x)": set(),
    },
    "condition": {
        "y = x if n else 0": {"n => not n"},
        "y = [k for k in x if k]": {"k => True"},
    },
    "guard": {"if x:\n        raise ValueError(x)": {"if x: raise ValueError(x) => pass"}},
    "statement": {
        "x.sort()": {"x.sort() => pass"},
        "x = n + x": {"x = n + x => pass"},
        "x[0] = n": {"x[0] = n => pass"},
        "y = n": set(),
    },
}


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_makes_its_mutants_and_no_others(operator):
    for line, changes in EXPECTED[operator].items():
        assert changes_of(f"def f(x, n):\n    {line}\n    return y", operator) == changes, line


def changes_of(source, operator):
    mutants = mutants_of("toy", source, ast.parse(source))
    return {one.id.split(" | ")[-1] for one in mutants if one.operator == operator}


@pytest.mark.parametrize(
    "source",
    [
        '"""Documentation."""',
        "__all__ = ['f']",
        "Kind = Literal['a', 'b']",
        "from math import pi",
        "def f(x: Literal[1, 2]) -> Literal[3]:\n    pass",
        "def f(x):\n    raise ValueError('must be 1', x < 2)",
    ],
)
def test_documentation_types_and_messages_stay(source):
    assert mutants_of("toy", source, ast.parse(source)) == []


def test_every_mutant_differs_from_its_source_and_has_an_id_of_its_own():
    source = "def f(x, n=1):\n    y = x[1] + x[1]\n    return y if 0 < y <= n else f(y, n=max(x))"
    ids = set()
    for number in range(len(mutants_of("toy", source, ast.parse(source)))):
        tree = ast.parse(source)
        mutant = mutants_of("toy", source, tree)[number]
        mutant.place.put(mutant.other)
        assert ast.unparse(ast.fix_missing_locations(tree)) != source, mutant.id
        ids.add(mutant.id)
    assert len(ids) == number + 1


PROGRAM = """
import json, sys
sys.path.insert(0, {folder!r})
from attrs import evolve
from mutation_judging import fates, own
from mutation_lines import measure
from mutation_modules import Modules
from rmqm_conformance.catalogue import select
from rmqm_conformance.checks import PROFILES
modules = Modules(["rmqm_spec.identity", "rmqm_spec.encoders.pooling", "rmqm_spec.resolution"])
effort = evolve(PROFILES["fast"], shrinks=False)
asked = select(["RMQM-INP-002", "RMQM-ENC-006", "RMQM-RES-001"])
reach = measure(modules, asked, effort, own())
known = {{one.id: one for one in modules.mutants}}
chosen = [known[name] for name in {names!r}]
ended = fates(chosen, modules, reach, effort, workers=2)
print(json.dumps({{fate.mutant.id: fate.how for fate in ended}}))
"""
"""A process of its own forks for the mutants: in this one a runtime may be at work."""

HEADER = r'header = f"rmqm-input/1 {values.dtype.kind}{values.dtype.itemsize} {shape}\n"'
BYTES = "digest.update(little.reshape(-1).view(np.uint8).data)"
NAME = "digest.hexdigest()"
LITTLE = 'little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))'
NUMBERS = '{"float64": 1e-12, "float32": 1e-6, "float16": 1e-3, "bfloat16": 1e-3}'
FATES = {
    f"identity:content_id text | {HEADER} | 'rmqm-input/1 ' => 'rmqm-input/1 x'": "failed",
    f"identity:content_id statement | {BYTES} | {BYTES} => pass": "failed",
    f"identity:content_id text | {LITTLE} | '<' => '<x'": "survived",
    f"identity:content_id call-left-out | return {NAME} | {NAME} => digest": "errored",
    "encoders.pooling:pool constant | return output[:, 0] | 0 => 1": "failed",
    "encoders.pooling:_positions constant | channels_first = n_axes > 3 | 3 => 4": "failed",
    f"resolution: text | {NUMBERS} | 'float32' => 'float32x'": "failed",
    f"resolution: constant | {NUMBERS} | 1e-06 => 1.1e-06": "failed",
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks, and limits memory")
def test_mutants_of_known_fate_meet_it(rmqm, tmp_path, request):
    program = PROGRAM.format(folder=str(request.path.parent), names=list(FATES))
    done = rmqm.python("-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == FATES


def test_the_file_of_survivors_is_in_order():
    known = read_survivors()
    assert all(reason.endswith(".") for _, reason in known.values())


def test_survivors_need_a_class_and_a_reason(tmp_path):
    file = tmp_path / "survivors.toml"
    for text in ('class = "gap"\n', 'class = "odd"\nreason = "So."\n'):
        file.write_text(f'[[survivors]]\n{text}mutants = ["a"]\n', encoding="utf-8")
        with pytest.raises(ValueError, match="must have a class"):
            read_survivors(file)


def test_a_report_counts_survivors_by_their_class():
    source = "def f(x):\n    return x + 1"
    mutants = mutants_of("toy", source, ast.parse(source))
    ended = [Fate(mutants[0], "", "survived", 3), Fate(mutants[1], "", "survived", 3)]
    ended += [Fate(one, "RMQM-D-001/a", "failed", 3) for one in mutants[2:]]
    run = Run(
        command="python -m tests.mutation",
        effort="fast",
        fates=ended,
        late=frozenset(),
        silent=0,
        known={mutants[0].id: ("gap", "No check adds.")},
        stale=("toy:g gone",),
        seconds=60.0,
    )
    text = report_of(run)
    assert run.ids("unclassified") == [mutants[1].id]
    assert "survived: 0 equivalent, 0 outside the specification, 1 gaps, 1 not" in text
    assert f"- `{mutants[0].id}`: No check adds." in text
    assert "- `toy:g gone`" in text
