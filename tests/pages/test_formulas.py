"""LaTeX as MathML."""

from xml.etree import ElementTree

import pytest

from research.report.pages.prose import Labels, mathml, to_html


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
        (r"\foo{x} + \bar{x} & y", r"ValueError \foo, &"),
        ("a^", "MissingSuperScript"),
        (r"\sqrt", "NoAvailableTokens"),
        ("a}", "ValueError }"),
        ("x_1_2", "DoubleSubscripts"),
    ],
)
def test_a_formula_that_cannot_be_read_is_named(latex, told):
    labels = Labels()
    to_html(f"## The ${latex}$\n", labels, "cell 1")
    (fault,) = labels.faults
    assert (fault.where, fault.found[: len(latex) + 3]) == ("cell 1", f"${latex}$:")
    assert told in fault.found


def test_markup_in_a_formula_stays_text():
    text = mathml(r"\text{<img src=x onerror=alert(1)>}", display=False)
    assert "<img" not in text
    assert "&lt;img" in text
