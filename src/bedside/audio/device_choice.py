"""Which of the devices is meant, and which takes its place while that one is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bedside.audio.devices import Device, Direction, find_devices, without_number
from bedside.audio.streams import Microphone, Speaker
from bedside.errors import SoundError

S = TypeVar("S", Microphone, Speaker)


class DeviceChoice:
    """Opens devices. Without a name the first one ever opened is meant, the *former* one; a substitute never becomes
    that, or bedside would speak into the television for ever after its own speaker was unplugged for a minute."""

    def __init__(self) -> None:
        self.anything = True
        """Whether a substitute may be opened now."""
        self.substituted: set[Direction] = set()
        """Where a substitute is in use."""
        self.opened: set[Direction] = set()
        """Where any device was ever open."""
        self._former: dict[Direction, str] = {}
        self._mute: set[str] = set()

    def open(self, direction: Direction, name: str | None, kind: Callable[[Device], S]) -> S:
        """The first device that may be meant and that opens. Raises SoundError if there is none."""
        devices = find_devices(direction, name)
        former = self._former.get(direction) if name is None else None

        def is_another(device: Device) -> bool:
            return former is not None and without_number(device.name) != former

        if not self.anything and direction not in self.substituted:
            devices = [device for device in devices if not is_another(device)]
        failed: SoundError | None = None
        for device in sorted(devices, key=lambda device: (device.name in self._mute, is_another(device))):
            try:
                stream = kind(device)
            except SoundError as error:
                failed = failed or error
                continue
            self.opened.add(direction)
            if is_another(device):
                self.substituted.add(direction)
            else:
                self._former[direction] = without_number(device.name)
                self.substituted.discard(direction)
            return stream
        raise failed or SoundError(f"the {direction} '{former}' is not there.")

    def has_died(self, direction: Direction, stream: Microphone | Speaker) -> None:
        """A device that opened and then never called comes last from now on: it leads to a server that nobody runs."""
        if not stream.began:
            self._mute.add(stream.device.name)
            if self._former.get(direction) == without_number(stream.device.name):
                del self._former[direction]
