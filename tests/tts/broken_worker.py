"""A speech worker that fails, in the way its first argument says; the second is a file that counts its starts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from bedside.tts.worker import main

how, starts = sys.argv[1], Path(sys.argv[2])
starts.write_text(starts.read_text() + "x" if starts.exists() else "x")
first = starts.read_text() == "x"
if how == "absent":
    print(json.dumps({"ready": False, "error": "espeak-ng is not installed: sudo apt install espeak-ng"}), flush=True)
elif how == "dies-at-start":
    sys.exit(3)
elif how.endswith("-once") and not first:
    main()
else:
    print(json.dumps({"ready": True, "engine": "broken"}), flush=True)
    sys.stdin.readline()
    if how.startswith("hangs"):
        # With a child that hangs too, as a fork of the real worker would.
        subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
        time.sleep(600)
    elif how.startswith("babbles"):
        print("no JSON", flush=True)
