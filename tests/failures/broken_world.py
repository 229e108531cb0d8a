"""Failures as they come: four kinds, in words that differ by ids, amounts, times, addresses and quotes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

ZONES = ("UTC", "Z", "+01:00", "CET")
DOMAINS = ("example.com", "bank.internal", "mail.example.org", "shop.co.uk", "intern.lan")
NAMES = ("Ada Lovelace", "O'Brien", "Zoë", "Grace", "Linus T.", "Müller & Söhne")
GOODS = ("kettle", "tea pot", "espresso machine", "cup")


def moment(rng: random.Random) -> str:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(31_000_000))
    return rng.choice(
        (
            at.isoformat(),
            at.strftime("%Y-%m-%d %H:%M:%S ") + rng.choice(ZONES),
            at.strftime("%d %b %Y %I:%M %p"),
            at.strftime("%a, %d %B %Y %H:%M:%S GMT"),
            at.strftime("%B %d, %Y"),
            str(int(at.timestamp())),
        )
    )


def thing(rng: random.Random) -> str:
    return rng.choice(
        (
            f"order-{rng.randrange(10**6)}",
            f"run_{rng.randrange(16**8):08x}1",
            f"{rng.randrange(16**8):08x}-{rng.randrange(16**4):04x}-4{rng.randrange(16**3):03x}-"
            f"a{rng.randrange(16**3):03x}-{rng.randrange(16**12):012x}",
            f"#{rng.randrange(10**9)}",
            f"0x{rng.randrange(16**6):x}",
            f"INV/{rng.randrange(2020, 2027)}/{rng.randrange(9999)}",
        )
    )


def amount(rng: random.Random) -> str:
    value = rng.randrange(1, 10**7) / 100
    return rng.choice(
        (f"{value:.2f}", f"{value:,.2f}", f"€{value:.2f}", f"${value:,.2f}", f"{value:.2f} EUR")
    )


def address(rng: random.Random) -> str:
    host = f"{rng.choice(('api', 'mail-primary', 'db'))}.{rng.choice(DOMAINS)}"
    return rng.choice(
        (
            f"https://{host}/v1/orders/{rng.randrange(999)}?a=b&c={rng.randrange(99)}",
            f"http://{host}:8080",
            host,
            f"{host}:{rng.randrange(1024, 65535)}",
            f"10.{rng.randrange(255)}.0.{rng.randrange(255)}:5432",
            f"fe80::{rng.randrange(16**4):x}",
            "localhost",
        )
    )


def quoted(rng: random.Random) -> str:
    value = rng.choice((*NAMES, *GOODS, "", 'it\'s "so"', "a, b and c"))
    left, right = rng.choice((('"', '"'), ("`", "`"), ("«", "»"), ("'", "'"), ("“", "”")))
    return left + (value.replace('"', r"\"") if left == '"' else value) + right


def json_fragment(rng: random.Random) -> str:
    return rng.choice(
        (
            f'{{"order": {{"id": {rng.randrange(99)}, "goods": ["{rng.choice(GOODS)}"]}}}}',
            "[]",
            "{'code': None, 'more': {'deep': [{}]}}",
            f'[{{"name": "{rng.choice(GOODS)}"}}, {{"name": "x"}}, null]',
            '{"text": "cut off in the mid',
        )
    )


def path(rng: random.Random) -> str:
    return rng.choice(
        (
            f"/var/lib/{rng.choice(GOODS).replace(' ', '-')}/letters/{rng.randrange(99)}.txt",
            "/tmp/out",
            "C:\\Users\\ada\\order.csv",
            "~/mail/outbox",
            "./letters/draft.txt",
        )
    )


KINDS: dict[tuple[str, str], Callable[[random.Random], str]] = {
    ("fetch-order", "http-error"): lambda rng: (
        f"GET {address(rng)} answered {rng.randrange(400, 600)} after {rng.randrange(1, 90)} "
        f"{rng.choice(('s', 'ms', 'seconds'))}: {json_fragment(rng)}"
    ),
    ("check-order", "skill-failed"): lambda rng: (
        f"the order {thing(rng)} of {quoted(rng)} can't be refunded: {amount(rng)} is more than {amount(rng)}"
    ),
    ("check-order", "bad-output"): lambda rng: (
        f"order.total: {quoted(rng)} is not a number (at {moment(rng)})"
    ),
    ("write-letter", "skill-failed"): lambda rng: (
        f"{path(rng)} can't be written for {rng.choice(('ada', 'b.c+d'))}@{rng.choice(DOMAINS)} "
        f"since {moment(rng)}"
    ),
}
"""How each kind of failure reads, by the skill that fails and the type of its error."""


def failures(count: int, seed: int) -> list[tuple[str, str, str]]:
    """Return `count` failures as (skill, type, message), of all kinds, in any order."""
    rng = random.Random(seed)
    kinds = list(KINDS)
    chosen = [kinds[n % len(kinds)] for n in range(count)]
    rng.shuffle(chosen)
    return [(skill, error_type, KINDS[skill, error_type](rng)) for skill, error_type in chosen]
