"""Text as the speech engine must get it, so that it says what is meant."""

from __future__ import annotations

import re

_NUMBER = re.compile(
    r"""
    (?<![\d.,:])                      # not inside 1,000 or 2.5 or 12:30
    \+?\d+ (?:[ \u00a0/-]\d+)*        # groups of digits
    (?![\d]|[.,:]\d)
    """,
    re.VERBOSE,
)

DIGITS_OF_A_PHONE_NUMBER = 3
"""A group of so many digits, or one that begins with 0 or +, makes a phone number of it. Durations and counts
in spoken texts have one or two digits; longer ones are written out in words."""


def speakable(text: str) -> str:
    """`text` with white space (and whatever cannot be printed) made single spaces, and phone numbers spelt
    digit by digit, group by group.

    >>> speakable("Call 911 after 20 seconds, or 0800 12 34.")
    'Call 9 1 1 after 20 seconds, or 0 8 0 0, 1 2, 3 4.'
    """
    printable = "".join(character if character.isprintable() else " " for character in text)
    return _NUMBER.sub(_spelt, " ".join(printable.split()))


def _spelt(found: re.Match[str]) -> str:
    number = found.group()
    groups = re.findall(r"\d+", number)
    if not number.startswith("+") and not any(
        len(group) >= DIGITS_OF_A_PHONE_NUMBER or (group.startswith("0") and len(group) > 1) for group in groups
    ):
        return number
    spelt = ", ".join(" ".join(group) for group in groups)
    return f"+ {spelt}" if number.startswith("+") else spelt
