"""Backends found by entry points, findings and their explanations, doubts, and light imports."""

import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from attrs import evolve

import rmqm_spec
from rmqm_spec import characterize, errors
from rmqm_spec.contracts import registry
from rmqm_spec.contracts.alteration import AlterationKind
from rmqm_spec.contracts.executor import ExecutorKind
from rmqm_spec.contracts.registry import available, load, load_all
from rmqm_spec.errors import RmqmError, UnavailableError, UsageError
from rmqm_spec.findings import _FAMILIES, Finding, catalogue, codes_page, explain
from rmqm_spec.results.doubts import doubts


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


class Openable:
    """A backend by its looks."""

    summary = "Opens nothing."
    patterns = ("*.none",)
    usual_places = ()
    providers = ("cpu",)

    def __init__(self, name):
        self.name = name

    def open(self, path, options):
        raise NotImplementedError


class Measuring:
    """A measure by its looks."""

    name = title = "width"
    summary = "Measures nothing."
    source = "nowhere"
    units = "1"
    direction = "none"
    needs = frozenset()
    kept = ()

    def start(self, n_inputs, n_levels, names):
        raise NotImplementedError

    def summarise(self, columns):
        raise NotImplementedError


ALTERING = AlterationKind(
    name="blur", title="blur", summary="Blurs.", axis="level", usual_levels=9, make=print, words=str
)
EXECUTING = ExecutorKind(name="pool", summary="Works.", open=None)
MODULE = "plugs_of_this_test"


@pytest.fixture
def plugs(monkeypatch):
    """Install plugs of one group, by name and value; nothing else is installed then."""
    module = ModuleType(MODULE)
    module.GOOD, module.OTHER = Openable("good"), Openable("good")
    module.MEASURE, module.ALTERATION, module.EXECUTOR = Measuring(), ALTERING, EXECUTING
    module.NAMELESS = object()
    monkeypatch.setitem(sys.modules, MODULE, module)

    def install(*plugs, kind="backend"):
        def entries(group):
            values = plugs if group == registry.GROUPS[kind] else ()
            return [EntryPoint(name, value, group) for name, value in values]

        monkeypatch.setattr(registry, "entry_points", entries)
        registry._entries.cache_clear()  # what is installed is looked for once
        return module

    yield install
    registry._entries.cache_clear()


GOOD, BROKEN = ("good", f"{MODULE}:GOOD"), ("broken", "no_such_module_of_ours:PLUG")


def test_a_backend_is_loaded_by_its_name(plugs):
    module = plugs(GOOD, BROKEN)
    assert load("backend", "good") is module.GOOD
    assert registry.backend("good") is module.GOOD


@pytest.mark.parametrize(
    ("kind", "name", "attribute", "function"),
    [
        ("alteration", "blur", "ALTERATION", registry.alteration_kind),
        ("measure", "width", "MEASURE", registry.measure),
        ("executor", "pool", "EXECUTOR", registry.executor_kind),
    ],
)
def test_plugs_of_every_kind_are_loaded(plugs, kind, name, attribute, function):
    module = plugs((name, f"{MODULE}:{attribute}"), kind=kind)
    assert load(kind, name) is function(name) is getattr(module, attribute)
    assert available("backend") == {}


def test_the_list_of_backends_imports_none_of_them(plugs):
    plugs(GOOD, BROKEN)
    assert available("backend") == {"broken": BROKEN[1], "good": GOOD[1]}
    assert BROKEN[1].partition(":")[0] not in sys.modules


def test_a_broken_backend_is_unavailable(plugs):
    plugs(GOOD, BROKEN)
    expected = (
        "backend 'broken' must be importable from no_such_module_of_ours:PLUG; got "
        "ModuleNotFoundError: No module named 'no_such_module_of_ours'"
    )
    assert message(load, "backend", "broken") == (UnavailableError, "ENV004", expected)


def test_a_backend_without_its_object_is_unavailable(plugs):
    plugs(("half", f"{MODULE}:HALF"))
    expected = (
        f"backend 'half' must be importable from {MODULE}:HALF; got AttributeError: "
        f"module '{MODULE}' has no attribute 'HALF'"
    )
    assert message(load, "backend", "half") == (UnavailableError, "ENV004", expected)


@pytest.mark.parametrize("kind", registry.GROUPS)
@pytest.mark.parametrize(
    ("name", "attribute", "got"),
    [
        ("good", "NAMELESS", "object named None"),
        ("better", "GOOD", "Openable named 'good'"),  # by another name than its own
    ],
)
def test_a_plug_of_the_wrong_kind_or_name_is_unavailable(plugs, kind, name, attribute, got):
    plugs((name, f"{MODULE}:{attribute}"), kind=kind)
    expected = f"{kind} {name!r} must be a {kind} of that name at {MODULE}:{attribute}; got {got}"
    assert message(load, kind, name) == (UnavailableError, "ENV004", expected)


@pytest.mark.parametrize("kind", [kind for kind in registry.GROUPS if kind != "backend"])
def test_a_backend_is_no_plug_of_another_kind(plugs, kind):
    plugs(GOOD, kind=kind)
    assert message(load, kind, "good")[:2] == (UnavailableError, "ENV004")


@pytest.mark.parametrize(
    ("attribute", "name"), [("MEASURE", "width"), ("ALTERATION", "blur"), ("EXECUTOR", "pool")]
)
def test_no_plug_of_another_kind_is_a_backend(plugs, attribute, name):
    plugs((name, f"{MODULE}:{attribute}"))
    assert message(load, "backend", name)[:2] == (UnavailableError, "ENV004")


@pytest.mark.parametrize(("installed", "known"), [([], "none"), ([GOOD, BROKEN], "broken, good")])
def test_an_unknown_backend_is_refused_with_those_installed(plugs, installed, known):
    plugs(*installed)
    expected = (
        f"backend must name exactly one of those installed ({known}); got 'tpu': none of that name"
    )
    assert message(load, "backend", "tpu") == (UsageError, "ARG003", expected)


TWO_OF_ONE_NAME = (
    f"backend must name exactly one of those installed (good); got 'good': {MODULE}:GOOD and "
    f"{MODULE}:OTHER"
)


@pytest.mark.parametrize(
    ("typed", "meant"), [("RankMe", "rankme"), ("coding-rates", "coding-rate")]
)
def test_a_mistyped_measure_is_offered_by_its_name(typed, meant):
    with pytest.raises(UsageError) as refused:
        load("measure", typed)
    assert refused.value.fix == f"Type {meant}."
    assert load("measure", meant).name == meant


def test_two_backends_of_one_name_are_refused(plugs):
    plugs(("good", f"{MODULE}:OTHER"), GOOD)
    assert message(load, "backend", "good") == (UsageError, "ARG003", TWO_OF_ONE_NAME)


def test_one_backend_listed_twice_is_one(plugs):
    module = plugs(GOOD, GOOD)
    assert load("backend", "good") is module.GOOD


def test_a_broken_plug_breaks_no_other(plugs):
    module = plugs(GOOD, BROKEN, ("nameless", f"{MODULE}:NAMELESS"))
    working, broken = load_all("backend")
    assert working == {"good": module.GOOD}
    assert [(one.kind, one.name, one.origin, one.error.code) for one in broken] == [
        ("backend", "broken", BROKEN[1], "ENV004"),
        ("backend", "nameless", f"{MODULE}:NAMELESS", "ENV004"),
    ]


def test_packages_are_looked_through_once(plugs, monkeypatch):
    plugs(GOOD)
    available("backend")
    monkeypatch.setattr(registry, "entry_points", None)
    assert available("backend") == {"good": GOOD[1]}


def test_the_usual_alteration_is_taken_where_none_is_named(plugs):
    module = plugs(("blur", f"{MODULE}:USUAL"), BROKEN, kind="alteration")
    module.USUAL = evolve(ALTERING, is_default=True)
    assert registry.default_alteration() is module.USUAL


def test_without_a_usual_alteration_the_reason_is_named(plugs):
    plugs(("blur", f"{MODULE}:ALTERATION"), BROKEN, kind="alteration")
    expected = "a usual alteration must be installed; got none"
    assert message(registry.default_alteration) == (UnavailableError, "ENV004", expected)


@pytest.mark.parametrize("installed", [[], [("blur", "no_such_module_of_ours:PLUG")]])
def test_the_facts_of_an_alteration_that_is_not_there_are_neutral(plugs, installed):
    plugs(*installed, kind="alteration")
    facts = registry.facts_of({"name": "blur", "J": 7, "width": 2.0})
    assert (facts.name, facts.levels_of("paper"), facts.axis_label({})) == (
        "blur", 7, "level (blur)"
    )  # fmt: skip
    assert facts.words({"J": 7}) == "blur with J = 7"
    with pytest.raises(RmqmError, match=r"'blur' must be importable|got 'blur': none"):
        facts.make(None)


def test_the_facts_of_an_alteration_that_is_there_are_its_own(plugs):
    module = plugs(("blur", f"{MODULE}:ALTERATION"), kind="alteration")
    assert registry.facts_of({"name": "blur", "J": 7}) is module.ALTERATION


def test_two_plugs_of_one_name_are_a_broken_one(plugs):
    plugs(GOOD, ("good", f"{MODULE}:OTHER"))
    working, (broken,) = load_all("backend")
    assert working == {}
    assert (str(broken.error), broken.error.code) == (TWO_OF_ONE_NAME, "ARG003")


def test_a_finding_is_plain_data():
    found = Finding(code="DET001", level="warn", message="it wavers", fix="Switch dropout off.")
    assert found.to_dict() == {
        "code": "DET001",
        "level": "warn",
        "message": "it wavers",
        "fix": "Switch dropout off.",
    }


def test_an_error_becomes_a_failed_finding():
    error = UsageError("ARG001", "seed must be at least 0; got -1", fix="Give one.")
    assert Finding.from_error(error) == Finding(
        code="ARG001", level="fail", message="seed must be at least 0; got -1", fix="Give one."
    )


@pytest.mark.parametrize("code", catalogue())
def test_every_code_is_explained_in_whole_sentences(code):
    entry = explain(code)
    assert [re.match(r"\S.*\S$", text, re.DOTALL) is None for text in (entry.title, entry.why)] == [
        False,
        False,
    ]


@pytest.mark.parametrize("code", catalogue())
def test_every_explanation_says_why_and_what_to_do(code):
    entry = explain(code)
    assert not entry.title.endswith(".")
    assert entry.why.endswith(".")
    assert len(entry.why) >= 20
    assert len(entry.fix) >= 12


def test_every_code_belongs_to_a_family_of_the_page():
    assert {code[:3] for code in catalogue()} == set(_FAMILIES)


def test_the_page_of_codes_is_what_the_catalogue_says():
    page = (Path(__file__).parents[2] / "docs/codes.md").read_text(encoding="utf-8")
    assert page == codes_page(), (
        "docs/codes.md is out of date; run: python -m rmqm_spec.findings > docs/codes.md"
    )


def test_every_code_of_the_catalogue_is_used():
    root = Path(__file__).parents[2]
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("rmqm_spec", "backends", "adapters", "conformance")
        for path in (root / folder).rglob("*.py")
    ]
    families = "|".join(_FAMILIES)
    used = set(re.findall(rf"\b(?:{families})[0-9]{{3}}\b", "\n".join(sources)))
    assert used == set(catalogue())


@pytest.mark.parametrize("code", ["SCO001", "sco001", "Sco001"])
def test_a_code_is_found_in_any_case(code):
    assert explain(code).code == "SCO001"


def test_an_unknown_code_is_refused():
    expected = f"code must be one of the {len(catalogue())} known codes; got 'SCO0001'"
    assert message(explain, "SCO0001") == (UsageError, "ARG002", expected)


@pytest.mark.parametrize(
    ("code", "fix"),
    [("ARG0001", r"Did you mean ARG001, ARG\d{3}, ARG\d{3}\?"), ("?", "List them: .*")],
)
def test_an_unknown_code_comes_with_its_neighbours(code, fix):
    with pytest.raises(UsageError) as caught:
        explain(code)
    assert re.fullmatch(fix, caught.value.fix)


@pytest.mark.parametrize(
    ("name", "exit_code"),
    [
        ("SubjectError", 1),
        ("EncodingError", 1),
        ("UsageError", 2),
        ("ShapeError", 2),
        ("UnreadableError", 3),
        ("UnavailableError", 4),
        ("IncompleteError", 5),
        ("RmqmError", 70),
    ],
)
def test_every_error_has_its_exit_code(name, exit_code):
    assert getattr(errors, name).exit_code == exit_code


def test_a_wrong_argument_is_a_value_error_too():
    assert issubclass(UsageError, ValueError)


CONSTANT = (
    "(constant-steps): distances do not change from level to level, so a reciprocal has no value"
)


def codes(d, s, **options):
    return [one.code for one in doubts(characterize(d, s, **options))]


def even(n_inputs=40, n_levels=99, seed=0):
    """Make distances that nobody doubts: many alike inputs, no jump, the levels of the protocol."""
    rng = np.random.default_rng(seed)
    s = rng.uniform(0.01, 0.02, (n_inputs, n_levels))
    return s.cumsum(axis=1) * 0.9, s


def test_a_sure_score_raises_no_doubt():
    assert codes(*even()) == []


@pytest.mark.parametrize(
    ("n_inputs", "spread", "expected"), [(1, 0, ["SCO002"]), (3, 0.9, ["SCO002"]), (3, 0, [])]
)
def test_a_wide_or_missing_interval_is_doubted(n_inputs, spread, expected):
    d, s = even(n_inputs)
    s[0, ::2] *= 1 - spread
    assert codes(d, s) == expected


def test_a_single_input_is_said_to_have_no_interval():
    (found,) = doubts(characterize(*even(1)))
    assert found.message == "1 input(s) leave the score uncertain: no interval"


@pytest.mark.parametrize(("jump", "expected"), [(0.0, []), (0.9, []), (1.1, ["SCO003"])])
def test_a_jump_above_half_of_the_way_is_doubted(jump, expected):
    d, s = even()
    d = np.minimum(d, 1.0)
    d[:, 0] = 0.5 * d.mean(axis=0).max() * jump or d[:, 0]
    assert codes(d, s) == expected


def test_undefined_terms_and_still_inputs_are_doubted():
    d, s = even(200)
    d[0, 50], d[1], s[1] = 0, 0, 0
    assert codes(d, s) == ["SCO004", "SCO005"]


def test_other_levels_than_those_of_the_protocol_are_doubted():
    assert codes(*even(n_levels=98)) == ["SCO006"]


@pytest.mark.parametrize(
    ("d", "text"),
    [
        ([0, 0, 0], "(collapsed): all altered inputs have the encoding of the unaltered one"),
        (
            [0.5, 0, 0.5],
            "(undefined-terms): too many relative changes divide by a distance of zero",
        ),
        ([0.5, 0.5, 0.5], CONSTANT),
    ],
)
def test_a_missing_score_is_explained(d, text):
    (found,) = doubts(characterize([d], [[0.5, 0.5, 0.5]]))
    assert (found.code, found.level) == ("SCO001", "fail")
    assert found.message == f"RMQM is undefined {text}"


def test_a_single_level_is_said_to_have_no_steps():
    (found,) = doubts(characterize([[0.5]], [[0.5]]))
    assert found.code == "SCO001"
    assert found.message.endswith("with one level there is no step from level to level")
    assert "--levels at least 2" in found.fix
    others = doubts(characterize([[0.5, 0.7]], [[0.5, 0.4]]))
    assert "SCO001" not in {other.code for other in others}


HEAVY = ("onnx", "onnxruntime", "typer", "sklearn", "scipy.stats", "torch", "rich", "PIL")


LISTING = (
    "from rmqm_spec.contracts.registry import GROUPS, available; "
    "assert [available(kind) for kind in GROUPS]"
)
EVALUATION = "import numpy; rmqm_spec.evaluate(lambda x: x + 0.1, numpy.eye(4))"


def imported_by(statement, modules):
    """Run a statement in a fresh interpreter, and tell which of the modules it imports."""
    report = (
        f"import rmqm_spec, sys; {statement}; print(*[m for m in {modules} if m in sys.modules])"
    )
    command = [sys.executable, "-c", report]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "statement",
    [
        "from rmqm_spec import evaluate, characterize, white_noise",
        LISTING,
        EVALUATION,
    ],
)
def test_nothing_heavy_is_imported(statement):
    assert imported_by(statement, HEAVY) == []


def test_a_list_of_plugs_imports_neither_numpy_nor_a_plug():
    modules = ("numpy", "rmqm_onnx", "rmqm_spec.alterations", "rmqm_spec.contracts.backend")
    assert imported_by(LISTING, modules) == []


def test_the_bare_import_does_not_even_import_numpy():
    assert imported_by("pass", ("numpy", *HEAVY)) == []


@pytest.mark.parametrize("name", rmqm_spec.__all__)
def test_every_public_name_is_there_and_explained(name):
    assert getattr(rmqm_spec, name).__doc__.strip()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^No rmqm_spec attribute rmqn$"):
        rmqm_spec.rmqn  # noqa: B018
