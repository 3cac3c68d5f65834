"""The shape of an intents file: Home Assistant's sentence templates and a few keys of our own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bedside.nlu.match import Scope

SAFETY_INTENTS = ("danger_sign", "stop")
"""Their shipped sentences stay even with a person's own file that leaves them out."""

Tier = Literal["emergency", "urgent"]

Percent = Annotated[float, Field(ge=0, le=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Thresholds(_Strict):
    """Scores (0 to 100) from which an uncertain match is acted on or asked about, and the lead it needs
    over any other meaning. An exact sentence needs none of them."""

    act: Percent
    confirm: Percent
    margin: Percent


class ScopeThresholds(_Strict):
    idle: Thresholds = Thresholds(act=88, confirm=78, margin=6)
    session: Thresholds = Thresholds(act=82, confirm=70, margin=4)


SLOTS: dict[str, tuple[str, ...]] = {
    "leg_cramp": ("side", "part", "ask"),
    "leg_swelling": ("side", "part"),
    "danger_sign": ("tier", "sign", "ask", "side", "part"),
    "start_routine": ("routine", "side", "part"),
    "question": ("topic", "risk"),
    "mention_to_provider": ("topic",),
    "yes": ("side", "part", "feels", "calling"),
    "no": ("side", "part", "who"),
    "unsure": ("since",),
    "easing": ("side", "part", "who"),
    "still_hurts": ("worse", "side", "part"),
}
"""The slots that the sentences of an intent may fill; intents that are not named take none."""

RISKS = (
    "past_clot",
    "clotting_disorder",
    "family_clots",
    "blood_thinners",
    "recent_surgery",
    "bed_rest",
    "recent_birth",
    "pre_eclampsia",
    "ivf",
    "twins",
    "infection_or_dehydration",
    "told_not_to",
)
"""The risk flags that can be told, named as in the settings (guidance.md C0.8)."""

LITERAL_SLOTS = ("calling",)
"""Slots that count only where a sentence was heard as it stands: "call the hospital" is like "I called the hospital",
and is no call that is under way."""

SLOT_VALUES: dict[str, tuple[str, ...]] = {
    "side": ("left", "right", "both"),
    "worse": ("yes",),
    "feels": ("hot",),
    "calling": ("yes",),
    "who": ("me",),
    "since": ("short", "long"),
    "risk": RISKS,
}
"""What a slot may be, where that is fixed."""


class Block(_Strict):
    """Sentences that mean the same. `ask_first`: scopes where even an exact sentence is only asked about."""

    sentences: Annotated[list[str], Field(min_length=1)]
    slots: dict[str, str] = {}
    heard_in: Annotated[list[Scope], Field(min_length=1)] | None = None
    ask_first: list[Scope] = []


class Intent(_Strict):
    data: Annotated[list[Block], Field(min_length=1)]
    heard_in: Annotated[list[Scope], Field(min_length=1)] = ["idle", "session"]
    thresholds: Thresholds | None = None


class Spoken(_Strict):
    """A list value that is spoken one way (`in`, may be a template) and stands in the slot another (`out`)."""

    words: Annotated[str, Field(alias="in", min_length=1)]
    out: Annotated[str, Field(min_length=1)]


class WordList(_Strict):
    values: Annotated[list[str | Spoken], Field(min_length=1)]


class Decoy(_Strict):
    sentences: Annotated[list[str], Field(min_length=1)]
    heard_in: Annotated[list[Scope], Field(min_length=1)]


class IntentsFile(_Strict):
    language: Literal["en"] = "en"
    thresholds: ScopeThresholds = ScopeThresholds()
    intents: Annotated[dict[str, Intent], Field(min_length=1)]
    lists: dict[str, WordList] = {}
    expansion_rules: dict[str, str] = {}
    decoys: list[str | Decoy] = []
    unheard: dict[Scope, list[str]] = {}
    """The recogniser does not listen for sentences with these words; as text they keep their meaning."""
