"""Secrets come from the environment or from files, and are found in nothing that is kept."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.executors import secrets
from agentskills.executors.secrets import MASK, child_environment, environment, keep_out, redact, secret

PLANTED = 'hunter2/"quoted" & long'


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").write_text("from-a-file\n")
    assert secret("shop", tmp_path) == "from-a-file"
    monkeypatch.setenv("ASF_SECRET_SHOP", "from-upper-case")
    assert secret("shop", tmp_path) == "from-upper-case"
    monkeypatch.setenv("ASF_SECRET_shop", "from-the-exact-name")
    assert secret("shop", tmp_path) == "from-the-exact-name"


def test_a_secret_is_looked_up_anew_each_time(tmp_path: Path) -> None:
    (tmp_path / "rotating").write_text("first-value")
    assert secret("rotating", tmp_path) == "first-value"
    (tmp_path / "rotating").write_text("second-value")
    assert secret("rotating", tmp_path) == "second-value"
    assert redact("first-value second-value") == f"{MASK} {MASK}"


@pytest.mark.parametrize("name", ["nobody-knows", "../passwd", "a/b", "", ".hidden"])
def test_a_missing_secret_says_how_to_set_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "passwd").write_text("do-not-read")
    with pytest.raises(SkillFailed, match="ASF_SECRET_") as raised:
        secret(name, tmp_path / "inner")
    assert raised.value.error_type == "no-secret"
    assert raised.value.nothing_happened


def test_a_secret_too_short_to_hide_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASF_SECRET_PIN", "123")
    with pytest.raises(SkillFailed, match="too few") as raised:
        secret("pin", None)
    assert "123" not in str(raised.value)


def test_redaction_finds_every_form() -> None:
    keep_out(PLANTED)
    encoded = base64.b64encode(PLANTED.encode()).decode()
    record = {
        "text": f"before {PLANTED} after",
        "url": "https://x/?key=hunter2%2F%22quoted%22%20%26%20long",
        "form": "key=hunter2%2F%22quoted%22+%26+long",
        "json": 'said {"key": "hunter2/\\"quoted\\" & long"}',
        "basic": f"Basic {encoded}",
        "deep": [{PLANTED: [PLANTED]}],
        "harmless": ["hunter", 1, Decimal("1.10"), None, True],
    }
    clean = redact(record)
    assert "hunter2" not in repr(clean)
    assert encoded not in repr(clean)
    assert clean["text"] == f"before {MASK} after"
    assert clean["deep"] == [{MASK: [MASK]}]
    assert clean["harmless"] is record["harmless"]


def test_a_secret_number_is_found_among_numbers() -> None:
    keep_out("48151623")
    assert redact({"pin": 48151623, "other": 48151624}) == {"pin": MASK, "other": 48151624}


def test_nothing_to_replace_is_the_same_object() -> None:
    keep_out("never-in-there")
    value = {"a": [1, {"b": "c"}], "d": Decimal("1.10")}
    assert redact(value) is value


def test_all_that_is_configured_is_kept_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASF_SECRET_UNUSED", "never-asked-for")
    (tmp_path / "unused").write_text("in-a-file-too\n")
    secrets.keep_out_all(tmp_path, ["sk-model-key"])
    assert redact(["never-asked-for", "in-a-file-too", "sk-model-key"]) == [MASK] * 3


@pytest.mark.parametrize("name", ["ASF_API_KEY", "DATABASE_URL", "PGPASSWORD", "asf_secret_x"])
def test_env_does_not_see_our_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "planted")
    with pytest.raises(SkillFailed, match="is refused") as raised:
        environment(name)
    assert "planted" not in str(raised.value)
    assert name not in child_environment()


def test_env_that_is_not_set_is_named() -> None:
    with pytest.raises(SkillFailed, match="SHOP_URL_NOT_SET") as raised:
        environment("SHOP_URL_NOT_SET")
    assert raised.value.error_type == "no-env"
