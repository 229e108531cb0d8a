"""The Python of the example skills, called directly."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import reduce
from pathlib import Path

import pytest

from agentskills.domain.rerun import merge_patch

from .example_files import entry, example

REFUND = ("fetch-order", "check-refund-policy", "release-large-refund", "pay-refund", "notify-customer")
INVOICE_CHECKS = ("check-invoice-prices", "check-invoice-quantities", "check-duplicate-invoices")


@pytest.fixture(autouse=True)
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXAMPLE_OUTBOX", str(tmp_path / "outbox"))
    return tmp_path / "outbox"


def carried_out(data: dict, *skills: str) -> dict:
    """The data after these skills, one after the other; a deep merge is enough for the examples."""
    return reduce(lambda so_far, skill: merge_patch(so_far, entry(skill)(so_far)), skills, data)


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_small_refund_is_approved_by_policy_and_paid(outbox: Path) -> None:
    data = carried_out(example("order-refund", "Kettle"), *REFUND[:2], *REFUND[3:])
    assert data["refund"] == {
        "amount": Decimal("64.70"),
        "approved": {"amount": Decimal("64.70"), "by": "policy: up to 200"},
    }
    (payment,) = lines(outbox / "refunds.jsonl")
    assert payment["amount"] == "64.70 EUR"
    assert payment["payment"] == data["payment"]["id"]
    (mail,) = lines(outbox / "mail.jsonl")
    assert mail["to"] == "marta.lindqvist@example.com"
    assert data["payment"]["id"] in mail["text"]


def test_large_refund_is_over_the_limit_until_released() -> None:
    data = carried_out(example("order-refund", "Espresso"), *REFUND[:2])
    assert "approved" not in data["refund"]
    assert data["refund"]["over_limit"] == {"limit": 200, "by": Decimal("549.00")}
    assert entry("release-large-refund")(data) == {
        "refund": {"approved": {"amount": Decimal("749.00"), "by": "a person"}}
    }


def test_part_of_the_total_can_be_refunded_but_not_more() -> None:
    asked = merge_patch(example("order-refund", "Espresso"), {"request": {"amount": 120}})
    assert carried_out(asked, *REFUND[:2])["refund"]["approved"]["amount"] == 120
    with pytest.raises(Exception, match="asks for 750, but the order was 749"):
        carried_out(merge_patch(asked, {"request": {"amount": 750}}), *REFUND[:2])


def test_the_return_window_is_thirty_days() -> None:
    late = example("order-refund", "Coffee grinder")
    with pytest.raises(Exception, match="98 days after delivery; the return window is 30 days"):
        carried_out(late, *REFUND[:2])
    last_day = merge_patch(late, {"request": {"received_on": "2026-09-13"}})
    assert carried_out(last_day, *REFUND[:2])["refund"]["amount"] == 119
    with pytest.raises(Exception, match="31 days"):
        carried_out(merge_patch(late, {"request": {"received_on": "2026-09-14"}}), *REFUND[:2])


def test_unknown_order_ends_the_refund() -> None:
    with pytest.raises(Exception, match="no order A-1O442"):
        carried_out(example("order-refund", "Unknown"), "fetch-order")


def test_long_reference_reaches_the_ledger_digit_for_digit(outbox: Path) -> None:
    carried_out(example("order-refund", "Kitchen scale"), *REFUND[:2], "pay-refund")
    assert '"reference": 20261120000000004711' in (outbox / "refunds.jsonl").read_text()


def test_the_ledger_tells_whether_a_refund_was_paid() -> None:
    data = carried_out(example("order-refund", "Kettle"), *REFUND[:2])
    assert entry("pay-refund", "already_paid")(data) == {"happened": False}
    paid = entry("pay-refund")(data)
    assert entry("pay-refund", "already_paid")(data) == {"happened": True, "output": paid}


def test_invoices_within_tolerance_match_and_the_rest_is_reported(outbox: Path) -> None:
    data = carried_out(
        example("supplier-invoices", "Week 46"),
        "read-supplier-invoices",
        *INVOICE_CHECKS,
        "match-invoices",
        "post-invoices",
        "report-invoice-exceptions",
    )
    assert [item["invoice"] for item in data["invoices"]["matched"]] == ["FB-88121", "ND-20931", "HV-5512"]
    assert data["report"]["lines"] == ["KL-0098: Pallet transport: billed at 145.00, ordered at 138.00"]
    assert data["posting"]["total"] == Decimal("4214.00")
    (posting,) = lines(outbox / "postings.jsonl")
    assert posting == {"batch": "2026-W46", "number": data["posting"]["number"], "total": "4214.00"}
    assert (
        (outbox / "exceptions-2026-W46.txt").read_text().startswith("Batch 2026-W46: 1 to look at\nKL-0098")
    )
    assert entry("post-invoices", "already_posted")(data)["output"]["posting"] == data["posting"]


def test_one_large_mismatch_stops_the_batch_until_the_rule_is_raised() -> None:
    batch = example("supplier-invoices", "Week 47")
    checked = carried_out(batch, "read-supplier-invoices", *INVOICE_CHECKS)
    with pytest.raises(Exception, match=r"ND-20960: Office chair: billed at 262.00.*1200.00 is at stake"):
        entry("match-invoices")(checked)
    raised = merge_patch(checked, {"rules": {"stop_above": 2000}})
    assert [item["invoice"] for item in entry("match-invoices")(raised)["invoices"]["exceptions"]] == [
        "ND-20960"
    ]


def test_a_duplicate_and_a_short_delivery_are_found() -> None:
    data = carried_out(
        example("supplier-invoices", "Two invoices"), "read-supplier-invoices", *INVOICE_CHECKS
    )
    (duplicate,) = data["invoices"]["duplicate_findings"]
    assert duplicate["invoice"] == "HV-5498"
    assert duplicate["money"] == 224
    billed_too_many = merge_patch(
        data, {"invoices": {"lines": [data["invoices"]["lines"][0] | {"quantity": 160}]}}
    )
    (finding,) = entry("check-invoice-quantities")(billed_too_many)["invoices"]["quantity_findings"]
    assert finding["text"] == "Ball valve DN25: 160 billed, 120 received"
    assert finding["percent"] == 25


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        ("invoice,supplier\nX,Y\n", "no column order, item, quantity, unit_price, date"),
        ("invoice,supplier,order,item,quantity,unit_price,date\nA,B,C,D,two,1.0,E\n", "Line 2: quantity"),
    ],
)
def test_unreadable_csv_says_where(csv: str, message: str) -> None:
    with pytest.raises(Exception, match=message):
        entry("read-supplier-invoices")({"batch": {"id": "x", "csv": csv}})
    with pytest.raises(Exception, match="No file was delivered for batch x"):
        entry("read-supplier-invoices")({"batch": {"id": "x"}})


def test_candidates_need_a_permit_on_the_first_day() -> None:
    refused = example("candidate-screening", "Work permit")
    with pytest.raises(Exception, match="ends on 2026-12-15, before the first day on 2027-01-04"):
        carried_out(refused, "check-eligibility")
    with pytest.raises(Exception, match="has no work permit"):
        carried_out(merge_patch(refused, {"candidate": {"work_permit": None}}), "check-eligibility")
    renewed = merge_patch(refused, {"candidate": {"work_permit": {"valid_until": "2028-12-15"}}})
    assert carried_out(renewed, "check-eligibility")["candidate"]["eligible"] == "permit until 2028-12-15"


@pytest.mark.parametrize(
    ("title", "points", "missing"), [("Staff nurse", 100, []), ("Shift lead", 62, ["first aid"])]
)
def test_scores(title: str, points: int, missing: list[str]) -> None:
    data = carried_out(example("candidate-screening", title), "check-eligibility", "score-candidate")
    assert data["score"] == {"points": points, "missing": missing}


def test_the_candidate_is_told_the_decision(outbox: Path) -> None:
    data = example("candidate-screening", "Staff nurse") | {"decision": {"outcome": "decline"}}
    assert entry("tell-candidate")(data)["letter"]["to"] == "ines.moreau@example.com"
    (letter,) = lines(outbox / "mail.jsonl")
    assert "other candidates" in letter["text"]


def test_customers_are_looked_up() -> None:
    assert (
        carried_out(example("complaint-reply", "Kettle"), "look-up-customer")["customer"]["since"]
        == "2019-03-02"
    )
    with pytest.raises(Exception, match="no customer C-0000"):
        carried_out(example("complaint-reply", "Unknown"), "look-up-customer")
