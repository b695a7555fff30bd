import pytest

from research.values import MAX_VALUE_CHARS, UnusableValueError, parse_yaml, read_yaml, shown


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
        ("[" * 3000, "not plain YAML"),
        ("x" * (MAX_VALUE_CHARS + 1), "more than"),
        ("[1, 2", "not plain YAML"),
        ("a: b: c", "not plain YAML"),
        ("\x00", "not plain YAML"),
        ("{[a]: 1}", "unhashable"),
        ("2025-13-99", "month"),
        ("!!int ''", "not plain YAML"),
        ("!!bool x", "not plain YAML"),
        ("!!timestamp soon", "not plain YAML"),
    ],
)
def test_what_is_not_plain_data_is_refused(text, why):
    with pytest.raises(UnusableValueError, match=why):
        parse_yaml(text)


def test_a_long_value_is_cut_in_messages():
    assert shown("x" * 1000) == f"'{'x' * 79}... (str)"


def test_a_path_that_no_file_can_have_is_refused(tmp_path):
    with pytest.raises(UnusableValueError, match="null byte"):
        read_yaml(tmp_path / "a\0.yaml")
