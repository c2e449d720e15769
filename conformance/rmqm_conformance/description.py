"""What an implementation says about itself: its name, and what it claims."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from attrs import field, frozen

from rmqm_conformance.operations import CAPABILITIES, EXTENSIONS
from rmqm_conformance.problems import DescriptionError

__all__ = ["GENERATOR", "POINTERS", "Description", "OwnEncoder"]

GENERATOR: Final = "philox4x64-10/quantile16"
"""The generator of RMQM-WN-003; noise of other generators is judged by its statistics alone."""

POINTERS: Final = MappingProxyType(
    {
        "specification": "/protocol/specification",
        "variant": "/protocol/variant",
        "alteration": "/protocol/alteration/name",
        "J": "/protocol/alteration/J",
        "schedule": "/protocol/alteration/schedule",
        "seed": "/protocol/alteration/seed",
        "bounds": "/protocol/alteration/bounds",
        "coupling": "/protocol/alteration/coupling",
        "generator": "/protocol/alteration/generator",
        "resolution": "/protocol/resolution",
        "geometry": "/protocol/inputs",
        "N": "/counts/used",
        "offered": "/counts/offered",
        "duplicates": "/counts/duplicates",
        "unreadable": "/counts/unreadable",
        "undefined_terms": "/counts/undefined_terms",
        "left_out": "/counts/left_out_of_spike_means",
        "D": "/components/D",
        "D_RC": "/components/D_RC",
        "P_RC": "/components/P_RC",
        "S": "/components/S",
        "set_of_inputs": "/inputs/ids_sha256",
        "encoder": "/model",
        "output": "/output/name",
        "pooling": "/output/pooling",
        "preprocessing": "/preprocessing",
    }
)
"""Where a result document holds what RMQM-DOC-003 and RMQM-PRO-002 ask for, as JSON pointers."""

_KEYS = {
    "name", "version", "language", "capabilities", "extensions", "generator", "encoder", "document",
    "source", "issues",
}  # fmt: skip


@frozen(kw_only=True)
class OwnEncoder:
    """The encoder that the operations `encode` and `vjp` run: what it takes, how it computes."""

    shape: tuple[int, ...] = field(converter=tuple)
    dtype: np.dtype[Any] = field(converter=np.dtype)
    low: float
    high: float
    arithmetic: str


@frozen(kw_only=True)
class Description:
    """
    An implementation in its own words.

    Parameters
    ----------
    name, version, language : str
        For the report.
    claims : frozenset of str
        Capabilities and extensions that are claimed, and ``"generator"`` where the noise is that
        of RMQM-WN-003.
    encoder : OwnEncoder, optional
        Needed for the capabilities ``encoder`` and ``pgd``.
    pointers : mapping of str to str
        Where its result documents hold what; see `POINTERS`.
    source, issues : str
        Where it lives and where to report to; may be empty.

    Examples
    --------
    >>> mine = {"name": "mine", "version": "1", "language": "R", "capabilities": ["inputs"]}
    >>> sorted(Description.read(mine).claims)
    ['generator', 'inputs']
    """

    name: str
    version: str
    language: str
    claims: frozenset[str]
    generator: str = GENERATOR
    encoder: OwnEncoder | None = None
    pointers: Mapping[str, str] = POINTERS
    source: str = ""
    issues: str = ""

    @classmethod
    def read(cls, description: Any) -> Description:
        """
        Check what an implementation says about itself and return it as a record.

        Raises
        ------
        DescriptionError
            Naming the key, the rule and the value.
        """
        if not isinstance(description, Mapping):
            raise DescriptionError(
                f"a description must be a mapping; got {type(description).__name__}"
            )
        _known("keys of the description", description, _KEYS)
        for key in ("name", "version", "language"):
            if not isinstance(description.get(key), str) or not description[key]:
                raise DescriptionError(
                    f"{key} must be a text that is not empty; got {description.get(key)!r}"
                )
        capabilities, extensions = (
            _names(description, "capabilities"),
            _names(description, "extensions"),
        )
        _known("capabilities", capabilities, CAPABILITIES)
        _known("extensions", extensions, EXTENSIONS)
        if not capabilities:
            raise DescriptionError("capabilities must name at least one; got none")
        generator = description.get("generator", GENERATOR)
        claims = {*capabilities, *extensions, *(["generator"] if generator == GENERATOR else [])}
        encoder = description.get("encoder")
        if encoder is None and claims & {"encoder", "pgd"}:
            raise DescriptionError(
                "encoder must be described (shape, dtype, low, high, arithmetic) where encoder or "
                "pgd is claimed; got none"
            )
        pointers = description.get("document") or {}
        _known("names under document", pointers, POINTERS)
        return cls(
            **{key: str(description[key]) for key in ("name", "version", "language")},
            claims=frozenset(claims),
            generator=str(generator),
            encoder=None if encoder is None else _own_encoder(encoder),
            pointers={**POINTERS, **pointers},
            source=str(description.get("source") or ""),
            issues=str(description.get("issues") or ""),
        )


def _names(description: Mapping[str, Any], key: str) -> list[str]:
    names = description.get(key, [])
    if not isinstance(names, list | tuple | set | frozenset):
        raise DescriptionError(f"{key} must be a list of names; got {names!r}")
    return [str(name) for name in names]


def _known(what: str, names: Any, known: Any) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        rule = f"{what} must be among {', '.join(sorted(known))}"
        raise DescriptionError(f"{rule}; got {', '.join(map(repr, unknown))}")


def _own_encoder(encoder: Any) -> OwnEncoder:
    try:
        return OwnEncoder(**encoder)
    except (TypeError, ValueError) as error:
        raise DescriptionError(
            "encoder must have shape, dtype, low, high and arithmetic, like {'shape': [3, 4], "
            "'dtype': '<f4', 'low': 0, 'high': 1, 'arithmetic': 'float32'}; "
            f"got {encoder!r} ({error})"
        ) from error
