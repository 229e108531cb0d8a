"""Bad input: a clear problem that names the field, and nothing lost or half-written."""

from __future__ import annotations

import pytest

from .talking import Api, is_problem

SOP = b'"sop": "Use double."'


def rejected(api: Api, content: bytes, status: int, kind: str, pointer: str | None = None) -> None:
    before = api.get("/admin/runs/count").body["count"]
    assert is_problem(api.send("/start", content), status, kind, pointer)
    assert api.get("/admin/runs/count").body["count"] == before


@pytest.mark.parametrize(
    "content", [b"{", b"sop=Use+double", b"\xff\xfe", b'{"sop": "x"} y', b"NaN", b'{"a": 01}']
)
def test_not_json(api: Api, content: bytes) -> None:
    rejected(api, content, 400, "not-json")


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b"[]", ""),
        (b'"text"', ""),
        (b"{}", "/sop"),
        (b'{"sop": ""}', "/sop"),
        (b'{"sop": " \\n\\t "}', "/sop"),
        (b'{"sop": 1}', "/sop"),
        (b'{"sop": "x", "sop_name": "y"}', "/sop_name"),
        (b'{"sop": "a\\u0000b"}', "/sop"),
        (b'{%s, "initial_data": []}' % SOP, "/initial_data"),
        (b'{%s, "initial_data": "{}"}' % SOP, "/initial_data"),
        (b'{%s, "initial_data": {"a": {"b": "\\u0000"}}}' % SOP, "/initial_data/a/b"),
        (b'{%s, "initial_data": {"a/b~": ["\\ud800"]}}' % SOP, None),
        (b'{%s, "initial_data": {"a": 1e131071}}' % SOP, "/initial_data/a"),
        (b'{%s, "initial_data": {"a": -1e-101}}' % SOP, "/initial_data/a"),
        (b'{%s, "initial_data": {"a": 1%s}}' % (SOP, b"0" * 100), "/initial_data/a"),
        (b'{%s, "metadata": []}' % SOP, "/metadata"),
        (b'{%s, "skills": []}' % SOP, "/skills"),
        (b'{%s, "skills": [1]}' % SOP, "/skills/0"),
        (b'{%s, "limits": {"steps": 0}}' % SOP, "/limits/steps"),
        (b'{%s, "limits": {"step": 1}}' % SOP, "/limits/step"),
        (b'{%s, "priority": "high"}' % SOP, "/priority"),
        (b'{%s, "run_name": ""}' % SOP, "/run_name"),
        (b'{%s, "run_name": " \\t "}' % SOP, "/run_name"),
        (b'{%s, "intial_data": {}}' % SOP, "/intial_data"),
    ],
)
def test_the_field_is_named(api: Api, content: bytes, pointer: str | None) -> None:
    before = api.get("/admin/runs/count").body["count"]
    answer = api.send("/start", content)
    assert answer.status in (400, 422)
    assert is_problem(answer, answer.status, answer.body["type"], pointer)
    assert api.get("/admin/runs/count").body["count"] == before


@pytest.mark.parametrize(("value", "words"), [(b"[]", "must be an object"), (b'{"x": 1}', "unknown field")])
def test_the_words_are_those_of_json(api: Api, value: bytes, words: str) -> None:
    answer = api.send("/start", b'{%s, "limits": %s}' % (SOP, value))
    assert answer.body["errors"][0]["message"] == words
    assert answer.body["title"] == "The body has wrong fields"
    malformed = api.send("/start", b"[]")
    assert malformed.body["title"] == "The request is malformed"


def test_deep_nesting(api: Api) -> None:
    nested = b'{%s, "initial_data": {"a": %s%s}}'
    answer = api.send("/start", nested % (SOP, b"[" * 100_000, b"]" * 100_000))
    assert answer.status in (400, 422)
    assert answer.body["type"] in ("bad-input", "not-json")
    rejected(api, nested % (SOP, b"[" * 64, b"]" * 64), 422, "bad-input")
    assert api.send("/start", nested % (SOP, b"[" * 60, b"]" * 60)).status == 200


def test_too_large(api: Api) -> None:
    rejected(api, b'{"sop": "%s"}' % (b"x" * 100_001), 413, "too-large", "/sop")
    assert api.send("/start", b'{"sop": "%s"}' % (b"x" * 100_000)).status == 200
    large = b'{%s, "initial_data": {"a": "%s"}}'
    rejected(api, large % (SOP, b"x" * 5_000_000), 413, "too-large", "/initial_data")
    rejected(api, large % (SOP, b"x" * 9_000_000), 413, "too-large")
    rejected(api, b'{%s, "metadata": {"a": "%s"}}' % (SOP, b"x" * 16_000), 413, "too-large", "/metadata")
    answer = api.send("/start", large % (SOP, b"x" * 4_900_000))
    assert answer.status == 200
    assert (
        len(api.get(f"/admin/runs/{answer.body['thread_id']}/metadata").body["initial_data"]["a"])
        == 4_900_000
    )


@pytest.mark.parametrize("number", ["1e100", "1" * 100, "-0.5e-99", "0." + "1" * 99, "1E5", "0", "-1"])
def test_numbers_within_the_limits_are_exact(api: Api, number: str) -> None:
    from decimal import Decimal

    answer = api.send("/start", b'{%s, "initial_data": {"a": %s}}' % (SOP, number.encode()))
    kept = api.get(f"/admin/runs/{answer.body['thread_id']}/metadata").body["initial_data"]["a"]
    assert Decimal(kept) == Decimal(number)


@pytest.mark.parametrize("path", ["/rerun/x%00y", "/status/x%00y", "/admin/runs/%ff", "/admin/skills/%00"])
def test_paths_that_the_database_cannot_take(api: Api, path: str) -> None:
    answer = api.post(path) if path.startswith("/rerun") else api.get(path)
    assert answer.status in (404, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_rerun_and_answers_check_their_fields(api: Api) -> None:
    thread_id = api.start("Use double.", {"number": 1})
    api.ended(thread_id)
    for content, pointer in [
        (b'{"changes": []}', "/changes"),
        (b'{"initial_data": 1}', "/initial_data"),
        (b'{"sop": ""}', "/sop"),
        (b'{"form": "failure"}', "/form"),
        (b'{"changes": {"a": "\\u0000"}}', "/changes/a"),
    ]:
        answer = api.send(f"/rerun/{thread_id}", content)
        assert is_problem(answer, 422, "bad-input", pointer)
    deep = b'{"changes": {"a": %s1%s}}' % (b'{"a":' * 70, b"}" * 70)
    assert api.send(f"/rerun/{thread_id}", deep).status in (400, 422)
    assert api.get(f"/admin/runs/{thread_id}/metadata").body["rerun_count"] == 0
    assert is_problem(api.send(f"/approve/{thread_id}", b'{"step": "1"}'), 422, "bad-input", "/step")


def test_unknown_paths_and_methods_are_problems(api: Api) -> None:
    assert is_problem(api.get("/nothing/here"), 404, "not-found")
    assert is_problem(api.get("/start"), 405, "method-not-allowed")
