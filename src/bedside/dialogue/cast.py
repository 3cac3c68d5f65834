"""Everybody who acts on the stage, each made once and told whom it works with."""

from __future__ import annotations

from bedside.dialogue.alarm import Alarm
from bedside.dialogue.announcer import Announcer
from bedside.dialogue.clock import Clock
from bedside.dialogue.controls import Controls
from bedside.dialogue.cramp import Cramp
from bedside.dialogue.doubt import Doubt
from bedside.dialogue.manner import Manner
from bedside.dialogue.mention import Diary, Mentions
from bedside.dialogue.requests import Requests
from bedside.dialogue.scene import Scene
from bedside.dialogue.stage import Stage
from bedside.dialogue.walk import Walk


class Cast:
    """The stage, and who moves it."""

    def __init__(self, scene: Scene, diary: Diary) -> None:
        mentions = Mentions(diary)
        self.stage = Stage(scene)
        self.clock = Clock(self.stage, mentions)
        self.walk = Walk(self.stage, mentions, self.clock)
        self.controls = Controls(self.stage, self.walk)
        self.manner = Manner(self.stage)
        self.alarm = Alarm(self.stage, self.manner)
        self.cramp = Cramp(self.stage, self.walk, self.alarm)
        self.requests = Requests(self.stage, self.walk, self.cramp)
        self.doubt = Doubt(self.stage, self.walk, self.cramp, self.alarm)
        self.announcer = Announcer(self.stage, self.doubt)
