from __future__ import annotations

import pytest

from bedside.asr.endpoint import End, EndpointSettings, VoiceGate, utterance_end

SETTINGS = EndpointSettings(silence=0.3, settled=0.15, steady=0.8, longest=12.0)


@pytest.mark.parametrize(
    ("begun", "quiet", "unchanged", "known", "model_says", "end"),
    [
        (1.0, 0.29, 1.0, False, False, None),
        (1.0, 0.3, 1.0, False, False, "silence"),
        (1.0, 0.3, 0.3, True, False, "silence"),
        (1.0, 0.5, 0.1, True, False, None),
        (3.0, 0.0, 0.79, True, False, None),
        (3.0, 0.0, 0.8, True, False, "steady"),
        (3.0, 0.0, 5.0, False, False, None),
        (3.0, 0.0, 0.3, True, True, "model"),
        (3.0, 0.0, 0.1, True, True, None),  # somebody goes on in words that it does not know
        (3.0, 0.0, 0.1, False, True, None),
        (12.0, 0.0, 0.1, False, False, "longest"),
    ],
)
def test_rules_of_finality(
    begun: float, quiet: float, unchanged: float, known: bool, model_says: bool, end: End | None
) -> None:
    said = utterance_end(SETTINGS, begun=begun, quiet=quiet, unchanged=unchanged, known=known, model_says=model_says)
    assert said == end


def test_gate_knows_the_span_of_the_voice() -> None:
    gate = VoiceGate()
    for index, voiced in enumerate([False, True, True, False, True, False]):
        gate.hear(voiced, index / 100)
    assert gate.start == pytest.approx(0.01)
    assert gate.last_voiced == pytest.approx(0.05)
    assert gate.voiced == pytest.approx(0.03)


def test_next_utterance_keeps_when_the_last_voice_was() -> None:
    gate = VoiceGate()
    gate.hear(True, 1.0)
    gate.next_utterance()
    assert gate.start is None
    assert gate.voiced == 0.0
    assert gate.last_voiced == pytest.approx(1.01)
