"""Prints, as JSON, what sockets the processes of a service hold. Runs in the machine, with its system's Python."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def processes(main: str) -> list[str]:
    """The process and all below it."""
    found = [main]
    for task in Path(f"/proc/{main}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += processes(child)
    return found


def held(pid: str) -> set[str]:
    """Inodes of its sockets."""
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return {link[8:-1] for link in links if link.startswith("socket:")}


def main(service: str) -> None:
    pids = processes(service)
    mine = set().union(*(held(pid) for pid in pids))
    network = []
    for table in ("tcp", "tcp6", "udp", "udp6", "udplite", "raw", "raw6", "packet", "netlink", "icmp"):
        file = Path(f"/proc/{service}/net/{table}")
        for line in file.read_text().splitlines()[1:] if file.exists() else []:
            network += [f"{table} {word}" for word in line.split() if word in mine and len(word) > 3]
    known, listening = set(), []
    # What systemd made for it, such as the way to the journal, is of the machine's own network.
    for file in (f"/proc/{service}/net/unix", "/proc/1/net/unix"):
        for line in Path(file).read_text().splitlines()[1:]:
            words = line.split()
            known.add(words[6])
            if words[6] in mine and int(words[3], 16) & 0x10000:
                listening.append(words[7] if len(words) > 7 else "unnamed")
    devices = Path(f"/proc/{service}/net/dev").read_text().splitlines()[2:]
    status = Path(f"/proc/{service}/status").read_text()
    print(
        json.dumps(
            {
                "processes": len(pids),
                "sockets": len(mine),
                "network": network,
                "unknown": sorted(mine - known),
                "listening": sorted(set(listening)),
                "interfaces": [line.split(":")[0].strip() for line in devices],
                "filtered": "Seccomp:\t2" in status,
            }
        )
    )


main(sys.argv[1])
