"""The front door for Python: the same runs as on the command line, from flat options."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from rmqm_spec.contracts.executor import OpenExecutor
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import settings_of
from rmqm_spec.runs.flat import plug_options, request_of
from rmqm_spec.runs.race_request import RaceSettings
from rmqm_spec.runs.request import DataSettings, ModelSettings, RunRequest
from rmqm_spec.runs.values import path as as_path
from rmqm_spec.runs.values import usable_path

if TYPE_CHECKING:
    from rmqm_spec.runs.checks import Check
    from rmqm_spec.runs.correlating import Correlated
    from rmqm_spec.runs.geometries import ModelGeometries
    from rmqm_spec.runs.probed import ProbedModels
    from rmqm_spec.runs.ranked import RankedModels
    from rmqm_spec.runs.scores import Score
    from rmqm_spec.runs.spectra import ModelSpectra

__all__ = ["check", "correlate", "geometry", "probe", "rank", "score", "spectrum"]


def check(
    model: str | Path | RunRequest, *, listener: Listener | None = None, **options: Any
) -> Check:
    """
    Look at a model from all sides: is it a usable encoder? Gives a first score.

    Parameters
    ----------
    model : str, Path or RunRequest
        A model file, a folder that holds one, or the whole request.
    listener : Listener, optional
        Hears of findings and progress; by default progress is shown on the terminal or notebook.
    **options
        As on the command line, with underscores: ``data``, ``n``, ``mean``, ``budget``,
        ``reference``, ...

    Returns
    -------
    Check
        What was seen, with `ok`, `findings` and the first score.

    Raises
    ------
    UsageError
        ARG001 if an option breaks a rule.

    Examples
    --------
    >>> import rmqm_spec
    >>> checked = rmqm_spec.check("examples/digits_ntxent.onnx", listener=Listener())
    >>> checked.ok, round(checked.rmqm, 3)
    (True, 2.404)
    """
    from rmqm_spec.runs.checks import check as run

    own = {name: options.pop(name) for name in ("budget", "reference") if name in options}
    if not isinstance(model, RunRequest):
        _only(options, "check", ModelSettings, DataSettings)
    return run(evolve(_request(model, options), **own), _heard(listener))


def score(
    model: str | Path | RunRequest,
    *,
    listener: Listener | None = None,
    executor: str | Executor | None = None,
    **options: Any,
) -> Score:
    """
    Score an encoder by the full protocol; writes the result as the command line does.

    Parameters
    ----------
    model : str, Path or RunRequest
        A model file, a folder that holds one, or the whole request.
    listener : Listener, optional
        Hears of progress and steps; by default progress is shown on the terminal or notebook.
    executor : str or concurrent.futures.Executor, optional
        The name of an installed executor, or any PEP 3148 executor; it stays open.
    **options
        As on the command line, with underscores: ``data`` (also an array), ``n``, ``variant``,
        ``alteration`` with its own options, ``measure``, ``null``, ``out``, ...

    Returns
    -------
    Score
        The number, its interval, findings and tables; undefined scores are no error.

    Raises
    ------
    RmqmError
        Whatever is wrong with options, model or data: the class says what kind, `fix` what to do.

    Examples
    --------
    >>> import rmqm_spec, tempfile
    >>> with tempfile.TemporaryDirectory() as out:
    ...     scored = rmqm_spec.score(
    ...         "examples/digits_ntxent.onnx", n=20, null=False, out=out, listener=Listener()
    ...     )
    >>> round(scored.rmqm, 2), scored.inputs.dtype.names[:3]
    (2.4, ('id', 'name', 'D'))
    """
    from rmqm_spec.runs.scoring import score as run

    name, pool = _executor(executor)
    if name is not None:
        options["executor"] = name
    return run(_request(model, options), _heard(listener), pool=pool)


def rank(
    models: Sequence[str | Path] | str | Path = (),
    *,
    settings: str | Path | None = None,
    labels: str | None = None,
    probe: bool = False,
    by: str = "rmqm",
    listener: Listener | None = None,
    executor: str | Executor | None = None,
    **options: Any,
) -> RankedModels:
    """
    Rank encoders on the same inputs: which is better, by how much, how sure.

    Parameters
    ----------
    models : str, Path or sequence of them
        Models, folders or globs of models, results.
    settings : str or Path, optional
        TOML with a table per model: its path and its own options (``--models``).
    labels : str, optional
        Labels of the data, as `probe` takes them.
    probe : bool
        Whether to probe the models with these labels, too.
    by : str
        What orders the ranking: a measure, ``NAME``, ``NAME@SIZE`` or ``NAME@smallest``; with
        ``:high`` or ``:low`` behind it, which values are first.
    listener, executor, **options
        As for `score`; and ``until``, ``budget`` and ``confidence`` of a race, as on the command
        line.

    Returns
    -------
    RankedModels
        The ranking, its table, and the results that it rests on.

    Raises
    ------
    RmqmError
        If an option breaks a rule, or all models fail by one and the same fault.
    """
    from rmqm_spec.runs.ranked import RankRequest
    from rmqm_spec.runs.ranking import rank as run

    name, pool = _executor(executor)
    if name is not None:
        options["executor"] = name
    of_race = {name: options.pop(name) for name in settings_of(RaceSettings) if name in options}
    request = RankRequest(
        models=_texts(models),
        settings=_path(settings),
        common=request_of("", options),
        labels=labels,
        probe=probe,
        by=by,
        race=RaceSettings(**of_race),
    )
    return run(request, _heard(listener), pool=pool)


def probe(
    models: Sequence[str | Path] | str | Path = (),
    *,
    settings: str | Path | None = None,
    listener: Listener | None = None,
    **options: Any,
) -> ProbedModels:
    """
    Probe encoders with labels: nearest neighbours and a linear classifier.

    Parameters
    ----------
    models, settings, listener
        As for `rank`.
    **options
        As on the command line, with underscores: ``data``, ``labels``, ``k``, ``C``, ...

    Returns
    -------
    ProbedModels
        Accuracies with intervals, and the differences between models.

    Raises
    ------
    RmqmError
        If an option breaks a rule, or the data cannot be used.
    """
    from rmqm_spec.runs.probe_request import ProbeRequest, ProbeSettings
    from rmqm_spec.runs.probing import probe as run

    own = {
        name: options.pop(name)
        for name in settings_of(ProbeSettings)
        if options.get(name) is not None
    }
    written = {
        name: options[name] for name in ("out", "force", "save_encodings") if name in options
    }
    others = {name: value for name, value in options.items() if name not in written}
    _only(others, "probe", ModelSettings, DataSettings, ProbeSettings)
    request = ProbeRequest(
        models=_texts(models),
        settings=_path(settings),
        common=request_of("", options),
        probes=ProbeSettings(**own),
    )
    return run(request, _heard(listener))


def geometry(
    models: Sequence[str | Path] | str | Path = (),
    *,
    settings: str | Path | None = None,
    listener: Listener | None = None,
    **options: Any,
) -> ModelGeometries:
    """
    Measure neighbourhoods by non-negative kernel regression: of inputs, labels and alterations.

    Parameters
    ----------
    models, settings, listener
        As for `rank`.
    **options
        As on the command line, with underscores: ``data``, ``labels``, ``k``, ``kernel``,
        ``alteration`` with its own options, ``null``, ``out``, ...

    Returns
    -------
    ModelGeometries
        Means with intervals, differences between models, and what they follow from.

    Raises
    ------
    RmqmError
        If an option breaks a rule, or the data cannot be used.

    Examples
    --------
    >>> import rmqm_spec, tempfile
    >>> with tempfile.TemporaryDirectory() as out:
    ...     found = rmqm_spec.geometry(
    ...         "examples/digits_ntxent.onnx", n=40, k=10, null=False, out=out, listener=Listener()
    ...     )
    >>> found.models["digits_ntxent"].columns.found.weights.shape
    (40, 10)
    """
    from rmqm_spec.runs.geometry import geometry as run
    from rmqm_spec.runs.geometry_request import AlterationChoice, GeometryRequest, GeometrySettings

    own = {
        name: options.pop(name)
        for name in settings_of(GeometrySettings)
        if options.get(name) is not None
    }
    plugged = plug_options("alteration")
    others = {
        name: value
        for name, value in options.items()
        if name not in {"out", "force", "null"} and name not in plugged
    }
    _only(others, "geometry", ModelSettings, DataSettings, GeometrySettings, AlterationChoice)
    request = GeometryRequest(
        models=_texts(models),
        settings=_path(settings),
        common=request_of("", options),
        geometry=GeometrySettings(**own),
    )
    return run(request, _heard(listener))


def spectrum(
    models: Sequence[str | Path] | str | Path = (),
    *,
    settings: str | Path | None = None,
    listener: Listener | None = None,
    **options: Any,
) -> ModelSpectra:
    """
    Measure spectra of Jacobians: eigenvalues of autoencoders, singular values of encoders.

    Parameters
    ----------
    models, settings, listener
        As for `rank`.
    **options
        As on the command line, with underscores: ``latent`` or ``decoder``, ``data``, ``labels``,
        ``train`` and ``test`` with labels of their own, ``null``, ``out``, ... Without ``latent``
        and ``decoder`` the models are taken as encoders alone.

    Returns
    -------
    ModelSpectra
        Means with intervals, differences between models, and what they follow from.

    Raises
    ------
    RmqmError
        If an option breaks a rule, or the data cannot be used.

    Examples
    --------
    >>> import rmqm_spec, tempfile
    >>> with tempfile.TemporaryDirectory() as out:
    ...     found = rmqm_spec.spectrum(
    ...         "examples/digits_autoencoder.onnx", latent="latent", n=20, out=out,
    ...         listener=Listener(),
    ...     )
    >>> found.models["digits_autoencoder"].columns["data"].autoencoder.latent.eigenvalues.shape
    (20, 6)
    """
    from rmqm_spec.runs.spectrum import spectrum as run
    from rmqm_spec.runs.spectrum_request import SpectrumRequest, SpectrumSettings

    own = {
        name: options.pop(name)
        for name in settings_of(SpectrumSettings)
        if options.get(name) is not None
    }
    others = {name: options[name] for name in options if name not in {"out", "force", "null"}}
    _only(others, "spectrum", ModelSettings, DataSettings, SpectrumSettings)
    request = SpectrumRequest(
        models=_texts(models),
        settings=_path(settings),
        common=request_of("", options),
        spectrum=SpectrumSettings(**own),
    )
    return run(request, _heard(listener))


def correlate(
    results: Sequence[str | Path] | str | Path,
    *,
    listener: Listener | None = None,
    **options: Any,
) -> Correlated:
    """
    Correlate scores with probes over encoders: did the score predict?

    Parameters
    ----------
    results : str, Path or sequence of them
        ``result.json``, ``rank.json``, ``probe.json``, tables, or folders of them.
    listener : Listener, optional
        Hears of progress; by default it is shown on the terminal or notebook.
    **options
        ``scores``, ``probes``, ``tasks``, ``plot`` and ``seed``, as on the command line.

    Returns
    -------
    Correlated
        Coefficients with intervals, their table, and what they do not show.

    Raises
    ------
    RmqmError
        If an option breaks a rule, or a document cannot be read.
    """
    from rmqm_spec.runs.correlate_request import CorrelateRequest
    from rmqm_spec.runs.correlating import correlate as run

    known = settings_of(CorrelateRequest)
    for name in options:
        if name not in known:
            raise UsageError(
                "ARG001",
                f"an option of correlate must be one of {', '.join(known)}; got {name!r}",
                fix="Choose one of them.",
            )
    given = {name: value for name, value in options.items() if value is not None}
    paths = tuple(Path(text) for text in _texts(results))
    return run(CorrelateRequest(results=paths, **given), _heard(listener))


def _request(model: str | Path | RunRequest, options: dict[str, Any]) -> RunRequest:
    if not isinstance(model, RunRequest):
        if not isinstance(model, str | Path):
            raise UsageError(
                "ARG001",
                f"model must be the path of a model file, or a RunRequest; got "
                f"{type(model).__name__}",
                fix="For an encoder that is an object: rmqm_spec.evaluate(encoder, inputs).",
            )
        return request_of(model, options)
    own = {name: options.pop(name) for name in settings_of(RunRequest) if name in options}
    if options:
        raise UsageError(
            "ARG001",
            f"a whole request must stand alone, apart from {', '.join(settings_of(RunRequest))}; "
            f"got {next(iter(options))!r} too",
            fix="Put everything into the request: attrs.evolve(request, ...).",
        )
    return evolve(model, **own)


def _executor(executor: str | Executor | None) -> tuple[str | None, OpenExecutor | None]:
    if executor is None or isinstance(executor, str):
        return executor, None
    if not callable(getattr(executor, "submit", None)):
        raise UsageError(
            "ARG001",
            f"executor must be a name or have a method submit; got {type(executor).__name__}",
            fix="For example concurrent.futures.ProcessPoolExecutor().",
        )
    workers = getattr(executor, "_max_workers", None)
    return None, OpenExecutor(pool=executor, workers=workers if isinstance(workers, int) else 4)


def _texts(given: Any) -> tuple[str, ...]:
    """Return one path or several as texts."""
    paths = [given] if isinstance(given, str | Path) else given
    if not isinstance(paths, list | tuple) or not all(
        isinstance(one, str | Path) and str(one) for one in paths
    ):
        raise UsageError(
            "ARG001",
            f"models and results must be paths, one or a list; got {type(given).__name__}",
            fix='For example ["a.onnx", "b.onnx"].',
        )
    return tuple(str(usable_path("a path", one)) for one in paths)


def _path(given: Any) -> Path | None:
    return None if given is None else as_path("settings", given)


def _only(options: dict[str, Any], command: str, *records: type) -> None:
    """Refuse options that a command would not use."""
    known = {name for record in records for name in settings_of(record)}
    for name in options:
        if name.replace("-", "_") not in known:
            raise UsageError(
                "ARG001",
                f"an option of {command} must be one of {', '.join(sorted(known))}; got {name!r}",
                fix="Correct the name, or leave the option out.",
            )


def _heard(listener: Any) -> Listener:
    """Return who hears of the work: by default a screen."""
    if listener is None:
        return _screen()
    if not isinstance(listener, Listener):
        raise UsageError(
            "ARG001",
            f"listener must be a Listener; got {type(listener).__name__}",
            fix="Subclass rmqm_spec.Listener, or leave it out.",
        )
    return listener


def _screen() -> Listener:
    """Show progress on the terminal or in the notebook; steps and findings are in the record."""
    from rmqm_spec.screen.console import ConsoleListener

    return ConsoleListener(notes=False)
