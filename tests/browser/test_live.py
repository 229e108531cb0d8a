"""A run page that loses its connection goes on where it stopped."""

from __future__ import annotations

from playwright.sync_api import Request, expect

from .relay import relay_to
from .site import Site


def test_the_stream_resumes_after_a_cut(site: Site) -> None:
    page = site.page
    data = {"order": {"id": "A-10517"}, "request": {"received_on": "2026-11-20", "reason": "leaks"}}
    thread_id = site.start({"sop_name": "order-refund", "initial_data": data})
    version = site.wait_for(thread_id, "waiting")["version"]
    resumed_from: list[str | None] = []

    def note(request: Request) -> None:
        if request.url.endswith("/events"):
            resumed_from.append(request.headers.get("last-event-id"))

    page.on("request", note)
    live = page.get_by_title("Events arrive as they happen")
    with relay_to(site.server.url) as relay:
        page.goto(f"{relay.url}/ui/runs/{thread_id}")
        expect(live).to_be_visible()
        expect(site.steps()).to_have_count(3)
        relay.cut()
        expect(live).to_have_count(0)
        site.ask(f"/approve/{thread_id}", {})
        site.wait_for(thread_id)
        relay.down = False
        site.expect_status("completed")
        last = site.steps().last
        expect(last).to_contain_text("notify-customer")
        expect(last).to_have_attribute("data-status", "completed")
        page.goto("about:blank")
    assert resumed_from[0] is None
    assert resumed_from[-1] == str(version)
