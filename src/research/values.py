"""Values that a user writes as YAML: plain data only, never code, never expanded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

#: Longest value on a command line, and longest scenario file, in characters.
MAX_VALUE_CHARS = 4_000
MAX_FILE_CHARS = 40_000

# Past this depth the YAML reader would run into Python's recursion limit.
_MAX_DEPTH = 20

# Python refuses to print whole numbers of more than 4,300 digits.
_MAX_DIGITS = 4_000
_TOO_LONG = "a whole number of thousands of digits"


class UnusableValueError(ValueError):
    """A text is not plain YAML data; the message says why."""


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
    """Read one YAML value as plain data.

    Parameters
    ----------
    text
        What the user wrote, such as ``[0, 5]`` or ``deal_announced``.
    limit
        Longest text taken, in characters.

    Raises
    ------
    UnusableValueError
        If the text is too long, not YAML, names a Python object, or uses aliases.
    """
    if len(text) > limit:
        raise UnusableValueError(f"{len(text)} characters, more than {limit}")
    try:
        # A subclass of SafeLoader: tags that make Python objects are errors.
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error)
        raise UnusableValueError(f"not plain YAML: {problem}") from error
    except (ValueError, TypeError) as error:
        raise UnusableValueError(str(error)) from error


def read_yaml(file: Path, *, limit: int = MAX_FILE_CHARS) -> Any:
    """Read a YAML file as plain data; of a longer file no more than the limit is read.

    Raises
    ------
    UnusableValueError
        If it is too long, not UTF-8, or not plain YAML (as `parse_yaml`).
    OSError
        If the file cannot be read.
    """
    try:
        with file.open(encoding="utf-8") as stream:
            text = stream.read(limit + 1)
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x}"
        raise UnusableValueError(f"not UTF-8 text: {found}") from error
    except ValueError as error:
        raise UnusableValueError("a path that no file can have") from error
    if len(text) > limit:
        raise UnusableValueError(f"more than {limit} characters")
    return parse_yaml(text, limit=limit)


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
