"""Which dollars are mathematics, and LaTeX as MathML."""

from xml.etree import ElementTree

import pytest

from research.report.pages.formulas import is_formula, mathml
from research.report.pages.prose import RenderError


@pytest.mark.parametrize(
    "content",
    [r"\beta_i", "p", "0.05", r"5\%", "x = 3", "n", "AR_{it}", "36", "2x", "t>1", r" \alpha "],
)
def test_mathematics(content):
    assert is_formula(content)


@pytest.mark.parametrize(
    "content",
    [
        "550bn, or ",
        "550bn of investment (US",
        "36bn",
        "36 billion against US",
        "1.5 trillion_or_so",
        "5 a share, not",
        "20-year bond at US",
        " and a ",
        "",
        " ",
    ],
)
def test_money_and_words(content):
    assert not is_formula(content)


@pytest.mark.parametrize("display", [True, False])
def test_formula_keeps_its_latex(display):
    latex = r"\frac{\bar{AR}}{s/\sqrt{n}} < 1.96"
    math = ElementTree.fromstring(mathml(latex, display=display))
    assert math.get("alttext") == latex
    assert math.get("display") == ("block" if display else "inline")
    assert len(next(math.iter("mfrac"))) == 2
    assert "http" not in mathml(latex, display=display)


def test_aligned_lines_become_a_table():
    math = mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)
    assert math.count("<mtr>") == 2


@pytest.mark.parametrize(
    ("latex", "told"),
    [
        (r"\foo{x}", r"unknown command '\\foo'"),
        (r"\frac{a", "an argument is missing in <mfrac>"),
        ("a^", "MissingSuperScript"),
        (r"\sqrt", "NoAvailableTokens"),
        (r"\begin{flow} a \end{flow}", "unknown environment 'flow'"),
        ("a & b", "a '&' with no partner"),
        ("a}", "a '}' with no partner"),
        (r"a \\ b", "line break"),
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
