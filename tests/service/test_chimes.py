"""The chime for a device that is back: heard, and never a nuisance."""

from __future__ import annotations

from bedside.service.chimes import ChimeWhenBack


class Plug:
    """A device that comes and goes. chimes: when it was told, in seconds."""

    def __init__(self, returns: int = 0) -> None:
        self.returns = returns
        self.now = 0.0
        self.chimes: list[float] = []
        self.attend = ChimeWhenBack(lambda: self.returns, lambda: self.chimes.append(self.now))

    def goes_on(self, until: float, returns_every: float = 0.0) -> None:
        while self.now < until:
            if returns_every and self.now % returns_every == 0:
                self.returns += 1
            self.attend(self.now)
            self.now += 1.0


def test_a_device_that_is_back_is_told_once() -> None:
    plug = Plug(returns=3)
    plug.goes_on(100)
    assert plug.chimes == []
    plug.returns += 2
    plug.goes_on(200)
    assert plug.chimes == [100.0]


def test_a_loose_contact_is_not_told_all_night() -> None:
    plug = Plug()
    plug.goes_on(3600, returns_every=5.0)
    assert plug.chimes == [0.0, 600.0, 1200.0, 1800.0, 2400.0, 3000.0]


def test_after_a_quiet_night_the_next_one_is_told_at_once() -> None:
    plug = Plug()
    plug.goes_on(1000, returns_every=900.0)
    plug.goes_on(5000)
    plug.returns += 1
    plug.goes_on(5100)
    assert plug.chimes == [0.0, 900.0, 5000.0]
