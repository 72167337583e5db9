"""What pages that take a personal code share."""

from flask_babel import gettext

from zelfscan.privacy.code import CodeTypo


def typo_message(typo: CodeTypo) -> str:
    """What is wrong with a mistyped code, and what to do; it never repeats the code."""
    return gettext(
        "There is a typing mistake in this code. "
        "A code has seven groups of three letters. Type it again, group by group."
    )
