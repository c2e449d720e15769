"""The page in a real browser: it renders, is silent, asks for nothing, and fits."""

from __future__ import annotations

import pytest
from attrs import evolve

from rmqm_spec.reports import report_content, report_page, write_report

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")
pytestmark = pytest.mark.browser

LONG = "a/very_long/path/" * 12 + "encoder<script>document.title='broken'</script>.onnx"


def in_a_deep_folder(stored):
    inputs = {**stored.document["inputs"], "source": "/deep" * 40}
    names = tuple(f"{'/folder' * 30}/{name}" for name in stored.names)
    return evolve(stored, document={**stored.document, "inputs": inputs}, names=names)


@pytest.fixture
def page(score, tmp_path):
    results = {
        "smooth.onnx": in_a_deep_folder(score()),
        LONG: score(strength=6.0),
        "flat.onnx": score(encoder=lambda x: x.reshape(len(x), -1)[:, :3] * 0 + 1),
    }
    path = tmp_path / "report.html"
    write_report(path, report_page(report_content(results)))
    return path


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_renders_silently_and_fits(browser, page, width, scheme):
    browser.open(page, width=width, scheme=scheme)
    assert browser.value("document.title").startswith("RMQM report: ")
    assert browser.value("[...document.images].every(one => one.complete && one.naturalWidth)")
    assert browser.value("document.images.length") > 20
    drawn = "[...document.querySelectorAll('figure svg')].map(one => one.getBoundingClientRect())"
    assert browser.value(f"{drawn}.every(one => one.width > 200 && one.height > 40)")
    assert browser.value("document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.requested() == []
    assert browser.complaints() == []


COLOURS = """
(() => {
  const luminance = text => {
    const parts = text.match(/[0-9.]+/g).slice(0, 3).map(part => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = one => {
    for (; one; one = one.parentElement) {
      const found = getComputedStyle(one).backgroundColor;
      if (!found.startsWith('rgba(0, 0, 0, 0')) return found;
    }
  };
  const all = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const one = node.parentElement;
    if (!node.data.trim()) continue;
    const style = getComputedStyle(one);
    const ink = one instanceof SVGElement ? style.fill : style.color;
    const [high, low] = [luminance(ink), luminance(ground(one))].sort((a, b) => b - a);
    all.push([(high + 0.05) / (low + 0.05), node.data.trim().slice(0, 40), ink]);
  }
  return all.sort((a, b) => a[0] - b[0])[0];
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(browser, page, scheme):
    browser.open(page, scheme=scheme)
    contrast, *where = browser.value(COLOURS)
    assert contrast >= 4.5, where


def test_print_is_light_and_opens_what_is_folded(browser, page):
    browser.open(page, scheme="dark", media="print")
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    folded = "[...document.querySelectorAll('details:not([open]) td')]"
    assert browser.value(f"{folded}.length") > 0
    assert browser.value(f"{folded}.every(one => one.checkVisibility())")


def test_a_request_would_be_seen(browser, tmp_path):
    path = tmp_path / "asks.html"
    path.write_text("<img src='http://127.0.0.1:9/x.png'><script>throw 1</script>")
    browser.open(path)
    assert browser.requested() == ["http://127.0.0.1:9/x.png"]
    assert browser.complaints()
