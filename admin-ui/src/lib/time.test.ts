import { afterEach, expect, it } from "vitest";
import { absoluteTime, clockTime, shortTime } from "./time";
import { isZone, OWN_ZONE, shownZone } from "./zone";

const AT = Date.parse("2026-11-28T20:04:05Z");

afterEach(() => shownZone.set(OWN_ZONE));

it("shows times in the chosen zone, and names it", () => {
  shownZone.set("UTC");
  expect(absoluteTime(AT)).toBe("Nov 28, 2026, 8:04:05 PM UTC");
  shownZone.set("Asia/Tokyo");
  expect(absoluteTime(AT)).toBe("Nov 29, 2026, 5:04:05 AM GMT+9");
  expect(clockTime(AT)).toBe("05:04:05");
  expect(shortTime(AT)).toBe("Nov 29, 2026, 05:04");
});

it("keeps a choice, and none where it is the browser's own", () => {
  shownZone.set("Asia/Tokyo");
  expect(localStorage.getItem("asf-zone")).toBe("Asia/Tokyo");
  shownZone.set(OWN_ZONE);
  expect(localStorage.getItem("asf-zone")).toBeNull();
});

it("knows what is a zone", () => {
  expect([isZone("Europe/Berlin"), isZone("Mars/Base")]).toEqual([true, false]);
});
