"""What a pydantic model asks for, in the words of this project."""

from collections.abc import Iterable, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from research.errors import Fault, near
from research.values import brief

#: What is asked for, by pydantic's name of the fault; braces hold the limits it gives.
_ASKED = {
    "missing": "a value",
    "string_type": "text",
    "string_too_short": "text of at least {min_length} characters",
    "string_too_long": "text of at most {max_length} characters",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than_equal": "a number of at most {le:g}",
    "less_than": "a number below {lt:g}",
    "greater_than": "a number above {gt:g}",
    "literal_error": "one of {expected}",
    "list_type": "a list",
    "tuple_type": "a list",
    "too_short": "at least {min_length} values",
    "too_long": "at most {max_length} values",
    "date_type": "a date such as 2025-08-07, without quotes or time of day",
    "string_unicode": "text",
    "extra_forbidden": "a known field",
    "invalid_key": "a name that is text",
    "dict_type": "names with values",
    "model_type": "names with values",
    "value_error": "{error}",
    "asked": "{asked}",
}


def asked_for(detail: ErrorDetails) -> str:
    """Say what a model asks for where a value does not fit.

    ``detail`` is one of ``ValidationError.errors()``; without words of ours it keeps pydantic's.
    """
    words = _ASKED.get(detail["type"])
    return words.format(**detail.get("ctx", {})) if words else detail["msg"]


def model_faults(error: ValidationError, where: str, model: type[BaseModel]) -> list[Fault]:
    """Word every fault that ``model`` found in what a user wrote, entries of lists from one.

    A check of ours says more by ``PydanticCustomError("asked", "{asked}", {"asked": ...,
    "todo": ...})``.
    """
    faults = []
    for detail in error.errors():
        *place, last = ("", *detail["loc"])
        asked, todo = asked_for(detail), str(detail.get("ctx", {}).get("todo", ""))
        if detail["type"] == "extra_forbidden":
            known = _fields(model, place)
            asked, todo = f"one of {', '.join(known)}", near(str(last), known)
        found = "nothing" if detail["type"] == "missing" else brief(detail["input"])
        faults.append(Fault(", ".join([where, *_steps(detail["loc"])]), asked, found, todo))
    return faults


def _steps(place: Sequence[str | int]) -> Iterable[str]:
    """Name the steps to a place; a number that follows no name is a name itself."""
    for before, step in zip(("", *place), place, strict=False):
        entry = isinstance(step, int) and isinstance(before, str) and before
        yield f"entry {int(step) + 1}" if entry else str(step)


def _fields(kind: Any, place: Sequence[str | int]) -> list[str]:
    """Name the fields of the model at a place, through lists, dictionaries and optional fields."""
    for step in place:
        if step == "":
            continue
        fields = getattr(kind, "model_fields", None)
        inside = -1 if get_origin(kind) is dict else 0
        kind = fields[step].annotation if fields else get_args(kind)[inside]
        while get_origin(kind) in (Annotated, Union, UnionType):
            kind = get_args(kind)[0]
    return list(kind.model_fields)
