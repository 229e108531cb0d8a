"""The filters that million.py measures: each alone, and the pairs that people use."""

from __future__ import annotations

from hashlib import sha256

from agentskills.domain.status import RunStatus
from agentskills.storage.run_filter import RunFilter

COMMON, MIDDLE, NEW, GIVEN_UP, RARE = "fetch-order", "pay-out", "fetch-prices", "read-fax", "find-buyers"
FAILED, CANCELLED, WAITING = [RunStatus.FAILED], [RunStatus.CANCELLED], [RunStatus.WAITING]
NORTH, VIP, ORDER = {"team": "north"}, {"vip": True}, {"order": {"id": 500_001}}
VERSION = sha256(f"{COMMON}3".encode()).hexdigest()[:12]
CUSTOMER = {"customer": {"id": 17}}

FILTERS: dict[str, RunFilter] = {
    "all": RunFilter(),
    **{status.value: RunFilter(status=[status]) for status in RunStatus},
    "failed or waiting": RunFilter(status=FAILED + WAITING),
    "attention": RunFilter(attention=True),
    "open": RunFilter(open=True),
    "roots": RunFilter(folded=True),
    "only tried out": RunFilter(dry=True),
    "not only tried out": RunFilter(dry=False),
    "skill, common": RunFilter(skill=COMMON),
    "skill, in 13 %": RunFilter(skill=MIDDLE),
    "skill, new": RunFilter(skill=NEW),
    "skill, given up": RunFilter(skill=GIVEN_UP),
    "skill, rare": RunFilter(skill=RARE),
    "skill, one version": RunFilter(skill=COMMON, skill_digest=VERSION),
    "SOP, common": RunFilter(sop_name="refunds"),
    "SOP, given up": RunFilter(sop_name="fax"),
    "SOP, rare": RunFilter(sop_name="recalls"),
    "name, common": RunFilter(name="ref"),
    "name, one": RunFilter(name="Refunds 500001"),
    "words, common": RunFilter(q="order request"),
    "words, rare": RunFilter(q="recall"),
    "data, one": RunFilter(initial_data=ORDER),
    "data, 50": RunFilter(initial_data=CUSTOMER),
    "data, 20 %": RunFilter(initial_data={"order": {"country": "fr"}}),
    "metadata, 25 %": RunFilter(metadata=NORTH),
    "metadata, 0.5 %": RunFilter(metadata=VIP),
    "family, large": RunFilter(root=f"run_{500_001:026}"),
    "failed skill": RunFilter(failed_skill=COMMON),
    "failed skill, open": RunFilter(failed_skill=COMMON, open=True),
    "SOP + failed": RunFilter(sop_name="refunds", status=FAILED),
    "SOP + cancelled": RunFilter(sop_name="refunds", status=CANCELLED),
    "SOP + waiting": RunFilter(sop_name="fax", status=WAITING),
    "SOP + attention": RunFilter(sop_name="refunds", attention=True),
    "SOP + skill": RunFilter(sop_name="refunds", skill=COMMON),
    "SOP + metadata": RunFilter(sop_name="refunds", metadata=NORTH),
    "skill + failed": RunFilter(skill=MIDDLE, status=FAILED),
    "skill + cancelled": RunFilter(skill=MIDDLE, status=CANCELLED),
    "skill + attention": RunFilter(skill=MIDDLE, attention=True),
    "skill given up + failed": RunFilter(skill=GIVEN_UP, status=FAILED),
    "metadata + failed": RunFilter(metadata=NORTH, status=FAILED),
    "metadata + attention": RunFilter(metadata=NORTH, attention=True),
    "data + attention": RunFilter(initial_data=CUSTOMER, attention=True),
    "roots + failed": RunFilter(folded=True, status=FAILED),
    "roots + attention": RunFilter(folded=True, attention=True),
    "roots + SOP": RunFilter(folded=True, sop_name="refunds"),
    "roots + skill": RunFilter(folded=True, skill=MIDDLE),
    "not tried out + failed": RunFilter(dry=False, status=FAILED),
    "not tried out + attention": RunFilter(dry=False, attention=True),
}
