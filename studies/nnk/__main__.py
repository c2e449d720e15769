"""``python -m studies.nnk PART --data FOLDER``: run what is missing of a part, and write."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

__all__ = ["PARTS", "main"]

PARTS: Final = {
    "deepnnk": "the 60 networks of DeepNNK, beside what their authors stored",
    "width": "NNK and the width of residual networks trained here",
    "rotation": "invariance to rotation, against tasks that need the angle or do not",
    "imagenet": "linear probe, k-NN and NNK of a zoo, in the form of the published table",
}
"""Each is a package ``studies.nnk.PART`` whose module ``command`` has ``main(arguments)``."""


def main(arguments: list[str]) -> None:
    """Run a part, or tell which there are."""
    if not arguments or arguments[0] not in PARTS:
        lines = [f"  {name:<10}{summary}" for name, summary in PARTS.items()]
        named = f"PART must be one of these; got {arguments[0] if arguments else 'none'}"
        sys.exit("\n".join(["usage: python -m studies.nnk PART [--help]", named, *lines]))
    part, *rest = arguments
    import_module(f"studies.nnk.{part}.command").main(rest)


if __name__ == "__main__":
    main(sys.argv[1:])
