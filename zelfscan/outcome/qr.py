"""A QR code that leads back to the outcome; the code rides in the fragment, which browsers send to nobody."""

import segno


def code_address(base_url: str, code: str) -> str:
    """Address of the return page with the code in its fragment."""
    return f"{base_url}/mijn#{code}"


def qr_svg(address: str) -> str:
    """The QR as an SVG data address, for the `src` of an image."""
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=2))
