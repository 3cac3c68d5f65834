"""What must not be lost when the program ends in the midst: the memory of the night, and what was going on.

A plain record, for `service/state.py` to write down. Absolute times are on the conversation's clock, as `at` is.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bedside.dialogue.alerts import Alert
from bedside.dialogue.cast import Cast
from bedside.dialogue.scene import LeftCramp, Night, Session


class _Record(BaseModel):
    # A later version may know more; what this one does not know is no reason to lose the rest.
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class KeptNight(_Record):
    """As `scene.Night`. left: since when a cramp that may still be on lasts, when it was left, and if the leg questions
    had been put."""

    asked: frozenset[str] = frozenset()
    alarmed: bool = False
    shut: bool = False
    failed: bool = False
    warnings: dict[str, str] = {}
    told: frozenset[str] = frozenset()
    partner_heard: bool = False
    risks: frozenset[str] = frozenset()
    left: tuple[float, float, bool] | None = None


class KeptAlert(_Record):
    """As `alerts.Alert`. done: everything was said that is said without an answer."""

    tier: str
    sign: str
    told: str = ""
    doubtful: bool = False
    calling: bool = False
    partner: bool = False
    hers: bool = False
    signs: frozenset[str] = frozenset()
    done: bool = False
    beneath: KeptAlert | None = None


class KeptSession(_Record):
    """As `scene.Session`, without the answers about the legs: after an interruption they are asked again.

    activity: of the stage. asks: a question is open whose silence is an alert.
    """

    activity: str
    asks: bool = False
    routine: str | None = None
    index: int = 0
    side: str | None = None
    part: str | None = None
    partner: bool = False
    own: str | None = None
    up: bool = False
    cramp_since: float | None = None
    eased_at: float | None = None
    legs_asked: bool = False
    timer: tuple[str, float] = ("", 0.0)
    way_out: str | None = None
    laid_on: str | None = None
    in_question: tuple[str, str] | None = None


class Kept(_Record):
    """All of it. at: when; heard: when somebody was last understood, None if nobody was yet. session: None while
    nothing goes on."""

    at: float
    heard: float | None = None
    night: KeptNight = KeptNight()
    session: KeptSession | None = None
    alert: KeptAlert | None = None

    def same_as(self, other: Kept | None) -> bool:
        """Whether nothing has happened in between."""
        return other is not None and self.model_copy(update={"at": other.at}) == other


def keep(cast: Cast, heard: float | None, now: float) -> Kept:
    """What there is to be kept at the time `now`."""
    alert = cast.alarm.open
    return Kept(
        at=now,
        heard=heard,
        night=_night(cast.stage.scene.night),
        session=None if cast.stage.activity in ("idle", "confirming", "alert") else _session(cast),
        alert=_alert(alert, len(cast.stage.scene.settings.repeats)) if alert is not None else None,
    )


def _night(night: Night) -> KeptNight:
    left = night.left
    return KeptNight(
        asked=frozenset(night.asked),
        alarmed=night.alarmed,
        shut=night.shut,
        failed=night.failed,
        warnings=dict(night.warnings),
        told=frozenset(night.told),
        partner_heard=night.partner_heard,
        risks=night.risks,
        left=(left.since, left.left, left.legs_asked) if left is not None else None,
    )


def _alert(alert: Alert, repeats: int) -> KeptAlert:
    return KeptAlert(
        tier=alert.tier,
        sign=alert.sign,
        told=alert.told,
        doubtful=alert.doubtful,
        calling=alert.calling,
        partner=alert.partner,
        hers=alert.hers,
        signs=frozenset(alert.signs),
        done=alert.tier != "emergency" and alert.repeats >= repeats,
        beneath=_alert(alert.beneath, repeats) if alert.beneath is not None else None,
    )


def _session(cast: Cast) -> KeptSession:
    session = cast.stage.scene.session
    routine, index = session.routine, session.index
    if session.bookmark is not None and cast.doubt.default is None:
        # An answer in between is not what anybody wants to go on with.
        routine, index = session.bookmark.routine, session.bookmark.index
    return KeptSession(
        activity=cast.stage.activity,
        asks=cast.doubt.default is not None,
        routine=routine.id if routine is not None else None,
        index=index,
        side=session.side,
        part=session.part,
        partner=session.partner,
        own=session.own,
        up=session.up,
        cramp_since=session.cramp_since,
        eased_at=session.eased_at,
        legs_asked=session.legs_asked,
        timer=session.timer,
        way_out=session.way_out,
        laid_on=session.laid_on,
        in_question=session.in_question,
    )


def night_of(kept: KeptNight, later: float) -> Night:
    """The night again, on a clock that reads `later` seconds more."""
    left = LeftCramp(kept.left[0] + later, kept.left[1] + later, kept.left[2]) if kept.left is not None else None
    return Night(
        asked=set(kept.asked),
        alarmed=kept.alarmed,
        shut=kept.shut,
        failed=kept.failed,
        warnings=dict(kept.warnings),
        told=set(kept.told),
        partner_heard=kept.partner_heard,
        left=left,
        risks=kept.risks,
    )


def session_of(kept: KeptSession, later: float) -> Session:
    """The session again, without its routine."""
    return Session(
        side=kept.side,
        part=kept.part,
        own=kept.own,
        partner=kept.partner,
        cramp_since=_moved(kept.cramp_since, later),
        eased_at=_moved(kept.eased_at, later),
        legs_asked=kept.legs_asked,
        timer=(kept.timer[0], kept.timer[1] + later),
        way_out=kept.way_out,
        laid_on=kept.laid_on,
        in_question=kept.in_question,
    )


def alert_of_kept(kept: KeptAlert) -> Alert:
    """The alert again, of which nothing has been said yet."""
    return Alert(
        kept.tier,
        kept.sign,
        kept.told,
        kept.doubtful,
        beneath=alert_of_kept(kept.beneath) if kept.beneath is not None else None,
        calling=kept.calling,
        partner=kept.partner,
        hers=kept.hers,
        signs=set(kept.signs),
    )


def _moved(time: float | None, later: float) -> float | None:
    return None if time is None else time + later
