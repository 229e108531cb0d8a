"""Which skills the text of an SOP names."""

from __future__ import annotations

import pytest

from agentskills.planner.sop_names import SopNames

NAMES = SopNames(
    ["fetch-order", "order", "pay-refund", "refund", "OrderDetail", "données", "mail_out", "order-mail"]
)


@pytest.mark.parametrize(
    ("sop", "named"),
    [
        ("First fetch order, then pay-refund.", ("fetch-order", "pay-refund")),
        ("FETCH_ORDER and Pay  \n Refund", ("fetch-order", "pay-refund")),
        ("pay-refund, then fetch-order, then pay-refund", ("pay-refund", "fetch-order")),
        ("prefetch-order the refunds", ("order",)),
        ("Refund the order.", ("refund", "order")),
        ("fetch order mail", ("fetch-order", "order-mail")),
        ("We fetch. Order comes later.", ("order",)),
        ("Run `OrderDetail` with 'Données'", ("OrderDetail", "données")),
        ("orderdetail mail-out", ("OrderDetail", "mail_out")),
        ("Nothing here", ()),
        ("", ()),
        ("---", ()),
    ],
)
def test_whole_words_whatever_their_case_and_joints(sop: str, named: tuple[str, ...]) -> None:
    assert NAMES.find(sop) == named


def test_names_that_differ_only_in_their_joints_are_all_named() -> None:
    assert SopNames(["a-b", "a_b"]).find("a b") == ("a-b", "a_b")


def test_a_name_without_letters_is_never_found() -> None:
    assert SopNames(["-", "_"]).find("a - b _ c") == ()
