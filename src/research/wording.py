"""What a pydantic model asks for, in the words of this project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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
    "too_short": "at least {min_length} values",
    "too_long": "at most {max_length} values",
    "date_type": "a date such as 2025-08-07, without quotes or time of day",
    "string_unicode": "text",
    "extra_forbidden": "a known field",
    "invalid_key": "a name that is text",
    "dict_type": "names with values",
    "model_type": "names with values",
    "value_error": "{error}",
}


def asked_for(detail: ErrorDetails) -> str:
    """Say what a model asks for where a value does not fit.

    Parameters
    ----------
    detail
        One entry of ``ValidationError.errors()``. A fault without words of ours keeps pydantic's.
    """
    words = _ASKED.get(detail["type"])
    return words.format(**detail.get("ctx", {})) if words else detail["msg"]
