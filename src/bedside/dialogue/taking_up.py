"""After a power cut or a crash: what is taken up again, what is asked about, and what is left in silence.

An alert that nobody has answered begins again, and so does a question whose silence is one. A routine is asked about if
it is not long ago; no hold begins by itself. Anything later would only wake somebody.
"""

from __future__ import annotations

from bedside.dialogue import talks
from bedside.dialogue.cast import Cast
from bedside.dialogue.kept import Kept, KeptAlert, KeptSession, alert_of_kept, night_of, session_of
from bedside.dialogue.routine import Routine
from bedside.dialogue.scene import LeftCramp

SOON = 300.0
"""Seconds within which she may still be where she was."""

UNANSWERED = 12 * 3600.0
"""Seconds for which an alert that nobody has answered begins again."""

STILL_ON = 3600.0
"""Seconds within which what lay on the leg may still lie there."""


class TakingUp:
    """Takes up what was kept, once, before anything else has happened."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._stage = cast.stage
        self._scene = cast.stage.scene

    def __call__(self, kept: Kept, away: float | None) -> float | None:
        """away: seconds since it was kept; None where no clock tells. Gives when somebody was last understood."""
        scene = self._scene
        self._stage.end("taken_up")
        later = scene.now - kept.at - (away or 0.0)
        heard = kept.heard + later if kept.heard is not None else None
        # No clot and no blood thinner ends with a power cut.
        scene.night.risks = kept.night.risks
        same_night = heard is not None and scene.now - heard <= scene.settings.new_night
        alert = kept.alert if kept.alert is not None and self._is_open(kept.alert, away) else None
        if same_night or alert is not None:
            scene.night = night_of(kept.night, later)
        if alert is not None:
            self._cast.alarm.take_up(alert_of_kept(alert))
        elif same_night and kept.session is not None:
            self._session(kept.session, away, later)
        return heard if same_night else None

    def _is_open(self, alert: KeptAlert, away: float | None) -> bool:
        """Whether nobody has answered it, for all that is known. Who was on the phone long ago has been helped."""
        if alert.calling:
            return away is not None and away <= self._scene.settings.attend
        return not alert.done and (away is None or away <= UNANSWERED)

    def _session(self, kept: KeptSession, away: float | None, later: float) -> None:
        scene, stage, walk = self._scene, self._stage, self._cast.walk
        routine = scene.library.routines.get(kept.routine or "")
        session = session_of(kept, later)
        if kept.asks or kept.activity == "swelling":
            scene.session = session
            if routine is not None and routine.answer:
                walk.go(routine.id, "taken_up")
            elif kept.activity == "help":
                stage.open_session("help")
                stage.run(talks.help_question(scene), "help", "taken_up")
            else:
                stage.open_session("leg-questions")
                walk.swelling("taken_up")
        elif away is not None and away <= SOON and routine is not None and not routine.answer:
            scene.session = session
            # Out of bed she may be anywhere by now: it begins with getting up.
            session.routine, session.index = routine, 0 if kept.up else _from(routine, kept.index)
            stage.open_session(routine.id)
            self._cast.controls.waits_with("step")
            stage.run(talks.taken_up(scene, routine), "paused", "taken_up")
        else:
            self._leave(kept, away, later)

    def _leave(self, kept: KeptSession, away: float | None, later: float) -> None:
        """Say nothing of it; only what lies on the leg is named. A cramp that was on is the same one for a while."""
        scene = self._scene
        if kept.cramp_since is not None and kept.eased_at is None:
            left = scene.now - (away or 0.0)
            scene.night.left = LeftCramp(kept.cramp_since + later, left, kept.legs_asked)
        if kept.laid_on and (away is None or away <= STILL_ON):
            self._stage.open_session("take-off")
            line = scene.line(kept.laid_on, "take-off", ["C05", "D7"])
            self._stage.run(talks.instead(line, "end"), "telling", "taken_up")


def _from(routine: Routine, index: int) -> int:
    """Where to go on: she has let go by now, so with what brings her leg into position for the step."""
    index = min(index, len(routine.steps) - 1)
    while index > 0 and (routine.steps[index].kind != "say" or routine.steps[index - 1].kind == "say"):
        index -= 1
    return index
