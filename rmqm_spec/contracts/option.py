"""Options of plugs: declared once, the same on the command line, in TOML and in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from rmqm_spec.errors import RmqmError, UsageError

__all__ = ["Option", "read_options", "whole_number"]


@frozen(kw_only=True)
class Option:
    """
    An option of an alteration, an executor or another plug.

    Parameters
    ----------
    name : str
        A Python name such as ``"step_size"``; on the command line it is ``--step-size``.
    help : str
        What it says, in one short sentence.
    read : callable
        From a text or a value to the value; a `ValueError` says which rule the text breaks.
    default : object
        What holds where the option is not given, for comparison and for help.
    choices : tuple of str
        The only values allowed, where there are few.
    parameter : str
        Name of the same thing among the parameters in a protocol, where it is another.

    Examples
    --------
    >>> width = Option(name="width", help="Width of the blur, in pixels.", read=float, default=4.0)
    >>> width.flag, width.value("2.5")
    ('--width', 2.5)
    """

    name: str
    help: str
    read: Callable[[Any], Any] = str
    default: Any = None
    choices: tuple[str, ...] = ()
    parameter: str = field()

    @parameter.default
    def _same_name(self) -> str:
        return self.name

    @property
    def flag(self) -> str:
        """The option as it is typed."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def _without(self) -> str:
        """What holds where the option is left out."""
        usual = "" if self.default is None else f" for the default {self.default!r}"
        return f"Correct the value, or leave the option out{usual}."

    def value(self, given: Any) -> Any:
        """
        Return the value of what was given.

        Raises
        ------
        UsageError
            ARG001 if it breaks the option's rule.
        """
        if self.choices and given not in self.choices:
            raise UsageError(
                "ARG001",
                f"{self.flag} must be one of {', '.join(self.choices)}; got {given!r}",
                fix="Choose one of them.",
            )
        try:
            return self.read(given)
        except RmqmError:
            raise
        except Exception as error:  # whatever the reader of a plug does with a text
            raise UsageError(
                "ARG001",
                f"{self.flag} must be a valid value; got {given!r}: {error}",
                fix=f"{self.help} {self._without}",
            ) from error


def whole_number(least: int) -> Callable[[Any], int]:
    """
    Return a reader of whole numbers that are at least `least`.

    Examples
    --------
    >>> whole_number(1)("4")
    4
    """

    def read(given: Any) -> int:
        number = int(given)
        if number != float(given) or number < least:
            raise ValueError(f"it must be a whole number of at least {least}")
        return number

    return read


def read_options(
    options: Sequence[Option], given: Mapping[str, Any], *, owner: str
) -> dict[str, Any]:
    """
    Read the values that were given for some of the options; the others are left out.

    Parameters
    ----------
    options : sequence of Option
        All that `owner` takes.
    given : mapping
        Values by name; None counts as not given.
    owner : str
        What takes the options, for the error.

    Raises
    ------
    UsageError
        ARG001 if an option is unknown, or a value breaks its rule.
    """
    known = {option.name: option for option in options}
    values = {name: value for name, value in given.items() if value is not None}
    for name in values:
        if name not in known:
            taken = ", ".join(option.flag for option in options) or "no options"
            raise UsageError(
                "ARG001",
                f"{owner} must be given options that it takes ({taken}); "
                f"got --{name.replace('_', '-')}",
                fix="Correct the name, or leave the option out.",
            )
    return {name: known[name].value(value) for name, value in values.items()}
