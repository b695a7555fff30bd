"""A figure of a notebook with all that a report needs: picture, title, words, data, source."""

from __future__ import annotations

import base64
import io
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageChops, ImageStat

from research.errors import Fault, InputError, raise_if
from research.words import plain, signed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas

#: Mime types: of what the picture cannot say; of the picture, and that for a phone, by its format.
MIME = "application/vnd.research.figure+json"
WIDE, NARROW = "image/{}", "image/vnd.research.narrow+{}"

#: Pixels per inch of the stored pictures: sharp on a screen, small in a report.
DPI = 120

# A plot has few colours: a palette makes it three times smaller without a visible difference. The
# smaller one is taken where colours move by less than this on average, of 255; heat maps need all.
_FEW_COLOURS, _MANY_COLOURS, _LARGEST_SHIFT = 128, 256, 0.6


def wanted() -> str:
    """Say what cells show: ``all``, pictures ``bare`` of title and source, or ``findings`` alone.

    ``RESEARCH_OUTPUTS`` asks for it; reports, whose pages say title and source, want bare ones.
    """
    return os.environ.get("RESEARCH_OUTPUTS", "all")


@dataclass(frozen=True, slots=True)
class Pictures:
    """A chart in base64, wide and ``narrow``; ``rows`` of pixels part title and source.

    PNG, which every reader of notebooks shows, or WebP, bare as pages take it.
    """

    wide: str = ""
    narrow: str = ""
    rows: tuple[int, ...] = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        form = "png" if self.rows else "webp"
        return {WIDE.format(form): self.wide, NARROW.format(form): self.narrow} if self.wide else {}


@dataclass(frozen=True, eq=False, slots=True)
class Figure:
    """A chart, or another figure of matplotlib, that a cell shows, with what it cannot say.

    ``name`` is for anchors and file names, ``title`` the finding in one sentence, ``alt`` what a
    reader who cannot see it needs, ``data`` the numbers drawn with units in the column names. The
    data travel beside the picture, so that a comparison of outputs sees a changed figure.
    """

    name: str
    title: str
    alt: str
    source: str
    data: pd.DataFrame
    canvas: Canvas | Pictures

    def __post_init__(self) -> None:
        """Refuse a figure that a report could not describe."""
        lost = [field for field in ("title", "alt", "source") if not getattr(self, field).strip()]
        faults = [Fault(f"figure {self.name!r}", f"a text for {field}", "none") for field in lost]
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.name):
            faults.append(Fault("figure name", "lower-case letters, digits, '-'", repr(self.name)))
        if self.data.empty:
            faults.append(Fault(f"figure {self.name!r}", "the data drawn", "an empty table"))
        raise_if(InputError, "A figure needs a name, a title, alt text, a source and data.", faults)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        told = {"text/plain": f"Figure {self.name}: {self.alt}"}
        if wanted() == "findings":
            return told
        words: dict[str, Any] = {
            name: getattr(self, name) for name in ("name", "title", "alt", "source")
        }
        bundle: dict[str, Any]
        if isinstance(self.canvas, Pictures):
            bundle = self.canvas._repr_mimebundle_()
            words |= {"rows": [*self.canvas.rows]} if self.canvas.rows else {}
        else:
            bundle = {"image/png": base64.b64encode(packed(self.canvas)).decode()}
        words["csv"] = self.data.to_csv(index=False, float_format="%.4f", lineterminator="\n")
        return bundle | told | {MIME: words}


def drawings(data: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Give the pictures of an output, without title and source: a wide and a narrow one.

    A picture that was drawn by other means than the charts of this package is both, as it is.
    """
    form = "webp" if WIDE.format("webp") in data else "png"
    kinds = WIDE.format(form), NARROW.format(form)
    wide, narrow = (base64.b64decode("".join(data.get(kind, ""))) for kind in kinds)
    if rows := data.get(MIME, {}).get("rows"):
        with Image.open(io.BytesIO(wide)) as whole:
            wide = _written(whole.crop((0, rows[0], whole.width, rows[1])), "png")
    return wide, narrow or wide


def packed(canvas: Canvas, form: str = "png") -> bytes:
    """Draw a canvas as PNG or WebP, in few colours, with no version or date inside."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas.set_dpi(DPI)
    agg: Any = FigureCanvasAgg(canvas)
    with warnings.catch_warnings():
        # Long names leave a narrow chart little room; they are laid out anew next.
        warnings.filterwarnings("ignore", "constrained_layout not applied")
        # A sign that the font lacks (Japanese, emoji) is a box; words and data keep it.
        warnings.filterwarnings("ignore", "Glyph")
        agg.draw()  # Once; savefig draws twice.
    picture = Image.fromarray(np.asarray(agg.buffer_rgba()))
    return _written(_with_palette(picture.convert("RGB")), form)


def rewritten(given: bytes, form: str) -> bytes:
    """Write a picture of ours as PNG or WebP, if it is in another format; no pixel changes."""
    with Image.open(io.BytesIO(given)) as picture:
        return given if picture.format == form.upper() else _written(picture, form)


def _written(picture: Image.Image, form: str) -> bytes:
    written = io.BytesIO()
    if form == "webp":  # A fifth smaller than PNG.
        picture.convert("RGB").save(written, "WEBP", lossless=True, method=2, quality=76)
    else:
        few = picture if picture.mode == "P" else _many_colours(picture.convert("RGB"))
        # The last level takes nearly three times as long for one per cent fewer bytes.
        few.save(written, "PNG", compress_level=8, dpi=(DPI, DPI))
    return written.getvalue()


def _with_palette(picture: Image.Image) -> Image.Image:
    """Put a picture on the smaller palette that does not change how it looks."""
    # A small mark keeps its colour here; by frequency alone an orange square turned brown.
    few = picture.quantize(_FEW_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.putpalette([255 if part == 254 else part for part in few.getpalette() or ()])  # white
    shift = ImageStat.Stat(ImageChops.difference(picture, few.convert("RGB"))).mean
    if max(shift) < _LARGEST_SHIFT:
        return few
    return _many_colours(picture)


def _many_colours(picture: Image.Image) -> Image.Image:
    return picture.quantize(_MANY_COLOURS, dither=Image.Dither.NONE)


def read_out(
    head: str, data: pd.DataFrame, *, label: str | Sequence[str], value: str,
    interval: tuple[str, str] | None = None, digits: int = 1, signs: bool = True, most: int = 30,
) -> str:  # fmt: skip
    """Read rows of a figure's data out: ``head label value (low to high); ...``.

    ``head`` says what is drawn, with the unit; ``label``, ``value`` and ``interval`` are columns:
    names of a row, its number, the ends of its interval. Of more rows than ``most``, evenly spaced
    ones are read. Changes have ``signs``, amounts have none.
    """
    write = signed if signs else plain
    rows = data.iloc[:: max(1, -(-len(data) // most))]
    named = [label] if isinstance(label, str) else list(label)
    read = []
    for row in rows.to_dict("records"):
        text = f"{', '.join(str(row[name]) for name in named)}: {write(row[value], digits)}"
        if interval and row[interval[0]] < row[interval[1]]:
            low, high = (write(row[end], digits) for end in interval)
            text += f" ({low} to {high})"
        read.append(text)
    return f"{head} {'; '.join(read)}."
