"""Files of kept runs: how they are written, what is wrong with broken ones, and the reports."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cases.conftest import Bench
from tests.cases.test_cases import chain
from tests.cli.asf_command import asf
from tests.cli.conftest import on as on
from tests.cli.conftest import server as server
from tests.engine.workplace import inline
from tests.running_server import RunningServer

from agentskills.domain.errors import BadInput, NotFinished, RunNotFound
from agentskills.executors.secrets import keep_out
from agentskills.services.actor import Actor
from agentskills.services.cancel import cancel
from agentskills.services.keep import keep

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


def test_the_case_beside_the_examples_passes(tmp_path: Path) -> None:
    home = {"ASF_HOME": str(tmp_path), "ASF_SKILLS": str(ROOT / "examples" / "skills")}
    ended = asf("test", str(ROOT / "examples" / "cases"), environment=home)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.endswith("\n1 case: 1 passed\n")
    assert os.listdir(tmp_path) == []


async def test_broken_files_are_named_and_do_not_hinder_the_others(bench: Bench) -> None:
    run = await chain(bench)
    good = (await bench.keep(run)).read_text()
    document = json.loads(good)

    def broken(name: str, text: str) -> None:
        (bench.folder / f"{name}.run.json").write_text(text)

    def changed(name: str, *path: str | int, value: object) -> None:
        copy = json.loads(good)
        place = copy
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        broken(name, json.dumps(copy))

    broken("cut", good[:-10])
    broken("list", "[]")
    broken("other", '{"format": 99}')
    broken("empty", "")
    changed("typo", "journal", 1, "skil", value="s1")
    changed("type", "journal", 1, "skill", value=7)
    changed("order", "journal", 1, "seq", value=1)
    changed("path", "expected", 0, "path", value="a..b")
    changed("output", "journal", 1, "outputs", value={})
    changed("deep", "initial_data", "v0", value=1e300)
    assert len(document["journal"]) == 7
    found = bench.verdicts()
    assert found[""] == 1
    assert found[run]["outcome"] == "passed"
    said = {name: case["reasons"][0] for name, case in found.items() if name and name != run}
    assert {case["outcome"] for name, case in found.items() if name in said} == {"broken"}
    begins = {
        "cut": "not valid JSON: ",
        "list": "this is no kept run",
        "other": "format: 99 can't be read by this version, only 1",
        "empty": "not valid JSON: ",
        "typo": "journal[1]: Object contains unknown field `skil`",
        "type": "journal[1].skill: Expected `str | null`, got `int`",
        "order": "journal[1].seq: 1 comes after 1",
        "path": "expected[0].path: 'a..b' is not a data path",
        "output": "journal[1].digests: there is nothing at v1 in the outputs",
        "deep": "initial_data.v0: ",
    }
    assert {name: said[name][: len(text)] for name, text in begins.items()} == begins
    table = bench.test("-k", "typo")
    assert f"{bench.folder}/typo.run.json: journal[1]: " in table.stdout
    assert table.stdout.endswith("1 case: 1 broken\n")


async def test_the_reports_can_be_read_whatever_the_values_hold(bench: Bench, tmp_path: Path) -> None:
    place = bench.place
    nasty = '<b> & "quotes" ``` | \x1b[31m ]]> \ufffe'
    inline(place.root, "say", f"return {{'word': {nasty!r}}}", requires="n", produces="word")
    await place.load()
    async with place.worker():
        run = await place.start("say", data={"n": 1})
        await place.until(run, "completed")
    await bench.keep(run)
    inline(place.root, "say", f"return {{'word': {nasty + '!'!r}}}", requires="n", produces="word")
    junit, markdown = tmp_path / "reports" / "junit.xml", tmp_path / "report.md"
    ended = bench.test("--junit", str(junit), "--markdown", str(markdown))
    assert ended.returncode == 1
    assert "\x1b" not in ended.stdout
    suite = ElementTree.parse(junit).getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("1", "1", "0")
    (failure,) = suite[0]
    assert (failure.tag, failure.get("type")) == ("failure", "changed")
    assert "skill say changed" in (failure.text or "")
    report = markdown.read_text()
    assert report.startswith("### asf test: 1 case: 1 changed\n")
    assert report.count("\n````\n") == 2  # a fence longer than what the value holds


async def test_a_planted_secret_is_not_in_the_file(bench: Bench) -> None:
    place, secret = bench.place, "hush-hush-4711"
    inline(place.root, "use", 'return {"length": len(inputs["key"])}', requires="key", produces="length")
    await place.load()
    async with place.worker():
        run = await place.start("use", data={"key": secret, "n": 1})
        await place.until(run, "completed")
    keep_out(secret)
    file = await bench.keep(run)
    assert secret not in file.read_text()
    assert '"key": "[secret]"' in file.read_text()
    case = bench.verdicts()[run]
    assert case["notes"][0].startswith("secrets were struck out")


async def test_what_can_not_be_kept(bench: Bench) -> None:
    place = bench.place
    run = await chain(bench)
    inline(place.root, "ask", "return {}", requires="v0", produces="x?", approval="before")
    await place.load()
    async with place.worker():
        waiting = await place.start("ask", data={"v0": 1})
        await place.until_waiting(waiting, "approval")
        with pytest.raises(NotFinished):
            await keep(place.context, waiting, [])
        await cancel(place.context, waiting, None, Actor(name="ada"))
        await place.until(waiting, "cancelled")
    with pytest.raises(NotFinished, match="cancelled"):
        await keep(place.context, waiting, [])
    with pytest.raises(RunNotFound):
        await keep(place.context, "nobody", [])
    with pytest.raises(BadInput) as refused:
        await keep(place.context, run, ["v1", "nothing.here"])
    assert refused.value.pointer == "/expect/1"


def test_keeping_from_the_command_line(server: RunningServer, on: object, tmp_path: Path) -> None:
    assert callable(on)
    started = on(
        "run", "start", "--name", "order-refund", "--id", "kettle", "--set", "order.id=A-10442",
        "--set", "request.received_on=2026-11-20", "--wait",
    )  # fmt: skip
    assert started.returncode == 0, started.stderr
    kept = on("run", "keep", "kettle", "--expect", "payment.amount", folder=tmp_path)
    assert (kept.returncode, kept.stdout) == (0, "cases/kettle.run.json\n"), kept.stderr
    text = (tmp_path / "cases" / "kettle.run.json").read_text()
    assert '"value": 64.70' in text  # digit for digit
    assert "/" not in json.dumps(json.loads(text)["journal"])  # no paths of this machine
    again = on("run", "keep", "kettle", folder=tmp_path)
    assert again.returncode == 4
    assert "--force" in again.stderr
    forced = on("run", "keep", "kettle", "--expect", "payment.amount", "--force", folder=tmp_path)
    assert forced.returncode == 0
    assert (tmp_path / "cases" / "kettle.run.json").read_text() == text  # the same run, the same bytes
    assert on("run", "keep", "nobody", folder=tmp_path).returncode == 3
    wrong = on("run", "keep", "kettle", "--into", "other", "--expect", "no.such", folder=tmp_path)
    assert wrong.returncode == 2
    assert not (tmp_path / "other").exists()


def test_nothing_to_test(tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        ended = asf("test", *arguments, folder=tmp_path)
        assert ended.returncode == 2
        return ended.stderr

    assert "there is no folder cases" in said()
    (tmp_path / "cases").mkdir()
    assert "no cases found" in said()
    (tmp_path / "cases" / "a.run.json").write_text("{}")
    assert "--skills" in said()
    assert "no cases found" in said("-k", "b")
