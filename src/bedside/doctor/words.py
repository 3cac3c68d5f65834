"""The checks of hearing and speaking: the model, what it hears in a recording, the voice, its kept sentences."""

from __future__ import annotations

import os
import time

from bedside.asr.model_check import check_sums
from bedside.asr.model_manifest import read_manifest
from bedside.asr.models import choose_model, expected_files
from bedside.doctor.finding import Finding
from bedside.doctor.patient import Patient

SENTENCE = "Doctor {number}."
"""Rendered anew, whatever is kept already."""

SLOW = 3.0
"""Seconds from which a sentence that was not rendered before is waited for."""


def model(patient: Patient) -> Finding:
    """Reads every file of the model that runs, and compares sums."""
    chosen = choose_model(patient.config.recognizer.model)
    files = expected_files(chosen.name, chosen.path, read_manifest())
    check_sums(chosen.path, files or (), thorough=True)
    if files is None:
        what = f"{chosen.reason}. What its files should be is written down nowhere."
        return Finding("model", "warning", what, "Try it: bedside model verify")
    state = "warning" if "cannot be used" in chosen.reason or "not whole" in chosen.reason else "fine"
    whole = f"{chosen.reason}. {len(files)} files, as they should be."
    return Finding("model", state, whole, "bedside model list" if state == "warning" else "")  # type: ignore[arg-type]


def hearing(patient: Patient) -> Finding:
    """The real recogniser hears a recording."""
    heard = patient.heard()
    if heard is None:
        return Finding("hearing", "skipped", "the settings are not sound.")
    if heard.get("intent") == "leg_cramp":
        return Finding("hearing", "fine", f"a recording of a cramp was understood: “{heard['text']}”.")
    what = f"a recording of “my left leg is cramping” was taken for “{heard.get('text', '')}” ({heard.get('intent')})."
    advice = "Your own words may leave it out: bedside check. Else try another model: bedside model use embedded"
    return Finding("hearing", "wrong", what, advice)


def voice(patient: Patient) -> Finding:
    """Renders a sentence, and looks how long that takes."""
    with patient.voice() as spoken:
        begun = time.monotonic()
        clip = spoken.clip(SENTENCE.format(number=os.getpid()))
        first = time.monotonic() - begun
        begun = time.monotonic()
        spoken.clip(SENTENCE.format(number=os.getpid() + 1))
        took = time.monotonic() - begun
    if not len(clip.samples):
        return Finding("voice", "wrong", "it is silent.", "Reinstall it: sudo apt install --reinstall espeak-ng")
    what = f"{spoken.settings.name}, a sentence in {took:.1f} s (the first one in {first:.1f} s)."
    if took > SLOW:
        return Finding("voice", "warning", what, "Something else keeps this machine busy.")
    return Finding("voice", "fine", what)


def cache(patient: Patient) -> Finding:
    """Where rendered sentences are kept."""
    folder = patient.cache_folder
    if not folder.exists():
        return Finding("cache", "fine", f"{folder}: nothing kept yet.")
    sizes = [entry.stat().st_size for entry in os.scandir(folder) if entry.is_file()]
    what = f"{folder}: {len(sizes)} sentences, {sum(sizes) / 1e6:.0f} MB."
    if not os.access(folder, os.W_OK | os.X_OK):
        advice = f"It cannot be written by who runs this: sudo chown -R $USER {folder}"
        return Finding("cache", "warning", f"{what} It cannot be written.", advice)
    return Finding("cache", "fine", what)
