"""What the running request belongs to."""

from datetime import date, datetime

from flask import current_app

from zelfscan.installation import Installation


def installation() -> Installation:
    """The installation that the running application serves."""
    opened: Installation = current_app.extensions["zelfscan"]
    return opened


def today() -> date:
    """The day of now, on the server's clock."""
    return date.today()


def now() -> datetime:
    """This moment, on the server's clock."""
    return datetime.now()
