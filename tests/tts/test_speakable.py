from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.tts.speakable import speakable


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Call 911 now.", "Call 9 1 1 now."),
        ("Call 112, or 999.", "Call 1 1 2, or 9 9 9."),
        ("Ring 0800 12 34 567.", "Ring 0 8 0 0, 1 2, 3 4, 5 6 7."),
        ("Ring 01234-567-890!", "Ring 0 1 2 3 4, 5 6 7, 8 9 0!"),
        ("Ring +44 20 7946 0000.", "Ring + 4 4, 2 0, 7 9 4 6, 0 0 0 0."),
        ("Hold for 20 seconds.", "Hold for 20 seconds."),
        ("Hold for 10-15 seconds.", "Hold for 10-15 seconds."),
        ("3, 2, 1.", "3, 2, 1."),
        ("About 2.5 litres, 1,000 times, at 12:30.", "About 2.5 litres, 1,000 times, at 12:30."),
        ("Hold\x00it.", "Hold it."),
        ("  Push\n your  heel away. ", "Push your heel away."),
    ],
)
def test_what_the_engine_gets(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


@given(st.from_regex(r"[0-9]{3,15}", fullmatch=True))
def test_no_digit_of_a_number_is_lost(number: str) -> None:
    assert speakable(f"Call {number} now") == f"Call {' '.join(number)} now"


@given(st.text())
def test_words_are_left_as_they_are(text: str) -> None:
    unspaced = "".join(text.split())
    assert [c for c in speakable(text) if c.isalpha()] == [c for c in unspaced if c.isalpha()]
