"""The page about spectra: every figure is there, and user's texts stay texts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from attrs import evolve

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")

from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.reports import write_report
from rmqm_spec.reports.spectra import ReportedSpectrum, SpectraContent, spectra_page
from rmqm_spec.reports.spectra.across import across_charts
from rmqm_spec.spectra import autoencoder_spectra
from rmqm_spec.spectra.columns import Columns
from rmqm_spec.spectra.document import MeasuredSet, NullOutcome, spectrum_document
from rmqm_spec.spectra.encoders import encoder_spectra


class Layers:
    """Two layers with a hyperbolic tangent between, and their derivative by hand."""

    def __init__(self, first, second):
        self.first, self.second = first, second

    def encode(self, inputs):
        hidden = np.tanh(inputs.reshape(len(inputs), -1) @ self.first)
        return (hidden @ self.second).astype(np.float32)

    def vjp(self, inputs):
        hidden = np.tanh(inputs.reshape(len(inputs), -1) @ self.first)

        def pullback(cotangent):
            back = (cotangent @ self.second.T * (1 - hidden**2)) @ self.first.T
            return back.reshape(inputs.shape).astype(np.float32)

        return (hidden @ self.second).astype(np.float32), pullback


def layers(seed, *sizes):
    rng = np.random.default_rng(seed)
    first, second = (rng.normal(size=pair) / np.sqrt(pair[0]) for pair in pairwise(sizes))
    return Layers(1.5 * first, 1.5 * second)


AUTOENCODER = Autoencoder(layers(0, 16, 12, 5), layers(1, 5, 12, 16))
ENCODER = layers(2, 16, 12, 7)


def images(seed, n):
    return np.random.default_rng(seed).random((n, 1, 4, 4), dtype=np.float32)


def columns_of(seed, n, labels=None, *, alone=False):
    inputs = images(seed, n)
    ids = tuple(f"{seed}{row:060}" for row in range(n))
    measured = (
        {"encoder": encoder_spectra(ENCODER, inputs)}
        if alone
        else {"autoencoder": autoencoder_spectra(AUTOENCODER, inputs)}
    )
    return Columns(ids=ids, names=ids, labels=labels, **measured)


def reported(key, name, sets, null=None):
    measured = {
        one: MeasuredSet(source=f"{one}.npz", labels=None, columns=columns, left_out=(),
                         n_offered=len(columns))
        for one, columns in sets.items()
    }  # fmt: skip
    document = spectrum_document(
        measured, {}, (), null=null, seconds=1.0,
        created="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    return ReportedSpectrum(key=key, name=name, document=document, columns=sets)


def labels(n, names=("cat", "<script>dog", "3")):
    return tuple(names[row % len(names)] for row in range(n))


@pytest.fixture(scope="module")
def content():
    sets = {"train": columns_of(1, 90, labels(90)), "test": columns_of(2, 60, labels(60))}
    alone = {"data": columns_of(3, 40, alone=True)}
    null = NullOutcome(sets={"data": columns_of(3, 40, alone=True)}, made={"seed": 0})
    return SpectraContent(
        models=(
            reported("A", "auto<script>.onnx", sets),
            reported("B", "plain.onnx", {"data": columns_of(4, 30)}),
            reported("C", "encoder.onnx", alone, null),
        ),
        failed=({"name": "broken", "code": "MOD001", "message": "<b>no</b> model", "fix": "Fix."},),
    )


@pytest.fixture(scope="module")
def page(content):
    return spectra_page(content)


def test_every_figure_of_an_autoencoder_is_there(page):
    for title in (
        "A, J_L: eigenvalues in the complex plane",
        "A, J_I: arguments of the eigenvalues",
        "A: Mean squared error, all inputs and by class",
        "A: L1 distance / n, all inputs and by class",
        "A: J_L: Arithmetic mean, all inputs and by class",
        "A: J_I: Geometric mean, all inputs and by class",
        "A: J_L: Reverses orientation, all inputs and by class",
        "A, J_L: inputs by small eigenvalues",
        "A, J_L: error against log volume, with regression lines",
        "A, J_I: error against trace, with regression lines",
        "Singular values of the Jacobian of the unit encoding",
    ):
        assert f'aria-label="{title}"' in page, title
    assert "B, J_L: error against log volume" not in page  # no training and test inputs


def test_several_autoencoders_stand_side_by_side(page):
    assert 'aria-label="Arithmetic mean, model by model"' in page
    assert "Slope of test inputs" not in page  # only one of them has training and test inputs


def test_slopes_stand_over_the_latent_dimension(content):
    first = content.models[0]
    other = evolve(first, key="B", document={**first.document, "dimension": 7})
    charts = {one["title"]: one["svg"] for one in across_charts([first, other])}
    assert "latent dimension" in charts["Slope of test inputs on trace"]
    assert across_charts([first]) == []


def test_texts_of_users_stay_texts(page):
    assert "<script>" not in page
    assert "auto&lt;script&gt;.onnx" in page
    assert "&lt;script&gt;dog" in page
    assert "&lt;b&gt;no&lt;/b&gt; model" in page


def test_numbers_of_the_page_are_those_of_the_document(content, page):
    first = content.models[0].document
    for one in first["sets"]:
        assert f"{one['quantities']['latent-trace']['mean']:.3f}" in page
    fits = [one for one in first["regressions"] if one["reading"] == "absolute"]
    assert len(fits) == 2
    assert f"Slope {fits[0]['slope']['value']:.3f} for training inputs" in page


def test_two_readings_that_are_the_same_are_shown_once(content):
    first = content.models[0]
    absolute, dropped = first.document["regressions"][:2]
    same = [absolute, {**absolute, "reading": "dropped"}]
    for regressions, is_shown in ((same, False), ([absolute, dropped], True)):
        model = evolve(first, document={**first.document, "regressions": regressions})
        page = spectra_page(SpectraContent(models=(model,)))
        assert ("J_L log volume, dropped</th>" in page) == is_shown


def test_a_page_of_one_input_and_one_class_can_be_made():
    sets = {"data": columns_of(5, 1, labels(1))}
    content = SpectraContent(models=(reported("A", "one", sets),))
    page = spectra_page(content)
    assert "A, J_L: inputs by small eigenvalues" in page
    assert page == spectra_page(content)


def test_singular_jacobians_do_not_break_the_page(content):
    spectra = content.models[1].columns["data"].autoencoder
    flat = evolve(
        spectra.latent,
        log_volume=np.full(30, -np.inf),
        geometric_mean=np.zeros(30),
        orientation=np.zeros(30, dtype=np.int8),
    )
    columns = evolve(content.models[1].columns["data"], autoencoder=evolve(spectra, latent=flat))
    page = spectra_page(SpectraContent(models=(reported("A", "flat", {"data": columns}),)))
    assert "\N{MINUS SIGN}∞" in page


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1100])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_renders_silently_and_fits(browser, page, tmp_path, width, scheme):
    path = tmp_path / "spectra.html"
    write_report(path, page)
    browser.open(path, width=width, scheme=scheme)
    assert browser.value("document.title").startswith("Spectra: ")
    drawn = "[...document.querySelectorAll('figure svg')].map(one => one.getBoundingClientRect())"
    assert browser.value(f"{drawn}.every(one => one.width > 200 && one.height > 40)")
    assert browser.value("document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.requested() == []
    assert browser.complaints() == []
