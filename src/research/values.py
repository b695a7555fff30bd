"""Values that a user writes: YAML as plain data only, and models that never convert in silence."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict

#: Longest value on a command line, and longest file, in characters.
MAX_VALUE_CHARS = 4_000
MAX_FILE_CHARS = 40_000


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


def one_line(text: str) -> str:
    """Check a text that is shown beside others: one line, nothing hidden in it."""
    if not text.isprintable():
        raise ValueError("text without line breaks, control or hidden characters")
    return text


@dataclass(frozen=True, slots=True)
class File:
    """Marks a field that may hold the path of a file, which is known by its ending."""

    endings: tuple[str, ...]


class _PlainLoader(yaml.SafeLoader):
    """The safe loader, without the two parts of YAML that surprise: aliases and repeated keys."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            # A few nested aliases can stand for gigabytes of data.
            raise UnusableValueError("aliases (*name) are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise UnusableValueError(f"the same key twice: {', '.join(twice)}")
        return super().construct_mapping(node, deep=deep)


def parse_yaml(text: str, *, limit: int = MAX_VALUE_CHARS) -> Any:
    """Read one YAML value, such as ``[0, 5]``, as plain data.

    A text that is too long, not YAML, names a Python object, uses aliases or repeats a key is an
    `UnusableValueError`.
    """
    if len(text) > limit:
        raise UnusableValueError(f"{len(text)} characters, more than {limit}")
    try:
        # A subclass of SafeLoader: tags that make Python objects are errors.
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506
    except UnusableValueError:
        raise
    except (yaml.YAMLError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError,
            RecursionError) as error:  # fmt: skip
        # A day such as 2026-99-99, a key that is a list, a tag that forces a type on a text.
        problem = getattr(error, "problem", None) or error
        raise UnusableValueError(f"not plain YAML: {problem}") from error


def read_yaml(file: Path, *, limit: int = MAX_FILE_CHARS) -> Any:
    """Read a YAML file of a user as plain data: a regular file of at most ``limit`` characters.

    One that is none, too long, not UTF-8 or not plain YAML (as `parse_yaml`) is an
    `UnusableValueError`; one that the system cannot read is an `OSError`.
    """
    if file.exists() and not file.is_file():
        raise UnusableValueError("not a regular file")
    try:
        text = file.read_text(encoding="utf-8")
    except ValueError as error:
        raise UnusableValueError(f"not UTF-8 text: {error}") from error
    return parse_yaml(text, limit=limit)


def brief(value: object, limit: int = 80) -> str:
    """Show a value in a message: its Python form, cut to ``limit`` characters."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."


def shown(value: object, limit: int = 80) -> str:
    """Show a value in a message as `brief`, with its type."""
    return f"{brief(value, limit)} ({type(value).__name__})"
