"""Lengths that a model leaves open: said by the user, or those of the data that is given."""

from __future__ import annotations

from math import prod

from attrs import evolve

from rmqm_onnx.reading.signature import TensorInfo
from rmqm_spec.contracts.backend import Layout
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding

__all__ = ["with_known_lengths"]

_PICTURE_AXES = 3


def with_known_lengths(
    info: TensorInfo,
    layout: Layout | None,
    asked: tuple[int, ...] | None,
    of_data: tuple[int, ...] | None,
) -> tuple[TensorInfo, list[Finding]]:
    """
    Fill in lengths that a declaration leaves open.

    Parameters
    ----------
    info : TensorInfo
        The input.
    layout : str, optional
        What the user says of its axes.
    asked : tuple of int, optional
        Shape of one input, as the user says.
    of_data : tuple of int, optional
        Shape of a row of the data. It does not count for pictures, which are resized.

    Returns
    -------
    TensorInfo, list of Finding
        The declaration, as far as it is known, and where lengths were read off the data.

    Raises
    ------
    UsageError
        INP004 if what the user says does not fit the declaration.

    Examples
    --------
    >>> audio = TensorInfo(name="audio", type="float32", dims=(None, None))
    >>> str(with_known_lengths(audio, None, None, (16000,))[0])
    'audio (float32 [?, 16000])'
    """
    if asked is not None:
        if info.dims is not None and not _fits(info.dims[1:], asked):
            raise UsageError(
                "INP004",
                "--input-shape must be the shape of one input, without the batch axis, and fit"
                f" {info}; got {'x'.join(map(str, asked))}",
                fix="Correct the lengths that the model fixes, and give one for each other axis.",
            )
        return _filled(info, asked), []
    if of_data is None or _is_picture(info, layout) or not _is_open(info):
        return info, []
    lengths = _of_row(info, of_data)
    if lengths is None:
        return info, []
    known = _filled(info, lengths)
    message = f"{info} leaves lengths open: those of the data are taken, {known}"
    return known, [Finding(code="INP007", level="ok", message=message)]


def _filled(info: TensorInfo, lengths: tuple[int, ...]) -> TensorInfo:
    batch = info.dims[0] if info.dims else None
    return evolve(info, dims=(batch, *lengths))


def _is_open(info: TensorInfo) -> bool:
    return info.dims is None or None in info.dims[1:]


def _is_picture(info: TensorInfo, layout: Layout | None) -> bool:
    """Whether height and width are open: pictures are made to fit, whatever their own size is."""
    if layout is not None:
        return layout in {"nchw", "nhwc", "nhw"}
    rest = info.dims[1:] if info.dims else ()
    return len(rest) == _PICTURE_AXES and rest.count(None) > 1


def _fits(rest: tuple[int | None, ...], lengths: tuple[int, ...]) -> bool:
    return len(rest) == len(lengths) and all(
        declared in (None, length) for declared, length in zip(rest, lengths, strict=True)
    )


def _of_row(info: TensorInfo, row: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the lengths that a row has, also without its axes of length 1, or flattened."""
    if info.dims is None:
        return row
    rest = info.dims[1:]
    if _fits(rest, row):
        return row
    wide = [length for length in row if length != 1]
    places = [place for place, length in enumerate(rest) if length != 1]
    if _fits(tuple(rest[place] for place in places), tuple(wide)):
        taken = dict(zip(places, wide, strict=True))
        return tuple(taken.get(place, 1) for place in range(len(rest)))
    known = prod(length for length in rest if length is not None)
    if len(row) == 1 and rest.count(None) == 1 and row[0] % known == 0:
        return tuple(row[0] // known if length is None else length for length in rest)
    return None
