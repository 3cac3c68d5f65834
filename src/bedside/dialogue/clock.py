"""The escalation clock of guidance.md D0 and E4: it runs while a cramp is on, and rests once it has let go."""

from __future__ import annotations

from bedside.dialogue.mention import Mentions
from bedside.dialogue.parts import LET_GO, NOT_EASING
from bedside.dialogue.routine import Routine
from bedside.dialogue.stage import Stage


class Clock:
    """Knows how long the cramp has lasted; its times are kept in the session, and over its end in the night."""

    def __init__(self, stage: Stage, mentions: Mentions) -> None:
        self._stage = stage
        self._scene = stage.scene
        self._mentions = mentions

    def goes_to(self, routine: Routine) -> None:
        """What a routine does to the clock. If the cramp soon comes back, it was the same one. Letting go of a stretch
        that hurts is no cramp, and no end of one."""
        session, now = self._scene.session, self._scene.now
        if routine.id == LET_GO:
            return
        if not routine.relief:
            if session.cramp_since is not None and session.eased_at is None:
                session.eased_at = now
                self._mentions.cramp_over(now)
            return
        left, self._scene.night.left = self._scene.left_cramp, None
        if session.cramp_since is None and left is not None:
            session.cramp_since, session.legs_asked = left.since, left.legs_asked
        gone = session.eased_at is not None and now - session.eased_at > self._scene.settings.comes_back
        if session.cramp_since is None or gone:
            session.cramp_since = now
            session.legs.clear()
            session.legs_asked = session.legs_open = False
            session.gate_opened = None
            self._mentions.cramp_began(now)
        session.eased_at = None
        # Neither stretch has helped: massage and heat are no rescue (guidance.md E4, C07).
        self._scene.night.failed = self._scene.night.failed or routine.id == NOT_EASING

    @property
    def legs_due(self) -> bool:
        """Whether the leg questions are due, in the middle of the stretches."""
        session, settings = self._scene.session, self._scene.settings
        if session.cramp_since is None or session.eased_at is not None or session.legs_asked:
            return False
        return self._scene.now - session.cramp_since >= settings.legs_due

    def too_long(self) -> float | None:
        """When the cramp will have lasted too long."""
        session = self._scene.session
        if session.cramp_since is None or session.eased_at is not None or self._stage.activity == "alert":
            return None
        return session.cramp_since + self._scene.settings.too_long
