"""Values that a user writes: YAML as plain data only, and models that never convert in silence."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict

#: Longest value on a command line, and longest file, in characters.
MAX_VALUE_CHARS = 4_000
MAX_FILE_CHARS = 40_000

# Past this depth the YAML reader would run into Python's recursion limit.
_MAX_DEPTH = 20

# Python refuses to print whole numbers of more than 4,300 digits.
_MAX_DIGITS = 4_000
_TOO_LONG = "a whole number of thousands of digits"


class UnusableValueError(ValueError):
    """A text is not plain YAML data; the message says why."""


class Parameters(BaseModel):
    """What all parameter models share: no unknown name, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def each_once(noun: str) -> AfterValidator:
    """Give the check of a list in which nothing may come twice."""

    def check(names: list[str]) -> list[str]:
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"each {noun} once, not twice: {', '.join(twice)}")
        return names

    return AfterValidator(check)


@dataclass(frozen=True, slots=True)
class File:
    """Marks a field that may hold the path of a file, which is known by its ending."""

    endings: tuple[str, ...]


class _PlainLoader(yaml.SafeLoader):
    """The safe loader, without the two parts of YAML that surprise: aliases and repeated keys."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            # A few nested aliases can stand for gigabytes of data.
            raise UnusableValueError("aliases (*name) are not allowed")
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnusableValueError(f"nested deeper than {_MAX_DEPTH} levels")
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise UnusableValueError(f"the same key twice: {', '.join(twice)}")
        return super().construct_mapping(node, deep=deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ArithmeticError, AttributeError, LookupError) as error:
            # What the reader of a type raises where a tag forces a text on it, such as !!bool x.
            kind = node.tag.rpartition(":")[2]
            raise UnusableValueError(f"not plain YAML: no {kind} in {_line(node)}") from error

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        number = super().construct_yaml_int(node) if len(node.value) <= _MAX_DIGITS else None
        if number is None or abs(number) >= 10**_MAX_DIGITS:
            raise UnusableValueError(f"{_TOO_LONG} in {_line(node)}")
        return int(number)


_PlainLoader.add_constructor("tag:yaml.org,2002:int", _PlainLoader.construct_yaml_int)


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


def parse_yaml(text: str, *, limit: int = MAX_VALUE_CHARS) -> Any:
    """Read one YAML value, such as ``[0, 5]``, as plain data.

    Raises
    ------
    UnusableValueError
        If the text is too long, not YAML, names a Python object, uses aliases, repeats a key or
        is nested too deeply.
    """
    if len(text) > limit:
        raise UnusableValueError(f"{len(text)} characters, more than {limit}")
    try:
        # A subclass of SafeLoader: tags that make Python objects are errors.
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error)
        raise UnusableValueError(f"not plain YAML: {problem}") from error
    except UnusableValueError:
        raise
    except (ValueError, TypeError, ArithmeticError) as error:
        # A day such as 2026-99-99, a key that is a list, a character beyond Unicode.
        raise UnusableValueError(f"not plain YAML: {error}") from error


def read_yaml(file: Path, *, limit: int = MAX_FILE_CHARS) -> Any:
    """Read a YAML file of a user as plain data: a regular file of at most ``limit`` characters.

    Raises
    ------
    UnusableValueError
        If it is no regular file, too long, not UTF-8, or not plain YAML (as `parse_yaml`).
    OSError
        If the system cannot open or read it.
    """
    try:
        # Without waiting: to open a pipe that nobody writes to would hang.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise UnusableValueError("not a regular file")
            content = stream.read(4 * limit + 1)
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(content) > 4 * limit:
            raise UnusableValueError(f"more than {limit} characters") from error
        found = f"byte {error.object[error.start]:#04x}"
        raise UnusableValueError(f"not UTF-8 text: {found}") from error
    except UnusableValueError:
        raise
    except ValueError as error:
        raise UnusableValueError("a path that no file can have") from error
    if len(text) > limit:
        raise UnusableValueError(f"more than {limit} characters")
    return parse_yaml(text.replace("\r\n", "\n"), limit=limit)


def brief(value: object, limit: int = 80) -> str:
    """Show a value in a message: its Python form, cut to ``limit`` characters."""
    try:
        text = repr(value)
    except ValueError:
        return _TOO_LONG
    return text if len(text) <= limit else f"{text[:limit]}..."


def shown(value: object, limit: int = 80) -> str:
    """Show a value in a message as `brief`, with its type."""
    return f"{brief(value, limit)} ({type(value).__name__})"
