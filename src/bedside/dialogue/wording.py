"""Fills the variables of spoken texts: which leg, which number to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bedside.dialogue.library import Library
from bedside.dialogue.routine import Routine, Step
from bedside.dialogue.spoken import Spoken, Wordings

SIDES = (None, "left", "right", "both")


@dataclass(frozen=True)
class PhoneNumbers:
    """Numbers to call as configured ("911", "+44 20 7946 0000"); None while unknown, and then never guessed."""

    emergency: str | None = None
    maternity: str | None = None
    provider: str | None = None
    urgent_line: str | None = None
    crisis_line: str | None = None


@dataclass(frozen=True)
class Wording:
    """Turns texts with variables into what is spoken."""

    spoken: Spoken
    numbers: PhoneNumbers = field(default_factory=PhoneNumbers)

    def fill(
        self,
        text: str,
        side: str | None = None,
        seconds: float = 0.0,
        more: Mapping[str, str] | None = None,
        partner: bool = False,
    ) -> str:
        """`text` with its variables filled. side: left, right, both or None (not known). seconds: of {seconds},
        {minutes} and {hours}.

        more: further variables, whose values may use the others. partner: it speaks of her to the partner.
        """
        legs = self.spoken.her_legs if partner else self.spoken.legs
        leg = {"left": legs.left, "right": legs.right, "both": legs.both}.get(side or "", legs.none)
        values = {
            "leg": leg,
            "Leg": leg[:1].upper() + leg[1:],
            "seconds": f"{seconds:g}",
            "minutes": f"{max(1, round(seconds / 60))}",
            "hours": f"{max(1, round(seconds / 3600))}",
            **self._numbers(),
        }
        filled = {name: value.format(**values) for name, value in (more or {}).items()}
        return text.format(**values, **filled)

    def _numbers(self) -> Mapping[str, str]:
        unknown = self.spoken.numbers.model_dump()
        values = {name: self.digits(getattr(self.numbers, name) or "") or unknown[name] for name in unknown}
        for name in unknown:
            known = getattr(self.numbers, name) is not None
            values[f"{name}_twice"] = self.spoken.twice.format(number=values[name]) if known else values[name]
        return values

    def digits(self, number: str) -> str:
        """A telephone number so that it is read digit by digit, with a breath between its groups."""
        groups = (
            number.replace("+", f" {self.spoken.plus} ").replace("-", " ").replace("(", " ").replace(")", " ").split()
        )
        return ", ".join(group if group == self.spoken.plus else " ".join(group) for group in groups)


def sign_group(spoken: Spoken, sign: str) -> set[str]:
    """The groups of spoken.yaml that a danger sign belongs to."""
    return {group for group, signs in spoken.alert.groups.items() if sign in signs}


def alert_variables(spoken: Spoken, sign: str, told: str, partner: bool = False) -> dict[str, str]:
    """{tell} and {position} for a danger sign. told: the sign that was told, where `sign` is what it makes together
    with another; how to lie goes by what was told."""
    return {
        "tell": by_group(spoken.alert.tell, sign_group(spoken, sign)).text(partner),
        "position": position_of(spoken, sign, told).text(partner),
    }


def position_of(spoken: Spoken, sign: str, told: str) -> Wordings:
    """How to lie or sit."""
    positions = spoken.alert.position
    by_told = by_group(positions, sign_group(spoken, told))
    return by_told if by_told != positions["other"] else by_group(positions, sign_group(spoken, sign))


def by_group(texts: Mapping[str, Wordings], groups: set[str]) -> Wordings:
    """The text for the groups that a sign belongs to."""
    return next((texts[group] for group in texts if group in groups), texts["other"])


def fixed_texts(library: Library, wording: Wording) -> list[str]:
    """Every text that does not depend on the moment, most urgent first, so that all can be rendered ahead."""
    return list(dict.fromkeys(_fixed_texts(library, wording)))


def _fixed_texts(library: Library, wording: Wording) -> Iterator[str]:
    spoken = library.spoken
    routines = sorted(library.routines.values(), key=lambda routine: (not routine.relief, routine.answer))
    for routine in routines:
        if routine.relief:
            yield from _routine_texts(routine, wording)
    for question in spoken.leg_questions:
        yield from map(wording.fill, question.wordings())
    yield from _alert_texts(spoken, wording)
    for routine in routines:
        yield from _routine_texts(routine, wording)
    rest = spoken.model_dump(
        exclude={
            "alert",
            "gated",
            "out_of_bed",
            "leg_questions",
            "legs",
            "her_legs",
            "numbers",
            "plus",
            "twice",
            "time_left",
            "taken_up",
            "mute",
        }
    )
    taken_up = spoken.taken_up
    yield taken_up.ask_plainly
    yield from (taken_up.ask.replace("{routine}", routine.called) for routine in routines if routine.called)
    yield from map(wording.fill, [*_strings(rest), spoken.mute.over])


def _alert_texts(spoken: Spoken, wording: Wording) -> Iterator[str]:
    """What an alert may say, with every {tell} and {position}."""
    alert = spoken.alert
    for texts in (alert.emergency, alert.urgent):
        voiced = (text for each in (texts.calling, texts.on_phone) for text in _strings(each.model_dump()))
        for line in (*texts.lines, *texts.partner, *texts.again, *voiced, texts.closed):
            for variables in _every_alert_variable(spoken, line):
                yield wording.fill(line, more=variables)
    checks = list(_strings({name: check.model_dump() for name, check in alert.check.items()}))
    hers = [f"{check} {alert.check_hers}" for check in checks]
    follow_ups = [text for follow_up in alert.follow_up.values() for text in _strings(follow_up.ask.model_dump())]
    for text in (*alert.crisis, *checks, *hers, alert.doubt, alert.worse, *follow_ups):
        yield wording.fill(text)


def _routine_texts(routine: Routine, wording: Wording) -> Iterator[str]:
    for step in routine.steps:
        yield from _step_texts(step, wording)


def _step_texts(step: Step, wording: Wording) -> Iterator[str]:
    """What one step may say, to her and to the partner, of either leg."""
    for of_her, texts in (
        (step.to_partner, (step.text(), *step.cues)),
        (True, (step.text(partner=True),) if step.partner else ()),
        (step.to_partner, (step.text(both=True),) if step.both else ()),
        (True, (step.text(both=True),) if step.both and step.partner else ()),
    ):
        for text in texts:
            for side in SIDES if "eg}" in text else SIDES[:1]:
                if text:
                    yield wording.fill(text, side, step.seconds, partner=of_her)
    for check in step.checks:
        for text in (*check.texts, *check.partner):
            yield wording.fill(text, None, step.seconds, partner=step.to_partner)
    if step.care.on_leaving:
        yield wording.fill(step.care.on_leaving)


def _every_alert_variable(spoken: Spoken, line: str) -> Iterator[dict[str, str]]:
    """Every way in which {tell} and {position} are filled in `line`, of which one line has at most one."""
    alert = spoken.alert
    for name, texts in (("tell", alert.tell), ("position", alert.position)):
        if f"{{{name}}}" in line:
            for wordings in texts.values():
                for partner in (False, True):
                    yield {name: wordings.text(partner)}
            return
    yield {}


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for name, value in data.items():
            if name not in ("sources", "sign", "tier"):
                yield from _strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _strings(value)
