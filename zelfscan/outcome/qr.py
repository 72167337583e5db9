"""A QR code that leads back to the outcome; the code rides in the fragment, which browsers send to nobody."""

import segno


def code_address(base_url: str, code: str) -> str:
    """Address of the return page with the code in its fragment."""
    return f"{base_url}/mijn#{code}"


MASK = 3
"""Fixed: to try all eight patterns, as segno does by itself, takes five times as long."""


def qr_svg(address: str) -> str:
    """The QR as an SVG data address, for the `src` of an image."""
    return str(segno.make(address, error="m", mask=MASK).svg_data_uri(scale=5, border=2))
