"""Which model runs and why; broken models are named before libvosk can fall over them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bedside.asr import models
from bedside.asr.model_check import check_shape, check_sums, folder_sums, read_receipt
from bedside.asr.model_install import install_file
from bedside.asr.model_manifest import read_manifest
from bedside.asr.model_probe import probe_model
from bedside.asr.models import check_model, choose_model, expected_files, known_models, use_model
from bedside.cli.main import app
from bedside.errors import BedsideError, ContentError, ModelError
from bedside.resources import embedded_model, model_manifest
from tests.asr.model_server import Server, zip_of

OFFICIAL = "vosk-model-small-en-us-0.15"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for models, and no other."""
    monkeypatch.setenv("BEDSIDE_MODELS", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def good_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zip_of(embedded_model(), tmp_path_factory.mktemp("zip") / "good.zip")


def install(name: str, file: Path, home: Path) -> Path:
    return install_file(name, file, hashlib.sha256(file.read_bytes()).hexdigest(), home)


def copy_of_embedded(folder: Path) -> Path:
    shutil.copytree(embedded_model(), folder)
    return folder


def touch_up(path: Path, change: dict[int, int]) -> None:
    """Change single bytes; size and time of change stay as they were."""
    state = path.stat()
    content = bytearray(path.read_bytes())
    for at, mask in change.items():
        content[at] ^= mask
    path.write_bytes(content)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


# ---- the manifest


def test_the_manifest_tells_the_truth_about_the_embedded_model() -> None:
    manifest = read_manifest()
    listed = {f.path: (f.bytes, f.sha256) for f in manifest.models["embedded"].files}
    assert listed == {f.path: (f.bytes, f.sha256) for f in folder_sums(embedded_model())}
    assert manifest.models[manifest.official].bytes == 41_205_931


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sha256: 30f2", "sha256: xyz", "sha256"),
        ("https://", "ftp://", "http or https"),
        ("bytes: 41205931", "bytes: -1", "bytes"),
        ("path: am/final.mdl", "path: ../final.mdl", "inside the model folder"),
        ("official: vosk", "official: bosk", "'official' must name a model"),
        ("    url: https", "    urls: https", "Did you mean 'url'"),
        ("  embedded:", "  builtin:", "'embedded' with its 'files' is missing"),
        ("    licence: Apache-2.0\n    languages: [en]\n    note: Gen", "    note: Gen", "licence"),
    ],
)
def test_a_wrong_manifest_is_an_error_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = model_manifest().read_text()
    assert old in text
    (tmp_path / "m.yaml").write_text(text.replace(old, new))
    with pytest.raises(ContentError, match=said) as caught:
        read_manifest(tmp_path / "m.yaml")
    assert "m.yaml:" in str(caught.value)


# ---- the choice


def test_without_the_official_model_the_embedded_one_runs_and_says_why() -> None:
    chosen = choose_model()
    assert (chosen.name, chosen.path) == ("embedded", embedded_model())
    assert chosen.reason == "embedded model: the official one is not here; get it with 'bedside model fetch'"


def test_the_official_model_runs_when_it_is_there(good_zip: Path, home: Path) -> None:
    folder = install(OFFICIAL, good_zip, home)
    chosen = choose_model()
    assert (chosen.name, chosen.path) == (OFFICIAL, folder)
    assert choose_model("embedded").name == "embedded"
    assert choose_model("official").path == folder


@pytest.mark.parametrize("damage", ["cut", "gone", "changed"])
def test_a_damaged_official_model_gives_way_to_the_embedded_one(good_zip: Path, home: Path, damage: str) -> None:
    network = install(OFFICIAL, good_zip, home) / "am" / "final.mdl"
    if damage == "cut":
        network.write_bytes(network.read_bytes()[:-1])
    elif damage == "gone":
        network.unlink()
    else:
        content = network.read_bytes()
        network.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        os.utime(network, ns=(0, 0))
    chosen = choose_model()
    assert chosen.name == "embedded"
    assert "the official one is not whole" in chosen.reason
    assert "am/final.mdl" in chosen.reason
    with pytest.raises(ModelError, match=r"am/final\.mdl"):
        choose_model("official")


def test_damage_that_keeps_size_and_time_is_found_by_verify(good_zip: Path, home: Path) -> None:
    folder = install(OFFICIAL, good_zip, home)
    touch_up(folder / "graph" / "HCLr.fst", {-1: 1})
    check_model(OFFICIAL, folder, read_manifest())
    with pytest.raises(ModelError, match=r"HCLr\.fst: damaged, its SHA-256"):
        check_model(OFFICIAL, folder, read_manifest(), thorough=True)


def test_a_named_model_that_is_not_here_is_an_error() -> None:
    with pytest.raises(ModelError, match=r"not here\. Get it with 'bedside model fetch'"):
        choose_model("official")
    with pytest.raises(ModelError, match="there is no model 'nowhere' here, nor such a folder"):
        choose_model("nowhere")


def test_any_folder_will_do(tmp_path: Path) -> None:
    folder = copy_of_embedded(tmp_path / "my model")
    assert choose_model(str(folder)).path == folder


def test_a_folder_that_lacks_files_is_named_with_all_that_is_missing(tmp_path: Path) -> None:
    folder = copy_of_embedded(tmp_path / "mine")
    shutil.rmtree(folder / "conf")
    (folder / "am" / "final.mdl").unlink()
    with pytest.raises(ModelError, match=r"missing: am/final\.mdl, conf/mfcc\.conf, conf/model\.conf\."):
        choose_model(str(folder))


def test_a_model_with_a_fixed_graph_is_refused(tmp_path: Path) -> None:
    folder = copy_of_embedded(tmp_path / "large")
    (folder / "graph" / "HCLr.fst").rename(folder / "graph" / "HCLG.fst")
    with pytest.raises(ModelError, match="fixed graph"):
        choose_model(str(folder))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("am/final.mdl", b""),
        ("am/final.mdl", b"PK\3\4 something else"),
        ("graph/HCLr.fst", b"<!doctype html>"),
        ("graph/Gr.fst", b"\xd6\xfd\xb2\x7e\x05\0\0\0wrong"),
        ("graph/words.txt", b"leg\ncramp\n"),
        ("graph/words.txt", b"\xff\xfe"),
        ("graph/disambig_tid.int", b"none\n"),
        ("conf/mfcc.conf", b""),
        ("conf/model.conf", b"beam = 3\n"),
    ],
)
def test_files_that_are_not_what_they_should_be(tmp_path: Path, file: str, content: bytes) -> None:
    folder = copy_of_embedded(tmp_path / "mine")
    (folder / file).write_bytes(content)
    with pytest.raises(ModelError, match=f"{file}.*damaged"):
        check_shape(folder)


@pytest.mark.parametrize("file", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst"])
def test_what_would_kill_libvosk_is_found_in_a_child(tmp_path: Path, file: str) -> None:
    folder = copy_of_embedded(tmp_path / "mine")
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[: len(content) // 2])
    check_shape(folder)
    with pytest.raises(ModelError, match="libvosk cannot use this model"):
        probe_model(folder)
    with pytest.raises(ModelError, match="libvosk cannot use this model"):
        choose_model(str(folder))


def test_a_model_with_unknown_options_is_named(tmp_path: Path) -> None:
    folder = copy_of_embedded(tmp_path / "mine")
    (folder / "conf" / "mfcc.conf").write_text("--num-cepstra=40\n")
    with pytest.raises(ModelError, match="Invalid option --num-cepstra"):
        probe_model(folder)


def test_a_broken_receipt_counts_as_none(good_zip: Path, home: Path) -> None:
    folder = install("m", good_zip, home)
    for text in ("", "{", "[]", '{"files": [{"path": 1}]}', "null"):
        (folder / ".bedside-model.json").write_text(text)
        assert read_receipt(folder) is None
    assert choose_model("m").path == folder


def test_sums_of_a_known_folder(good_zip: Path, home: Path) -> None:
    folder = install("m", good_zip, home)
    expected = expected_files("m", folder, read_manifest())
    assert expected is not None
    check_sums(folder, expected, thorough=True)


# ---- bedside model use


def test_use_is_obeyed_by_auto_and_taken_back(good_zip: Path, home: Path, tmp_path: Path) -> None:
    install(OFFICIAL, good_zip, home)
    assert use_model("embedded").name == "embedded"
    assert choose_model().reason == "embedded model: chosen with 'bedside model use'"
    folder = copy_of_embedded(tmp_path / "mine")
    assert use_model(str(folder)).path == folder
    assert choose_model().path == folder
    assert use_model("auto").name == OFFICIAL


def test_use_refuses_what_does_not_work(tmp_path: Path) -> None:
    folder = copy_of_embedded(tmp_path / "mine")
    network = folder / "am" / "final.mdl"
    network.write_bytes(network.read_bytes()[:900_000])
    with pytest.raises(ModelError, match="libvosk cannot use"):
        use_model(str(folder))
    assert choose_model().name == "embedded"


def test_a_chosen_model_that_is_gone_does_not_end_the_night(tmp_path: Path) -> None:
    folder = copy_of_embedded(tmp_path / "mine")
    use_model(str(folder))
    shutil.rmtree(folder)
    chosen = choose_model()
    assert chosen.name == "embedded"
    assert "the chosen one cannot be used" in chosen.reason
    assert str(folder) in chosen.reason


def test_a_place_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BEDSIDE_MODELS", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="current: cannot be written"):
        use_model("embedded")


def test_where_models_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BEDSIDE_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(models, "CHECKOUT", tmp_path / "site-packages")
    assert models.models_home() == tmp_path / "data" / "bedside" / "models"
    assert models.SYSTEM_HOME in models.model_homes()
    (tmp_path / "tree" / "models").mkdir(parents=True)
    (tmp_path / "tree" / "pyproject.toml").write_text("")
    monkeypatch.setattr(models, "CHECKOUT", tmp_path / "tree")
    assert models.models_home() == tmp_path / "tree" / "models"


def test_known_models_have_their_states(good_zip: Path, home: Path) -> None:
    (install("other", good_zip, home) / "graph" / "Gr.fst").unlink()
    states = {each.name: each.state for each in known_models(read_manifest())}
    assert states == {"embedded": "present", OFFICIAL: "missing", "other": "damaged"}


# ---- the commands


def bedside(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["model", *arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.stdout


def test_fetch_list_verify_use_as_commands(good_zip: Path, home: Path) -> None:
    with Server(good_zip.read_bytes()) as server:
        fetched = json.loads(bedside("fetch", "--from", server.url, "--sha256", server.archive.sha256, "--json"))
        assert fetched["path"] == str(home / OFFICIAL)
        again = json.loads(bedside("fetch", "--from", server.url, "--json"))
        assert again == fetched
        assert len(server.asked) == 1
        bedside("fetch", "--force", "--from", server.url, "--sha256", server.archive.sha256)
        assert len(server.asked) == 2
    listed = json.loads(bedside("list", "--json"))
    assert listed["chosen"]["name"] == OFFICIAL
    assert {each["name"]: each["chosen"] for each in listed["models"]} == {"embedded": False, OFFICIAL: True}
    assert [each["whole"] for each in json.loads(bedside("verify", "--json"))] == [True, True]
    assert json.loads(bedside("use", "embedded", "--json"))["name"] == "embedded"
    assert "Runs: embedded model: chosen" in bedside("list")


def test_fetch_from_a_carried_file(good_zip: Path, home: Path) -> None:
    sha256 = hashlib.sha256(good_zip.read_bytes()).hexdigest()
    bedside("fetch", "mine", "--from", str(good_zip), "--sha256", sha256.upper())
    assert choose_model("mine").path == home / "mine"


def test_verify_says_what_is_wrong(good_zip: Path, home: Path) -> None:
    touch_up(install("mine", good_zip, home) / "am" / "final.mdl", {-1: 1})
    with pytest.raises(ModelError, match="not whole: mine"):
        bedside("verify", "mine")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fetch", "unknown"), "nobody knows where"),
        (("fetch", "../x", "--from", "http://127.0.0.1/x"), "cannot be fetched"),
        (("fetch", "embedded"), "cannot be fetched"),
        (("fetch", "m", "--from", "http://127.0.0.1/x"), "64 hexadecimal digits"),
        (("fetch", "--from", "ftp://127.0.0.1/x"), "neither an http or https address"),
        (("fetch", "--from", "/nowhere.zip"), "cannot be read"),
        (("use", "nowhere"), "there is no model 'nowhere'"),
        (("verify", "nowhere"), "not whole: nowhere"),
    ],
)
def test_wrong_use_is_one_line(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(BedsideError) as caught:
        bedside(*arguments)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
