"""Which settings the server tells, and that no secret is among them."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from agentskills.services.set_up import SECRET, SHOWN, settings_told
from agentskills.settings import Settings

NOT_OF_THE_SERVER = {"crash_at", "api_url", "api_token"}


def test_each_setting_is_told_or_left_out_on_purpose() -> None:
    assert {*SHOWN, *SECRET} | NOT_OF_THE_SERVER == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert "SecretStr" not in str(field.annotation) or name in {*SECRET, *NOT_OF_THE_SERVER}


def test_no_secret_is_told() -> None:
    settings = Settings(
        home=Path("/tmp/home"),
        database_url="postgresql://agent:pass-in-url@db/x",
        api_key=SecretStr("model-key"),
        api_keys=SecretStr("first-key, second-key"),
        model_base_url="https://user:hidden@models.example.org/v1?key=hidden",
        public_url="https://user:hidden@agents.example.org",
        lease_seconds=2.5,
    )
    told = {item["name"]: item for item in settings_told(settings)}
    for secret in ("pass-in-url", "model-key", "first-key", "hidden"):
        assert secret not in str(told)
    assert told["ASF_API_KEYS"]["given"]
    assert told["ASF_MODEL_BASE_URL"]["value"] == "https://models.example.org/v1"
    assert told["ASF_LEASE_SECONDS"]["value"] == "2.5"
    assert not told["ASF_MODEL"]["given"]
