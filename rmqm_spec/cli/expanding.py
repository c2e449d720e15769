"""Settings of requests as options of commands: each is declared once, in its record."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer
from attrs import Attribute

from rmqm_spec.contracts.option import Option
from rmqm_spec.contracts.registry import load_all
from rmqm_spec.runs.fields import settings_of

__all__ = ["with_settings"]


def with_settings(
    *records: type, only: tuple[str, ...] | None = None, plugs: tuple[str, ...] = ()
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """
    Give a command the settings of records as options; it takes them as its keyword arguments.

    Typer reads the signature. A setting that is not given is not passed on.

    Parameters
    ----------
    *records : type
        Records with settings.
    only : tuple of str, optional
        Names of the settings to take of the last record; all by default.
    plugs : tuple of str
        Kinds of plugs whose options are options of the command, too.
    """

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        own = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in inspect.signature(command, eval_str=True).parameters.values()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        names = {parameter.name for parameter in own}
        shared = [
            parameter
            for parameter in (*_of_records(records, only), *_of_plugs(plugs))
            if parameter.name not in names
        ]

        def spread(**values: Any) -> int:
            given = {name: value for name, value in values.items() if value is not None}
            missing = {name: None for name in names if name not in given}
            return command(**given, **missing)

        spread.__name__, spread.__doc__ = command.__name__, command.__doc__
        parameters = [*own, *shared]
        spread.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        spread.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return spread

    return decorate


def _of_records(
    records: tuple[type, ...], only: tuple[str, ...] | None
) -> Iterator[inspect.Parameter]:
    for record in records:
        for name, attribute in settings_of(record).items():
            if record is records[-1] and only is not None and name not in only:
                continue
            yield _parameter(attribute)


def _parameter(attribute: Attribute[Any]) -> inspect.Parameter:
    facts = attribute.metadata
    typed, flag = facts["typed"], facts["flag"]
    names = [flag] if flag else []
    usual = attribute.default
    is_shown = isinstance(usual, str | int | float) and not isinstance(usual, bool)
    option = typer.Option(
        *names,
        help=f"{facts['help']} [default: {usual}]" if is_shown else facts["help"],
        rich_help_panel=facts["panel"] or None,
        **facts["limits"],
    )
    # None stands for an option that was not typed: beside a file of options, this must be known.
    return inspect.Parameter(
        attribute.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[typed | None, option],
    )


def _of_plugs(kinds: tuple[str, ...]) -> Iterator[inspect.Parameter]:
    """Yield the options of all working plugs, each name once."""
    options: dict[str, list[tuple[str, str, Option]]] = {}
    for kind in kinds:
        for name, plug in load_all(kind)[0].items():
            for option in plug.options:
                options.setdefault(option.name, []).append((kind, name, option))
    for name, owners in options.items():
        kind = owners[0][0]
        plugs = ", ".join(owner for _, owner, _ in owners)
        panel = f"With --{kind} {plugs}"
        option = typer.Option(owners[0][2].flag, help=owners[0][2].help, rich_help_panel=panel)
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, option],
        )
