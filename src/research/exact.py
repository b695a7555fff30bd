"""Values as JSON and back: exact to the last bit, and no two values alike."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pkgutil import resolve_name
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel


def plain(x: Any) -> Any:
    """Write a value as plain JSON values; a type that is not known is a `TypeError`.

    Known are numbers, texts, None, lists, tuples, dicts, dates, arrays of NumPy and what pandas
    makes of them, frozen dataclasses of the package, and its pydantic models (only written).
    Subclasses are not: what they add would be lost.
    """
    kind = type(x)
    if x is None or kind in (bool, int, float, str):
        return x
    if kind in _KINDS:
        tag, parts = kind.__name__, _KINDS[kind][0](x)
    elif is_dataclass(kind) and getattr(kind, "__dataclass_params__").frozen:  # noqa: B009
        tag, parts = _name(kind), [{one.name: getattr(x, one.name) for one in fields(x)}]
    elif isinstance(x, BaseModel):
        beside = (x.__pydantic_extra__, x.__pydantic_private__, sorted(x.model_fields_set))
        tag, parts = "model", [_name(kind), x.__dict__, *beside]
    else:
        raise TypeError(f"A {kind.__name__} cannot be kept.")
    return [tag, *map(plain, parts)]


def value(written: Any) -> Any:
    """Read what `plain` wrote."""
    if not isinstance(written, list):
        return written
    tag, parts = written[0], map(value, written[1:])
    if ":" in tag:
        made = object.__new__(resolve_name(tag))
        for name, one in next(parts).items():
            object.__setattr__(made, name, one)
        return made
    if tag == "model":
        raise TypeError(f"A {next(parts)} cannot be read back.")
    return _READERS[tag](*parts)


def _name(kind: type) -> str:
    if not kind.__module__.startswith("research.") or "<locals>" in kind.__qualname__:
        raise TypeError(f"A {kind.__qualname__} is none of the package, and cannot be kept.")
    return f"{kind.__module__}:{kind.__qualname__}"


def _array_parts(x: np.ndarray) -> Iterable[Any]:
    if x.dtype.kind not in "biufcmMSU":
        raise TypeError(f"An array of {x.dtype} cannot be kept.")
    return [x.shape, x.dtype.str, base64.b64encode(x.tobytes()).decode()]


def _index_parts(x: Any) -> Iterable[Any]:
    every = getattr(x, "freqstr", None)
    if every and pd.tseries.frequencies.to_offset(every) != x.freq:
        raise TypeError(f"The frequency {every} cannot be kept.")
    return [_values(x), x.name, every]


def _index(values: Any, name: Any, every: str | None) -> Any:
    index: Any = pd.Index(values, dtype=values.dtype, name=name)
    if every:
        index.freq = every
    return index


def _values(x: Any) -> Any:
    return x.to_numpy() if isinstance(x.dtype, np.dtype) else x.array


def _series(values: Any, index: Any = None, name: Any = None, attrs: Any = None) -> pd.Series:
    series = pd.Series(values, index, values.dtype, name)
    series.attrs = attrs or {}
    return series


def _columns(x: pd.DataFrame) -> Any:
    """Give the values of all columns at once where they are of one type of NumPy."""
    kind, *others = set(x.dtypes) or {None}
    if isinstance(kind, np.dtype) and not others:
        return x.to_numpy()
    return [_values(x.iloc[:, n]) for n in range(x.shape[1])]


def _frame(columns: Any, names: pd.Index, index: pd.Index, attrs: Any) -> pd.DataFrame:
    if isinstance(columns, list):
        columns = {place: _series(values) for place, values in enumerate(columns)}
    frame = pd.DataFrame(columns, range(len(index))).set_axis(index).set_axis(names, axis=1)
    frame.attrs = attrs
    return frame


def _text_parts(x: Any) -> Iterable[Any]:
    return [x.dtype.na_value is pd.NA, x.to_numpy(object, na_value=None).tolist()]


def _zoned_parts(x: Any) -> Iterable[Any]:
    if x.dtype != f"datetime64[{x.unit}, {x.tz}]":
        raise TypeError(f"The zone {x.tz} cannot be kept.")
    return [x.tz_convert(None).to_numpy(), str(x.tz)]


# How a value is taken apart, and put together again.
_PLAIN_INDEX = (_index_parts, _index)
_KINDS: Mapping[type, tuple[Callable[[Any], Iterable[Any]], Callable[..., Any]]] = {
    list: (list, lambda *x: [*x]),
    tuple: (list, lambda *x: x),
    dict: (lambda x: [[*x], [*x.values()]], lambda *x: dict(zip(*x, strict=True))),
    date: (lambda x: [x.isoformat()], date.fromisoformat),
    np.float64: (lambda x: [float(x)], np.float64),
    pd.Timestamp: (lambda x: [pd.DatetimeIndex([x])], lambda x: x[0]),
    np.ndarray: (
        _array_parts,
        lambda shape, dtype, x: np.ndarray(shape, dtype, base64.b64decode(x)).copy(),
    ),
    pd.arrays.ArrowStringArray: (
        _text_parts,
        lambda is_na, x: pd.array(x, pd.StringDtype("pyarrow", pd.NA if is_na else np.nan)),
    ),
    pd.arrays.DatetimeArray: (
        _zoned_parts,
        lambda x, zone: pd.DatetimeIndex(x).tz_localize("UTC").tz_convert(zone).array,
    ),
    pd.Index: _PLAIN_INDEX,
    pd.DatetimeIndex: _PLAIN_INDEX,
    pd.RangeIndex: (
        lambda x: [x.start, x.stop, x.step, x.name],
        lambda *x: pd.RangeIndex(*x[:3], name=x[3]),
    ),
    pd.MultiIndex: (
        lambda x: [[*x.levels], [*map(np.array, x.codes)], [*x.names]],
        lambda levels, codes, names: pd.MultiIndex(levels, codes, names=names),
    ),
    pd.Series: (lambda x: [_values(x), x.index, x.name, x.attrs], _series),
    pd.DataFrame: (lambda x: [_columns(x), x.columns, x.index, x.attrs], _frame),
}
_READERS = {kind.__name__: together for kind, (_, together) in _KINDS.items()}
