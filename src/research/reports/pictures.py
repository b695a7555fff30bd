"""PNG pictures made small enough for a page that carries them all."""

from __future__ import annotations

import io

from PIL import Image

# Browsers lay out 96 pixels an inch; a figure saved at 200 dpi is shown at its own size, sharp.
_CSS_PIXELS_PER_INCH = 96
_DEFAULT_DPI = 96
_COLOURS = 256


def compact(png: bytes) -> bytes:
    """Reduce a PNG to 256 colours where that makes it smaller.

    A chart has few colours and many shades of their edges; 256 hold both without a visible change.

    Parameters
    ----------
    png
        Bytes of a PNG file. Transparent parts become white.
    """
    with Image.open(io.BytesIO(png)) as picture:
        dpi = picture.info.get("dpi")
        opaque = Image.new("RGB", picture.size, "white")
        layer = picture.convert("RGBA")
        opaque.paste(layer, mask=layer.getchannel("A"))
    few = opaque.quantize(_COLOURS, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True, **({"dpi": dpi} if dpi else {}))
    return min(buffer.getvalue(), png, key=len)


def css_size(png: bytes) -> tuple[int, int]:
    """Give width and height in CSS pixels, from the size in pixels and the resolution."""
    with Image.open(io.BytesIO(png)) as picture:
        across, down = picture.info.get("dpi", (_DEFAULT_DPI, _DEFAULT_DPI))
        width, height = picture.size
    return (
        round(width * _CSS_PIXELS_PER_INCH / (across or _DEFAULT_DPI)),
        round(height * _CSS_PIXELS_PER_INCH / (down or _DEFAULT_DPI)),
    )
