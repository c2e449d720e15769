"""The ``probe`` command that measures what a ranking predicts, where its inputs have labels."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from rmqm_spec.errors import RmqmError
from rmqm_spec.probes.judging import DEFAULT_K
from rmqm_spec.runs.fields import flag_of, settings_of
from rmqm_spec.runs.labels import labels_of
from rmqm_spec.runs.request import DataSettings, ModelSettings, RunRequest

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["enough_for_probes", "probe_command", "usable_labels"]

_USUAL_KEYS = ("labels", "label", "targets", "y")
"""What archives of arrays usually call their labels."""

_FEW = 50
"""Fewer inputs give a score, but no accuracies worth reading: probes then take all there are."""


_TO_HOLD_OUT = 3
"""Of so many inputs of a class two are learnt from, and one of these can be held out."""


def usable_labels(prepared: PreparedInputs, asked: str | None, data: object) -> str | None:
    """
    Return where the labels of inputs are, if they can be probed with.

    Parameters
    ----------
    prepared : PreparedInputs
        The inputs of a score.
    asked : str, optional
        Where the labels are, if that was said.
    data : object
        What ``--data`` names: an ``.npz`` may hold labels beside the images.

    Returns
    -------
    str or None
        What ``--labels`` must say; "" where the data brings them along, None where there are none.
    """
    for labels in (asked,) if asked is not None else ("", *_beside(data)):
        try:
            known = labels_of(prepared, labels or None)
        except RmqmError:
            continue
        if sum(count > 1 for count in Counter(known.of_all).values()) > 1:
            return labels
    return None


def enough_for_probes(
    prepared: PreparedInputs, labels: str, asked: DataSettings
) -> tuple[DataSettings, tuple[str, ...]]:
    """
    Return inputs that are enough to probe with, and options for where even all of them are few.

    The inputs that were asked for are kept if there are many, and of each class that they have
    at least two; else all that there are.
    """
    known = labels_of(prepared, labels or None)
    chosen = Counter(label for label in known.by_index if label is not None)
    usual = max(DEFAULT_K)
    lacks = min(chosen.values(), default=0) < 2 or _n_learnt(chosen) < usual
    if asked.n is not None and (asked.n < _FEW or lacks):
        asked, chosen = evolve(asked, n=None), Counter(known.of_all)
    options: tuple[str, ...] = ("--k", "1") if _n_learnt(chosen) < usual else ()
    if max(chosen.values(), default=0) < _TO_HOLD_OUT:
        options += ("--C", "1")
    return asked, options


def _n_learnt(counts: Counter[str]) -> int:
    """Return how many inputs the training part has: half of each class of at least two."""
    return sum((count + 1) // 2 for count in counts.values() if count > 1)


def _beside(data: object) -> Iterator[str]:
    from rmqm_spec.inputs.npz_files import split_key

    if isinstance(data, str) and "://" not in data:
        archive = data if Path(data).is_file() else split_key(data)[0]
        if archive.endswith(".npz"):
            yield from (f"{archive}:{key}" for key in _USUAL_KEYS)


def probe_command(
    models: Sequence[str],
    settings: Path | None,
    common: RunRequest,
    labels: str,
    more: Sequence[str] = (),
) -> str | None:
    """
    Return the command, with `more` options, quoted for a shell; None where it cannot be typed.

    Data that is an array in memory, or a URL with secrets in it, cannot.
    """
    shown = common.inputs.shown  # None for an array
    if shown is None or shown != common.inputs.data:
        return None
    words = ["rmqm-spec", "probe", *(_as_path(model) for model in models)]
    if settings is not None:
        words += ["--models", str(settings)]
    for record, values in ((ModelSettings, common.opening), (DataSettings, common.inputs)):
        words += _options(record, values)
    if labels:
        words += ["--labels", labels]
    return shlex.join([*words, *more])


def _as_path(text: str) -> str:
    """Keep a path that begins with a hyphen from being read as an option."""
    return f"./{text}" if text.startswith("-") else text


def _options(record: type, values: Any) -> Iterator[str]:
    for name, attribute in settings_of(record).items():
        value = getattr(values, name)
        if value is None or value == attribute.default:
            continue
        for word in _words(name, value):
            # With = between them, a value that begins with a hyphen is no option.
            if word.startswith("-"):
                yield f"{flag_of(attribute)}={word}"
            else:
                yield from (flag_of(attribute), word)


def _words(name: str, value: Any) -> list[str]:
    if name == "feed":
        return [f"{key}={text}" for key, text in value]
    if name == "size":
        return ["x".join(map(str, value))]
    if isinstance(value, tuple):
        return [",".join(map(str, value))]
    return [str(value)]
