# shellcheck shell=bash
# Set-up shared by scripts/run and scripts/test; sourced, not run.
#
# What is there already is left alone. A stamp inside .venv is written only when everything has
# succeeded, so an interrupted set-up is taken up again, and a finished one costs a few
# milliseconds at every further start and needs no network.

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
venv="$root/.venv"
python="$venv/bin/python"
log="$root/build/setup.log"

run_packages=(libportaudio2 espeak-ng ca-certificates)
# On Arm libvosk wants it, and a small Debian has none.
[ "$(uname -m)" != aarch64 ] || run_packages+=(libatomic1)
test_packages=(pulseaudio pulseaudio-utils libasound2-plugins flite sox libfst-tools 'libfst*-plugins-base')
system_packages=(debootstrap systemd-container qemu-user-static binfmt-support util-linux)

say() { printf 'bedside: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# logged WHAT COMMAND...: run it with its output in the log; on failure show the end of that.
logged() {
  local what="$1" before
  shift
  mkdir -p "$(dirname -- "$log")"
  printf '\n== %s\n' "$*" >>"$log"
  before="$(wc -l <"$log")"
  if ! "$@" >>"$log" 2>&1 </dev/null; then
    tail -n +"$((before + 1))" "$log" | tail -n 20 >&2
    die "$what failed. The end of its output is above, all of it in $log; start again once that is mended."
  fi
}

# suits PYTHON: a 64-bit Python 3.11 to 3.13 that can make environments.
suits() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(not ((3, 11) <= sys.version_info < (3, 14) and sys.maxsize > 2**32))' \
    >/dev/null 2>&1
}

# Prints the Python to use, or nothing. The system's own comes first: it gets security updates.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
    if suits "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
}

# Ends with one line if no further package could give this machine a Python that suits.
check_python_version() {
  local version
  version="$(/usr/bin/python3 -c 'import platform; print(platform.python_version())' 2>/dev/null)" || return 0
  case "$version" in
    3.11.* | 3.12.* | 3.13.*) ;;
    *) die "the only Python here is $version; bedside needs Python 3.11, 3.12 or 3.13 (Debian 12 and 13 have them)." ;;
  esac
}

check_machine() {
  case "$(uname -s) $(uname -m) $(getconf LONG_BIT)" in
    'Linux x86_64 64' | 'Linux aarch64 64') ;;
    *) die "this machine is $(uname -s) $(uname -m), $(getconf LONG_BIT) bit; bedside needs 64-bit Linux on x86-64 or Arm." ;;
  esac
}

# Said before the first thing that takes long, and only once.
say_setting_up() {
  [ -z "${said_setting_up:-}" ] || return 0
  said_setting_up=yes
  say "setting up; this takes a few minutes the first time (details in $log)"
}

# Names of those of the given packages that are not installed; a name may be a pattern.
missing_packages() {
  local name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || printf '%s\n' "$name"
  done
}

# apt takes regular expressions, dpkg takes shell patterns.
apt_name() {
  case "$1" in
    *'*'*) printf '%s\n' "${1//'*'/.+}" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# install_packages NAME...: through apt as root or with sudo; otherwise one line says what to install.
install_packages() {
  local missing names=() name as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "this is not a Debian system; see to it yourself that these are installed: $*"
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  for name in "${missing[@]}"; do names+=("$(apt_name "$name")"); done
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && say "sudo is needed to install ${missing[*]}" && sudo -v; }; }; then
      as_root=(sudo)
    else
      die "system packages are missing; as an administrator run: apt-get install ${names[*]} -- and then start this again."
    fi
  fi
  say_setting_up
  say "installing system packages: ${missing[*]}"
  # A stale list of packages may still do, so this may fail (one dead source is enough for that).
  "${as_root[@]}" apt-get -q update >>"$log" 2>&1 </dev/null || say "the lists of packages could not be renewed; trying with the old ones"
  # --no-remove: never take away something a person has chosen, such as another sound server.
  logged "installing system packages" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 install "${names[@]}"
}

# What a finished set-up depends on, as one word.
stamp_key() {
  {
    "$python" -c 'import sys; print(sys.version, sys.prefix)' 2>/dev/null || echo "no python"
    cat "$root/pyproject.toml" "${BASH_SOURCE[0]}"
  } | sha256sum | cut -d ' ' -f 1
}

is_ready() { [ "$(cat "$venv/ready-$1" 2>/dev/null)" = "$(stamp_key)" ]; }

make_venv() {
  local base
  # An environment that was being made when something stopped it is made anew, not guessed at.
  if [ ! -e "$venv/unfinished" ] && suits "$python" && "$python" -m pip --version >/dev/null 2>&1; then
    touch "$venv/unfinished"
    return
  fi
  base="$(find_python)"
  [ -n "$base" ] || check_python_version
  [ -n "$base" ] || die "no Python 3.11 to 3.13 with its venv module was found; install python3 and python3-venv."
  say "making the Python environment .venv with $("$base" --version)"
  rm -rf -- "$venv"
  mkdir -p "$venv"
  touch "$venv/unfinished"
  logged "making .venv" "$base" -m venv "$venv"
}

# set_up run|test: everything that the assistant, or its tests, need.
set_up() {
  local purpose="$1" extras="" packages=("${run_packages[@]}")
  is_ready "$purpose" && return 0
  check_machine
  mkdir -p "$root/build" 2>/dev/null && [ -w "$root" ] || die "$root cannot be written to; bedside sets itself up inside it."
  # Two starts at the same time: the second waits here, then finds everything done.
  exec {lock}<"$root"
  flock "$lock"
  if is_ready "$purpose"; then
    exec {lock}<&-
    return 0
  fi
  : >"$log"
  if [ "$purpose" = test ]; then
    packages+=("${test_packages[@]}")
    extras="[dev]"
  fi
  if [ -z "$(find_python)" ]; then
    check_python_version
    packages+=(python3 python3-venv)
  fi
  install_packages "${packages[@]}"
  say_setting_up
  make_venv
  say "installing bedside and its libraries"
  logged "installing bedside with pip" "$python" -m pip install --disable-pip-version-check --no-input -e "$root$extras"
  rm -f "$venv/unfinished"
  stamp_key >"$venv/ready-run"
  [ "$purpose" = run ] || stamp_key >"$venv/ready-$purpose"
  exec {lock}<&-
}

# The official speech model hears more kinds of speech, but need not be reachable: tried once, never a failure.
fetch_model_once() {
  [ ! -e "$venv/model-tried" ] && [ -w "$venv" ] || return 0
  mkdir -p "$root/build"
  say "fetching the official speech model, 41 MB"
  if ! timeout --foreground 900 "$python" -m bedside model fetch --tries 1 --timeout 5 >>"$log" 2>&1 </dev/null; then
    say "that cannot be fetched now; the embedded speech model serves. Get the other later with: .venv/bin/bedside model fetch"
  fi
  touch "$venv/model-tried"
}

# What the system tests need: a Debian to boot, and programs of arm64 that run here.
set_up_system() {
  install_packages "${system_packages[@]}"
  local kinds=/proc/sys/fs/binfmt_misc
  [ -e "$kinds/register" ] || mount -t binfmt_misc binfmt_misc "$kinds"
  [ -e "$kinds/qemu-aarch64" ] || [ "$(uname -m)" = aarch64 ] ||
    cat /usr/lib/binfmt.d/qemu-aarch64.conf >"$kinds/register"
}
