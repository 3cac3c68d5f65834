#!/usr/bin/env python3
"""Measure a Vosk model on people, synthetic voices and noise.

    python evaluate.py MODEL AUDIO [--split tune|heldout] [--only a,b,...] [--limit N] [--unk N]

A decision is "right" when the whole text of the recording equals the command, "rejected" when it is
not one of the grammar's phrases (empty, [unk], a part of a phrase), else "wrong".
"""

import argparse, collections, csv, json, multiprocessing, os, random, tempfile, time
from pathlib import Path
import numpy as np, soundfile as sf
import recordings

RATE = 16000
W10 = "yes no up down left right on off stop go".split()
PROD = W10 + [
    "leg cramp",
    "swollen leg",
    "my leg is cramping",
    "calf cramp",
    "charley horse",
    "foot cramp",
    "thigh cramp",
    "help",
    "help me",
    "next",
    "back",
    "repeat",
    "slower",
    "faster",
    "louder",
    "quieter",
    "pause",
    "continue",
    "wait",
    "start",
    "it's better",
    "still hurts",
    "start stretching",
    "massage my calf",
    "bedtime stretches",
    "good night",
]
WAKE = ["computer", "jarvis", "smart mirror", "alexa", "view glass", "snowboy"]
HYMEL = [
    "how are you",
    "trick or treat",
    "goodnight",
    "joke",
    "hadouken",
    "dracarys",
    "hey archie",
    "archie",
    "hey fenrir",
    "fenrir",
]
COFFEE = [
    "small",
    "medium",
    "large",
    "eight ounce",
    "twelve ounce",
    "sixteen ounce",
    "twenty ounce",
    "light roast",
    "medium roast",
    "dark roast",
    "single shot",
    "double shot",
    "triple shot",
    "americano",
    "cappuccino",
    "espresso",
    "iced mocha",
    "latte",
    "mocha",
    "coffee",
    "drip coffee",
    "house coffee",
    "iced coffee",
    "milk",
    "skim milk",
    "whole milk",
    "soy milk",
    "almond milk",
    "cream",
    "sugar",
    "brown sugar",
    "sweetener",
    "can i get",
    "can i have",
    "i want",
    "get me",
    "give me",
    "i'd like",
    "make me",
    "may i have",
    "brew",
    "a",
    "an",
    "with",
    "and",
    "some",
    "a lot of",
    "lots of",
    "a bit of",
    "a little bit of",
]
GRAMMARS = {
    "W10": W10,
    "PROD36": PROD,
    "WAKE": PROD + WAKE,
    "HYMEL": PROD + HYMEL,
    "COFFEE": COFFEE,
    "EMO5": "help stop no go yes".split(),
}
UNK = 1
MODEL = None


def recognise(job):
    path, grammar, pad = job
    from vosk import KaldiRecognizer

    x = path if not isinstance(path, str) else sf.read(path, dtype="int16")[0]
    if x.ndim > 1:
        x = x[:, 0]
    r = KaldiRecognizer(MODEL, RATE, json.dumps(GRAMMARS[grammar] + ["[unk]"] * UNK, ensure_ascii=False))
    n = len(x)
    x = np.concatenate([np.zeros(4800, "int16"), x, np.zeros(8000, "int16")])
    out = []
    t = time.process_time()
    for i in range(0, len(x), 1600):
        if r.AcceptWaveform(x[i : i + 1600].tobytes()):
            out.append(json.loads(r.Result())["text"])
    out.append(json.loads(r.FinalResult())["text"])
    return [o for o in out if o], time.process_time() - t, len(x) / RATE


def start(path, unk):
    global MODEL, UNK
    from vosk import Model, SetLogLevel

    SetLogLevel(-2)
    MODEL = Model(path)
    UNK = unk


def rows(audio, split):
    L = list(csv.DictReader(open(os.path.join(audio, "ALL_SPLITS.csv"))))
    if split == "heldout":
        return [r for r in L if r["split"] == "heldout"]
    return [
        r
        for r in L
        if r["split"] == "dev"
        and (
            r["set"] in recordings.TRAINING_SETS
            and recordings.kept_for_tuning(r)
            or r["set"] in ("snoring", "cough_etiquette")
        )
    ]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("model")
    ap.add_argument("audio")
    ap.add_argument("--split", default="tune")
    ap.add_argument("--only")
    ap.add_argument("--limit", type=int, default=10**6)
    ap.add_argument("--unk", type=int, default=1)
    ap.add_argument("--json")
    ap.add_argument("--procs", type=int, default=2)
    ap.add_argument("--seed", type=int, default=4)
    o = ap.parse_args()
    R = rows(o.audio, o.split)
    random.seed(o.seed)
    only = o.only.split(",") if o.only else None
    pool = multiprocessing.Pool(o.procs, start, (o.model, o.unk))
    res = {}
    cpu = audio = 0

    def want(k):
        return only is None or k in only

    def run(items, grammar, segments=False):
        nonlocal cpu, audio
        a = pool.map(recognise, [(p, grammar, 0) for p in items], chunksize=8)
        cpu += sum(x[1] for x in a)
        audio += sum(x[2] for x in a)
        return [x[0] for x in a] if segments else [" ".join(x[0]) for x in a]

    def lim(L):
        L = list(L)
        random.shuffle(L)
        return L[: o.limit]

    def judge(name, items, labels, grammar, detail=True):
        t = run(items, grammar)
        G = set(GRAMMARS[grammar])
        ok = [a == b for a, b in zip(t, labels)]
        rej = [a not in G for a in t]
        n = max(1, len(t))
        res[name] = dict(n=len(t), right=sum(ok) / n, rejected=sum(rej) / n, wrong=1 - (sum(ok) + sum(rej)) / n)
        print(
            f"{name:34s} n={len(t):4d} right {sum(ok) / n:.3f} rejected {sum(rej) / n:.3f} wrong {1 - (sum(ok) + sum(rej)) / n:.3f}",
            flush=True,
        )
        by = collections.defaultdict(list)
        C = collections.defaultdict(collections.Counter)
        for l, a, k in zip(labels, t, ok):
            by[l].append(k)
            C[l][a] += 1
        res[name]["per"] = {l: float(np.mean(v)) for l, v in by.items()}
        if detail:
            for l in sorted(by, key=lambda l: -np.mean(by[l])):
                print(
                    f"      {l:16s} {np.mean(by[l]):.2f} ({len(by[l])})",
                    [(a, c) for a, c in C[l].most_common(5) if a != l][:4],
                )
        return t

    def accepted(name, items, grammar):
        t = run(items, grammar)
        G = set(GRAMMARS[grammar])
        a = [x in G for x in t]
        n = max(1, len(t))
        res[name] = dict(n=len(t), accepted=sum(a) / n)
        print(
            f"{name:34s} n={len(t):4d} accepted {sum(a) / n:.3f}",
            collections.Counter(x for x in t if x in G).most_common(6),
            flush=True,
        )

    gsc = [r for r in R if r["set"] == "gsc_v2_test"]
    other = (
        [r for r in R if r["set"] in ("gsc_v2_extra_train_speakers", "gsc_v1_sample")] if o.split != "heldout" else []
    )
    P = lambda L: [r["path"] for r in L]
    Lb = lambda L: [r["label"] for r in L]
    cmd = lim(r for r in gsc + other if r["label"] in W10 and r["quality"] == "ok")
    if want("gsc"):
        judge("gsc W10", P(cmd), Lb(cmd), "W10", False)
        judge("gsc PROD36", P(cmd), Lb(cmd), "PROD36")
    if want("unk"):
        u = lim(
            r
            for r in gsc + other
            if (r["group"] == "_unknown_" or r["set"] != "gsc_v2_test")
            and r["label"] not in W10
            and r["label"] != "_silence_"
        )
        for g in ("W10", "PROD36"):
            accepted("gsc unknown " + g, P(u), g)
        s = lim(r for r in gsc if r["label"] == "_silence_")
        if s:
            for g in ("W10", "PROD36"):
                accepted("gsc silence " + g, P(s), g)
    if want("hymel"):
        h = lim(r for r in R if r["set"] == "hymel_custom_keywords")
        judge("hymel +PROD36", P(h), Lb(h), "HYMEL")
    if want("wake"):
        w = lim(r for r in R if r["set"] == "picovoice_wake")
        judge("wake +PROD36", P(w), Lb(w), "WAKE")
        accepted("wake in PROD36", P(w), "PROD36")
    if want("coffee"):
        c = lim(r for r in R if r["set"] == "picovoice_coffee")
        t = run(P(c), "COFFEE")
        full = slot = total = 0
        for r, x in zip(c, t):
            S = [" ".join(v.split()) for v in json.loads(r["label"])["slots"].values()]
            x = " " + x + " "
            hit = [f" {v} " in x for v in S]
            full += all(hit)
            slot += sum(hit)
            total += len(hit)
        res["coffee"] = dict(n=len(c), all_slots=full / max(1, len(c)), slots=slot / max(1, total))
        print(
            f"coffee n={len(c)} all slots right {full / max(1, len(c)):.3f}, slots {slot / max(1, total):.3f}",
            t[:2],
            flush=True,
        )
        accepted("coffee in PROD36", P(c), "PROD36")
    if want("emo") and o.split == "heldout":
        e = [r for r in R if r["set"] == "indian_emospeech_commands" and r["quality"] == "ok"]
        sel = []
        for k in GRAMMARS["EMO5"]:
            c = [r for r in e if r["label"] == k]
            random.shuffle(c)
            sel += c[:120]
        judge("emospeech EMO5", P(sel), Lb(sel), "EMO5", False)
        t = judge("emospeech PROD36", P(sel), Lb(sel), "PROD36")
        D = collections.defaultdict(list)
        for r, x in zip(sel, t):
            D[r["emotion"]].append(x == r["label"])
        res["emospeech PROD36"]["emotion"] = {k: (round(float(np.mean(v)), 3), len(v)) for k, v in D.items()}
        print("      ", res["emospeech PROD36"]["emotion"])
        for l in ("unknown", "background"):
            c = [r for r in e if r["label"] == l]
            random.shuffle(c)
            accepted("emospeech " + l + " PROD36", P(c[:150]), "PROD36")
    if want("synth"):
        import synthesis

        voices = [("flite", v) for v in ("slt", "rms", "awb")] + [
            ("espeak-ng", v) for v in ("en-us", "en-us+f2", "en-gb", "en-us+f3", "en-gb+m1")
        ]
        items, labels, names = [], [], []
        for e, v in voices:
            f = Path(tempfile.gettempdir()) / "bedside-evaluation" / f"{e}-{v}"
            f.mkdir(parents=True, exist_ok=True)
            jobs = [(t, 1.0, 1.0, str(f / f"{i:02d}.wav")) for i, t in enumerate(PROD)]
            if not Path(jobs[-1][3]).exists():
                synthesis.speak(e, v, jobs)
            for t, _, _, p in jobs:
                items.append(np.clip(recordings.load_wave(p) * 0.6, -32768, 32767).astype("int16"))
                labels.append(t)
                names.append(f"{e} {v}")
        t = judge("synthetic PROD36", items, labels, "PROD36", False)
        D = collections.defaultdict(list)
        for n, a, b in zip(names, t, labels):
            D[n].append(a == b)
        print(
            "      ",
            {k: round(float(np.mean(v)), 2) for k, v in D.items()},
            [(b, a) for a, b in zip(t, labels) if a != b][:8],
        )
    if want("fa"):
        G = set(PROD)
        ls = lim(r for r in R if r["set"] == "librispeech_resemblyzer")
        segs = run(P(ls), "PROD36", True)
        flat = [s for x in segs for s in x]
        acc = sum(s in G for s in flat)
        mins = sum(float(r["seconds"]) for r in ls) / 60
        res["librispeech"] = dict(
            utterances=len(ls),
            segments=len(flat),
            accepted=acc / max(1, len(flat)),
            per_minute=acc / max(mins, 0.1),
            utterance=sum(any(s in G for s in x) for x in segs) / max(1, len(segs)),
        )
        print(
            "librispeech",
            {k: round(v, 3) for k, v in res["librispeech"].items()},
            collections.Counter(s for s in flat if s in G).most_common(8),
            flush=True,
        )
        for name, sets in (
            ("esc10", ["esc10"]),
            ("snoring", ["snoring"]),
            ("cough", ["cough_etiquette"]),
            ("cough long", ["cough_hernanmd"]),
            ("baby cry", ["baby_cry_donateacry"]),
        ):
            c = lim(r for r in R if r["set"] in sets and float(r["seconds"]) < 60)
            if c:
                accepted(name + " PROD36", P(c), "PROD36")
    print(f"real-time factor {cpu / max(audio, 0.1):.4f} of one core, {audio / 60:.0f} min of audio")
    res["rtf"] = cpu / max(audio, 0.1)
    if o.json:
        json.dump(res, open(o.json, "w"), indent=1)


if __name__ == "__main__":
    main()
