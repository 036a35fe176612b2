"""What was expected and what was found, in the words of a message about configuration."""

from __future__ import annotations

from pydantic_core import ErrorDetails

_EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "frozen_set_type": "a list",
    "set_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "none_required": "nothing",
    "date_type": "a date such as 2025-12-31",
    "date_parsing": "a date such as 2025-12-31",
    "date_from_datetime_parsing": "a date such as 2025-12-31",
    "literal_error": "one of {expected}",
    "enum": "one of {expected}",
    "union_tag_invalid": "one of {expected_tags}",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "string_too_short": "text of at least {min_length} character(s)",
    "string_too_long": "text of at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "too_short": "at least {min_length} item(s)",
    "too_long": "at most {max_length} item(s)",
    "value_error": "{error}",
}


def expected_words(detail: ErrorDetails) -> str:
    """What a model expected where it found something else."""
    template = _EXPECTED.get(detail["type"])
    if template is None:
        return detail["msg"].removeprefix("Input should be ").rstrip(".")
    return template.format(**detail.get("ctx", {}))


def allowed_values(detail: ErrorDetails) -> list[str]:
    """The values that a closed list allows."""
    context = detail.get("ctx", {})
    listed = str(context.get("expected", context.get("expected_tags", "")))
    return listed.split("'")[1::2]


def found_words(value: object) -> str:
    """A value as a message shows it, cut where it is long."""
    if isinstance(value, dict):
        keys = ", ".join(value)
        return f"the keys {keys}" if len(keys) <= 60 else f"{len(value)} keys"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
