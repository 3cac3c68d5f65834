"""Debian roots to boot, made by debootstrap once and kept, which reach packages as this machine does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
KEPT = Path(os.environ.get("BEDSIDE_TEST_ROOTS", CHECKOUT / "build" / "system"))
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"

BASE = "systemd,systemd-sysv,dbus,ca-certificates,python3,python3-venv"
SOUND = ("pulseaudio", "pulseaudio-utils", "libasound2-plugins")

PIP_KEYS = ("index-url", "extra-index-url", "trusted-host", "proxy")
HANDED_ON = re.compile(
    r"PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|PROXY|DEFAULT_TIMEOUT)|(https?|no|all)_proxy", re.I
)

NOT_COPIED = (".git", ".venv", "build", "dist", "__pycache__", "vosk-model-*", ".*_cache", ".hypothesis")


def fresh_root(suite: str, name: str, architecture: str | None = None) -> Path:
    """A copy of the kept root of a Debian release, to be spoilt."""
    target = KEPT / name
    remove(target)
    # Not shutil.copytree: it reads from devices such as /dev/zero, without end.
    subprocess.run(["cp", "-a", "--reflink=auto", kept_root(suite, architecture), target], check=True)
    return target


def kept_root(suite: str, architecture: str | None = None) -> Path:
    """The root of a Debian release with a sound server, made if it is not there."""
    root = KEPT / f"debian-{suite}{f'-{architecture}' if architecture else ''}"
    if root.exists():
        return root
    KEPT.mkdir(parents=True, exist_ok=True)
    fresh = root.with_name(f"{root.name}.new")
    remove(fresh)
    foreign = [f"--arch={architecture}"] if architecture else []
    mirror = [mirror_of_this_machine()] if mirror_of_this_machine() else []
    packages = BASE.replace("systemd,systemd-sysv,dbus,", "") if architecture else BASE
    command = ["debootstrap", *foreign, "--variant=minbase", f"--include={packages}", suite, str(fresh), *mirror]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    hand_on(fresh)
    if not architecture:
        in_root(fresh, "apt-get", "-q", "update")
        in_root(fresh, "apt-get", "-q", "-y", "--no-install-recommends", "install", *SOUND)
    fresh.rename(root)
    return root


def remove(root: Path) -> None:
    """Remove a root."""
    if root.exists():
        shutil.rmtree(root)


def mirror_of_this_machine() -> str | None:
    """Where this machine gets Debian from, None if that cannot be told."""
    for file in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        if file.is_file() and (
            found := re.search(r"^[^#\n]*?(https?://\S+/debian/?)\s", file.read_text(), re.MULTILINE)
        ):
            return found[1]
    return None


def hand_on(root: Path) -> None:
    """Let a root reach names and trust certificates as this machine does."""
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    for own in Path("/usr/local/share/ca-certificates").glob("*.crt"):
        shutil.copy(own, root / "usr/local/share/ca-certificates")
    bundle = Path(os.environ.get("SSL_CERT_FILE", f"/{CERTIFICATES}"))
    if bundle.is_file():
        shutil.copyfile(bundle, root / CERTIFICATES)
    proxies = [line for line in _output("apt-config", "dump").splitlines() if "::Proxy" in line and '""' not in line]
    (root / "etc/apt/apt.conf.d/99proxy").write_text("\n".join(proxies))


def environment() -> dict[str, str]:
    """The environment of programs in a root: pip reaches what it reaches here."""
    env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
    for line in _output("pip", "config", "list").splitlines():
        key, _, value = line.partition("=")
        if key.removeprefix("global.") in PIP_KEYS:
            env[f"PIP_{key.removeprefix('global.').replace('-', '_').upper()}"] = value.strip("'")
    env |= {name: value for name, value in os.environ.items() if HANDED_ON.fullmatch(name)}
    # Folders of this machine are none of the root's.
    env = {name: " ".join(v for v in value.split() if not v.startswith("file:")) for name, value in env.items()}
    return {name: value for name, value in env.items() if value} | {
        "PIP_CERT": f"/{CERTIFICATES}",
        "SSL_CERT_FILE": f"/{CERTIFICATES}",
        "DEBIAN_FRONTEND": "noninteractive",
    }


def in_root(root: Path, *command: str, timeout: int = 1800, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program in a root that is not booted."""
    name = f"bedside-{root.name.replace('.', '-')}"
    forget_machine(name)
    inside = [f"--setenv={key}={value}" for key, value in environment().items()]
    nspawn = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--pipe", "--resolv-conf=off"]
    done = subprocess.run(
        [*nspawn, f"--machine={name}", f"--directory={root}", *inside, *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert not check or done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def forget_machine(name: str) -> None:
    """Remove what a former run has left; where /run is on a disk systemd-nspawn does not dare to."""
    shutil.rmtree(f"/run/systemd/nspawn/propagate/{name}", ignore_errors=True)


def put_clone(target: Path) -> None:
    """A clone of the repository as it is now."""
    shutil.copytree(CHECKOUT, target, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED), dirs_exist_ok=True)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
