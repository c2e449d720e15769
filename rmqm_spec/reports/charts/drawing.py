"""matplotlib figures as SVG within a page: no script, no date, no fixed colours."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "DASHES",
    "INK",
    "MUTED",
    "PAPER",
    "RULE",
    "SVG_DASHES",
    "WIDTH",
    "colour",
    "drawn",
    "level_axis",
    "logarithmic",
    "term_colour",
]

WIDTH: Final = 4.1
"""Inches of a picture; the page scales it to the column, which is about as wide."""

INK, RULE, MUTED, PAPER = "#0000f0", "#0000f1", "#0000f2", "#0000f3"
"""Colours of the page: placeholders that become CSS variables, for light, dark and print."""

_VARIABLES = {
    INK: "currentColor",
    RULE: "var(--rule)",
    MUTED: "var(--muted)",
    PAPER: "var(--paper)",
}
_N_COLOURS = 6
_N_TERMS = 4

DASHES: Final[tuple[Any, ...]] = (
    "solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (8, 3)),
    (0, (3, 1.5, 1, 1.5, 1, 1.5)),
)  # fmt: skip
"""Lines stay apart where colours do not, as in print."""

SVG_DASHES: Final = tuple(
    "" if dash == "solid" else " ".join(str(2 * length) for length in dash[1]) for dash in DASHES
)
"""The same for the legend of the page."""

_RC = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "font.size": 10,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.grid": True,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "hatch.color": PAPER,
    "hatch.linewidth": 1.2,
}
_SVG = "http://www.w3.org/2000/svg"
_PLACES = frozenset({"d", "x", "y", "width", "height", "transform"})
"""Attributes whose numbers need no more than two decimals."""

_HREF = "{http://www.w3.org/1999/xlink}href"


def colour(number: int) -> str:
    """Return the colour of an encoder: a placeholder, as all others."""
    return f"#0000a{number % _N_COLOURS}"


def term_colour(number: int) -> str:
    """Return the colour of a term of the logarithm."""
    return f"#0000b{number % _N_TERMS}"


def drawn(
    draw: Callable[[Figure], None], *, height: float, title: str, width: float = WIDTH
) -> str:
    """
    Draw a figure and return it as an ``svg`` element.

    Parameters
    ----------
    draw : callable
        Draws on an empty figure. It must not hold text from users: pictures name encoders by keys.
    height, width : float
        Inches.
    title : str
        Description in plain text, for readers who cannot see the picture.
    """
    with _settings(title):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return _for_page(stream.getvalue(), title)


def level_axis(axes: Axes, n_levels: int, label: str) -> None:
    """Let the horizontal axis be the levels from 0 to J."""
    axes.set_xlim(0, n_levels * 1.06)
    axes.set_xlabel(label)
    axes.set_xticks(sorted({k * n_levels // 4 for k in range(5)}))


def logarithmic(axes: Axes) -> None:
    """Set a scale whose labels are plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


@contextmanager
def _settings(title: str) -> Iterator[None]:
    """Ignore the user's own settings of matplotlib; ids in a picture follow from its title."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)  # type: ignore[arg-type]
        mpl.rcParams["svg.hashsalt"] = title
        yield


def _for_page(svg: str, title: str) -> str:
    root = ET.fromstring(svg)  # noqa: S314 - matplotlib wrote it just now
    used = _references(svg)
    for parent in root.iter():
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style", "}title")):
                parent.remove(child)
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        for name in _PLACES & element.attrib.keys():
            element.set(name, re.sub(r"(\.\d\d)\d+", r"\1", element.attrib[name]))
        if _HREF in element.attrib:
            element.set("href", element.attrib.pop(_HREF))
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", title)
    ET.register_namespace("", _SVG)
    return _coloured(ET.tostring(root, encoding="unicode"))


def _references(svg: str) -> set[str]:
    return set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))


def _coloured(svg: str) -> str:
    """Replace the placeholders with CSS variables, and remove white space between elements."""
    svg = re.sub(r"#0000a(\d)", r"var(--s\1)", svg)
    svg = re.sub(r"#0000b(\d)", r"var(--t\1)", svg)
    for placeholder, variable in _VARIABLES.items():
        svg = svg.replace(placeholder, variable)
    return re.sub(r">\s+<", "><", svg)
