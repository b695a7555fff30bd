"""The size that a PNG picture is shown in."""

from __future__ import annotations

import io

from PIL import Image

# Browsers lay out 96 pixels an inch; a figure saved at 200 dpi is shown at its own size, sharp.
_CSS_PIXELS_PER_INCH = 96
_DEFAULT_DPI = 96


def css_size(png: bytes) -> tuple[int, int]:
    """Give width and height in CSS pixels, from the size in pixels and the resolution."""
    with Image.open(io.BytesIO(png)) as picture:
        across, down = picture.info.get("dpi", (_DEFAULT_DPI, _DEFAULT_DPI))
        width, height = picture.size
    return (
        round(width * _CSS_PIXELS_PER_INCH / (across or _DEFAULT_DPI)),
        round(height * _CSS_PIXELS_PER_INCH / (down or _DEFAULT_DPI)),
    )
