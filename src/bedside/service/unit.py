"""The unit file: how systemd starts, watches and shuts the service in."""

from __future__ import annotations

from bedside.service.places import NAME, Places

WATCHDOG = 4
"""Seconds without a heartbeat after which systemd ends the process and starts it anew. It beats every second."""

_UNIT = """\
# Written by `bedside service install`; an upgrade writes it anew. Changes go into `systemctl edit {name}`.
[Unit]
Description=bedside, a voice for night leg cramps
After=sound.target
# It never gives up; what keeps failing waits longer and longer by itself (starts.py).
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart={program} run --service
User={name}
Group={name}
SupplementaryGroups=audio

# A slow Pi loads for half a minute, and a start after failures waits up to a minute.
TimeoutStartSec=5min
TimeoutStopSec=10
Restart=always
RestartSec=200ms
WatchdogSec={watchdog}
# A stopped process does not take SIGABRT.
WatchdogSignal=SIGKILL

StateDirectory={name}
StateDirectoryMode=0750
CacheDirectory={name}
CacheDirectoryMode=0750
RuntimeDirectory={name}
RuntimeDirectoryMode=0750
# How many starts have come to nothing outlasts a restart.
RuntimeDirectoryPreserve=restart
ConfigurationDirectory={name}
ConfigurationDirectoryMode=2750
UMask=0027
Environment=HOME=%t/{name} XDG_CACHE_HOME=%C XDG_STATE_HOME=%S BEDSIDE_MODELS={models}
Environment=PYTHONDONTWRITEBYTECODE=1

# Sound comes before whatever else this machine does.
Nice=-10
OOMScoreAdjust=-500
MemoryMax=700M
TasksMax=64
LimitCORE=0

# No network: its own empty one, and no sockets but those of files.
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
IPAddressDeny=any

# Of all devices only sound. Its number and not its name, char-alsa: names are looked up once, when the service starts,
# and where a USB card plugged in later is the first of all, ALSA is not loaded by then.
DevicePolicy=closed
DeviceAllow=char-116 rw

ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateIPC=yes
ProtectProc=invisible
# Not ProcSubset=pid: the kernel tells there which boot this is (time_away.py).
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
# MemoryDenyWriteExecute is not possible: the callbacks of PortAudio are made by cffi at run time.
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# The voice renders in the background more nicely than it speaks.
SystemCallFilter=setpriority
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def unit_text(places: Places | None = None) -> str:
    """The text of the unit file."""
    places = places or Places()
    program = places.current / "bin" / NAME
    return _UNIT.format(name=NAME, program=program, models=places.models, watchdog=WATCHDOG)
