"""Signing in with an API key: the cookie that a browser gets for it, and for which pages it counts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from tests.running_server import running_server

from agentskills.api.sessions import COOKIE, Keys
from agentskills.settings import Settings

from .skill_folders import write_skills
from .talking import Answer, Api, is_problem

KEY = "first-key-0001"
WITH_KEY = {"Authorization": "Bearer first-key-0001"}


@pytest.fixture(scope="module")
def address(module_url: str) -> Iterator[str]:
    """Where a server with keys answers; it is told that it is reached by https."""
    home = Path(tempfile.mkdtemp(prefix="asf-session-"))
    home.chmod(0o755)
    more = {"ASF_API_KEYS": f"{KEY}, second-key-0002", "ASF_PUBLIC_URL": "https://agents.example"}
    with running_server(home, module_url, write_skills(home / "skills"), more, with_worker=False) as server:
        yield server.url
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def api(address: str) -> Iterator[Api]:
    """A client that keeps no cookies by itself."""
    client = Api(address)
    yield client
    client.http.close()


def sign_in(api: Api, key: str = KEY) -> dict[str, str]:
    """The header with the session's cookie."""
    answer = api.post("/session", {"api_key": key})
    assert answer.status == 200, answer
    api.http.cookies.clear()
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def get(api: Api, path: str, **headers: str) -> Answer:
    return api._answer(api.http.get(path, headers=headers))


def test_signing_in(api: Api) -> None:
    before = api.get("/session")
    assert before.body == {"login_needed": True, "signed_in": False, "expires_at": None}
    answer = api.post("/session", {"api_key": KEY})
    cookie, *attributes = answer.headers["set-cookie"].split("; ")
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=strict", "Secure", "Path=/", "Max-Age=43200"} <= set(attributes)
    assert KEY not in answer.headers["set-cookie"]
    assert answer.body["signed_in"]
    api.http.cookies.clear()
    session = {"Cookie": cookie}
    assert get(api, "/session", **session).body == answer.body
    assert get(api, "/admin/runs", **session).status == 200
    started = api.post("/start", {"sop": "Use double."}, **session)
    assert started.status == 200
    row = get(api, f"/admin/runs/{started.body['thread_id']}/metadata", **session).body
    by_key = get(api, "/admin/runs", **WITH_KEY)
    assert by_key.status == 200
    assert row["requested_by"]["kind"] == "api_key"  # as for the key itself


def test_signing_out(api: Api) -> None:
    session = sign_in(api)
    answer = api._answer(api.http.delete("/session", headers=session))
    assert answer.body == {"login_needed": True, "signed_in": False, "expires_at": None}
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize("key", ["nonsense", "first-key-000", "first-key-0001,", "First-key-0001"])
def test_wrong_keys(api: Api, key: str) -> None:
    answer = api.post("/session", {"api_key": key})
    assert is_problem(answer, 401, "unauthorized")
    assert "set-cookie" not in answer.headers


def test_bad_requests(api: Api) -> None:
    assert is_problem(api.post("/session"), 422, "bad-input", "/api_key")
    assert is_problem(api.post("/session", {"api_key": 1}), 422, "bad-input", "/api_key")


def _expiring_later(cookie: str) -> str:
    key, expiry, *rest = cookie.split(".")
    return ".".join((key, str(int(expiry) + 1000), *rest))


FORGERIES: list[Callable[[str], str]] = [
    lambda cookie: "",
    lambda cookie: "nonsense",
    lambda cookie: "...",
    lambda cookie: cookie[:-1],
    lambda cookie: cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),
    lambda cookie: cookie.partition("=")[0] + "=\xff.\xff",
    _expiring_later,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_forged_cookies(api: Api, forge: Callable[[str], str]) -> None:
    headers = {"Cookie": forge(sign_in(api)["Cookie"]).encode("latin-1")}
    assert api.http.get("/admin/runs", headers=headers).status_code == 401


def test_a_wrong_key_is_not_saved_by_a_cookie(api: Api) -> None:
    assert get(api, "/admin/runs", Authorization="Bearer wrong", **sign_in(api)).status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 409),
        ({"Origin": "https://agents.example", "Sec-Fetch-Site": "same-origin"}, 409),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://agents.example.evil.example"}, 403),
        ({"Origin": "https://agents.example:8443"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_session_counts_for_own_pages_only(api: Api, headers: dict[str, str], status: int) -> None:
    session = sign_in(api)
    run = api.post("/start", {"sop": "Use double."}, **WITH_KEY).body["thread_id"]
    answer = api.send(f"/approve/{run}", b"", **session, **headers)
    assert is_problem(answer, status, {403: "forbidden-origin", 409: "not-waiting"}[status])
    signing_in = api.send("/session", b'{"api_key": "first-key-0001"}', **headers)
    assert signing_in.status == (403 if status == 403 else 200)
    api.http.cookies.clear()
    with_key = api.send(f"/approve/{run}", b"", **WITH_KEY, **headers)
    assert with_key.status == 409  # a key is no cookie: no foreign page can send it unseen


def test_own_pages_under_the_name_they_were_asked_for(api: Api) -> None:
    session = sign_in(api)
    own = {"Host": "agents.internal:8000", "Origin": "http://agents.internal:8000"}
    assert api.http.get("/admin/runs", headers=session | own).status_code == 200
    assert api.http.get("/admin/runs", headers=session | own | {"Origin": "http://x:8000"}).status_code == 403


def test_no_login_where_there_are_no_keys(database_url: str) -> None:
    home = Path(tempfile.mkdtemp(prefix="asf-session-"))
    home.chmod(0o755)
    with (
        running_server(home, database_url, "", with_worker=False) as server,
        httpx2.Client(base_url=server.url, trust_env=False) as http,
    ):
        open_to_all = {"login_needed": False, "signed_in": True, "expires_at": None}
        assert http.get("/session").json() == open_to_all
        answer = http.post("/session", content=b'{"api_key": "any"}')
        assert (answer.json(), "set-cookie" in answer.headers) == (open_to_all, False)
    shutil.rmtree(home, ignore_errors=True)


def keys(*given: str, secret: bytes = b"secret of the installation") -> Keys:
    made = Keys(Settings(api_keys=",".join(given)))
    made.secret = secret
    return made


def test_sessions_end() -> None:
    opened = keys("one", "two").open_session(b"two")
    assert opened is not None
    cookie, session = opened
    assert keys("two", "three").session(cookie) == session  # another process, other keys beside
    assert keys("one", "three").session(cookie) is None  # its key has been taken out
    assert keys("one", "two", secret=b"another one").session(cookie) is None
    over = keys("one").open_session(b"one", timedelta(seconds=-1))
    assert over is not None
    assert keys("one").session(over[0]) is None
