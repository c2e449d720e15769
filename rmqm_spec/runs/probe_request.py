"""What probes are asked to do: labels, split, neighbours and the linear probe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import field, frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.values import counts, penalties, words, yes_or_no

__all__ = ["ProbeRequest", "ProbeSettings", "RankProbes"]


def _share(flag: str, given: Any) -> float:
    """Read a share; which shares can be, `rmqm_spec.probes.split` says."""
    try:
        return float(given)
    except (TypeError, ValueError) as error:
        raise UsageError(
            "ARG001",
            f"{flag} must be a number between 0 and 1; got {given!r}",
            fix="For example 0.5.",
        ) from error


def _name(flag: str, given: Any) -> str:
    if not isinstance(given, str | Path):
        raise UsageError(
            "ARG001", f"{flag} must be a text; got {type(given).__name__}", fix="Correct it."
        )
    return str(given)


@frozen(kw_only=True)
class ProbeSettings:
    """Labels, split, neighbours and the linear probe."""

    labels: str | None = setting(
        "Labels of --data: file.npz:key, file.npy, file.csv:column, folders, column:NAME.",
        read=_name,
        panel="Probes",
    )
    train_data: str | None = setting(
        "Inputs to learn from; without it --data is split.", read=_name, panel="Probes"
    )
    train_labels: str | None = setting("Labels of --train-data.", read=_name, panel="Probes")
    train_share: float | None = setting(
        "Share of each class to learn from; 0.5 by default.",
        read=_share,
        typed=float,
        panel="Probes",
    )
    leave_one_out: bool = setting(
        "Search the neighbours of each input among all others.",
        default=False,
        read=yes_or_no,
        typed=bool,
        flag="--leave-one-out",
        panel="Probes",
    )
    k: tuple[int, ...] = setting(
        "Numbers of neighbours; 1,5 by default.",
        default=(1, 5),
        read=counts,
        flag="--k",
        panel="Probes",
    )
    C: tuple[float, ...] = setting(
        "Inverse penalties that the linear probe chooses from; none leaves it out.",
        default=(0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0),
        read=penalties,
        flag="--C",
        panel="Probes",
    )
    measure: tuple[str, ...] = setting(
        "Measures with labels, of the training part: logme, h-score, transrate, or all.",
        default=(),
        read=words,
        typed=list[str],
        panel="Probes",
    )
    task: str | None = setting("Name of the task.", read=_name, panel="Probes")

    def __attrs_post_init__(self) -> None:
        if self.train_labels is not None and self.train_data is None:
            raise _conflict("--train-labels must come with --train-data; got it alone")
        if self.train_data is None:
            return
        for name in ("train_share", "leave_one_out"):
            if getattr(self, name):
                option = f"--{name.replace('_', '-')}"
                raise _conflict(f"{option} must come without --train-data; got both")

    @property
    def share(self) -> float:
        """Share of the training part."""
        return 0.5 if self.train_share is None else self.train_share


def _conflict(message: str) -> UsageError:
    return UsageError("ARG001", message, fix="Leave one of them out.")


@frozen(kw_only=True)
class RankProbes:
    """What `rank` says or does about labels."""

    labels: str | None = setting(
        "Labels of --data, as probe takes them.", read=_name, panel="Probes"
    )
    probe: bool = setting(
        "Also probe the models with these labels.",
        default=False,
        read=yes_or_no,
        typed=bool,
        flag="--probe",
        panel="Probes",
    )


@frozen(kw_only=True, eq=False)
class ProbeRequest:
    """
    Models to be probed.

    Parameters
    ----------
    models : tuple of str
        Models, folders or globs of models.
    settings : Path, optional
        TOML with a table for each model that needs options of its own.
    common : RunRequest
        How to open all models, and which inputs; ``out`` is the folder of the probes.
    probes : ProbeSettings
        Labels and probes.
    """

    models: tuple[str, ...] = ()
    settings: Path | None = None
    common: RunRequest = field(factory=lambda: RunRequest(model=""))
    probes: ProbeSettings = field(factory=ProbeSettings)
