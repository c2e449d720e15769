"""The page of the study, as Markdown, and its figures, from the tables that are committed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from studies.spectra.committed import Tables, tables_of
from studies.spectra.conclusions import conclusions
from studies.spectra.figures import draw_figures
from studies.spectra.other_sections import in_training, no_images, prediction, variants
from studies.spectra.sentences import figure_findings, lead
from studies.spectra.slope_sections import slope_sections

__all__ = ["page_of", "write_page"]

_CAPTIONS: Final = {
    "figure-2": "Difference between the eigenvalues of J_L and J_I (optimal assignment): median "
    "and quartiles over images.",
    "figure-3": "Arguments of the eigenvalues, all latent dimensions together: J_L (left), angle "
    "of rotation of J_I (right). Logarithmic: most are real and positive.",
    "figure-4": "Arithmetic mean of the eigenvalues.",
    "figure-5": "Geometric mean of the moduli of the eigenvalues.",
    "figure-6": "Number of eigenvalues below 0.1 in modulus, of n.",
    "figure-7": "Share of images at which the Jacobian reverses the orientation.",
    "figure-8": "Test slope of equation (6), log volume: standard deviations of the error per "
    "standard deviation of the regressor. Crosses: Table 1.",
    "figure-9": "Test slope of equation (7), trace. Crosses: Table 2.",
    "training": "Spectra in training, 4 layers, seed 0, drawn images; darker is later.",
}


def write_page(folder: Path) -> None:
    """Write ``spectra.md`` and the figures beside the tables."""
    tables = tables_of(folder)
    draw_figures(tables, folder)
    (folder / "spectra.md").write_text(page_of(tables))


def page_of(tables: Tables) -> str:
    """Return the page."""
    return "\n".join(
        [
            "# Spectra of autoencoders",
            "",
            lead(tables),
            "",
            "## What comes out",
            "",
            *(f"- {said}" for said in (*figure_findings(tables), *conclusions(tables))),
            "",
            *slope_sections(tables),
            *_figures(),
            *in_training(tables.models),
            *variants(tables),
            *no_images(tables.no_images),
            *prediction(tables.document["prediction"]),
        ]
    )


def _figures() -> list[str]:
    lines = ["## Figures", ""]
    for name, caption in _CAPTIONS.items():
        title = name.replace("-", " ").capitalize()
        lines += [f"![{title}]({name}.svg)", "", f"{title}. {caption}", ""]
    return lines
