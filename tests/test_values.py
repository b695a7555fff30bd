import pytest

from research.values import (
    MAX_FILE_CHARS,
    MAX_VALUE_CHARS,
    UnusableValueError,
    brief,
    parse_yaml,
    read_yaml,
    shown,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("deal_announced", "deal_announced"),
        ("[-5, 5]", [-5, 5]),
        ("[chip, energy]", ["chip", "energy"]),
        ("1.5", 1.5),
        ("__import__('os').system('id')", "__import__('os').system('id')"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("../../etc/passwd", "../../etc/passwd"),
    ],
)
def test_plain_values_stay_data(text, value):
    assert parse_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!!python/object/apply:os.system [id]", "constructor"),
        ("!!python/name:os.system", "constructor"),
        ("[&a 1, *a]", "aliases"),
        ("{a: 1, a: 2}", "same key twice: a"),
        ("[" * 50 + "]" * 50, "nested"),
        ("[" * 3000, "nested"),
        ("x" * (MAX_VALUE_CHARS + 1), "more than"),
        ("[1, 2", "not plain YAML"),
        ("a: b: c", "not plain YAML"),
        ("\x00", "not plain YAML"),
        ("{[a]: 1}", "unhashable"),
        ("2025-13-99", "month"),
        ("!!int ''", "no int in line 1"),
        ("!!float ''", "no float in line 1"),
        ("[1,\n!!bool x]", "no bool in line 2"),
        ("!!timestamp soon", "no timestamp in line 1"),
        ("1:" * 1300 + "1.5", "no float in line 1"),
    ],
)
def test_what_is_not_plain_data_is_refused(text, why):
    with pytest.raises(UnusableValueError, match=why):
        parse_yaml(text)


def test_a_long_value_is_cut_in_messages():
    assert shown("x" * 1000) == f"'{'x' * 79}... (str)"


@pytest.mark.parametrize(
    "digits", ["1" + "0" * 4000, "-" + "9" * 4001, "9" * 5000, "0x" + "F" * 3900, "0x" + "F" * 9999]
)
@pytest.mark.parametrize("text", ["{}", "[{}]", "a: {}", "? {}", "? [{0}, {0}]"])
def test_a_whole_number_that_python_could_not_print_is_refused_with_its_line(digits, text):
    with pytest.raises(
        UnusableValueError, match=r"^a whole number of thousands of digits in line 2$"
    ):
        parse_yaml("\n" + text.format(digits), limit=MAX_FILE_CHARS)


def test_a_whole_number_of_just_the_most_digits_is_read():
    assert parse_yaml("9" * 4000) == 10**4000 - 1
    assert parse_yaml("0x" + "F" * 3000) == 16**3000 - 1


def test_a_number_that_python_does_not_print_is_described_in_messages():
    assert shown(16**20_000) == "a whole number of thousands of digits (int)"
    assert brief([{"a": 16**20_000}]) == "a whole number of thousands of digits"


def test_a_path_that_no_file_can_have_is_refused(tmp_path):
    with pytest.raises(UnusableValueError, match="a path that no file can have"):
        read_yaml(tmp_path / "a\0.yaml")
