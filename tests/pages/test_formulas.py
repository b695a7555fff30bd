"""LaTeX as MathML."""

from xml.etree import ElementTree

import pytest

from research.report.pages.prose import RenderError, mathml


@pytest.mark.parametrize("display", [True, False])
def test_formula_keeps_its_latex(display):
    latex = r"\frac{\bar{AR}}{s/\sqrt{n}} < 1.96"
    math = ElementTree.fromstring(mathml(latex, display=display))
    assert math.get("alttext") == latex
    assert math.get("display") == ("block" if display else "inline")
    assert len(next(math.iter("mfrac"))) == 2
    assert "http" not in mathml(latex, display=display)


@pytest.mark.parametrize(
    ("latex", "told"),
    [
        (r"\foo{x}", r"found '\\foo'"),
        ("a^", "MissingSuperScript"),
        (r"\sqrt", "NoAvailableTokens"),
        ("a & b", "found '&'"),
        ("a}", "found '}'"),
        ("x_1_2", "DoubleSubscripts"),
    ],
)
def test_a_formula_that_cannot_be_read_is_named(latex, told):
    with pytest.raises(RenderError) as caught:
        mathml(latex, display=False)
    assert f"${latex}$" in str(caught.value)
    assert told in str(caught.value)


def test_all_problems_of_a_formula_are_told():
    with pytest.raises(RenderError) as caught:
        mathml(r"\foo + \bar{x} + \baz & y", display=False)
    assert len(caught.value.faults) == 3


def test_markup_in_a_formula_stays_text():
    text = mathml(r"\text{<img src=x onerror=alert(1)>}", display=False)
    assert "<img" not in text
    assert "&lt;img" in text
