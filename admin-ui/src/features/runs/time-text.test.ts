import { afterEach, expect, it } from "vitest";
import { OWN_ZONE, shownZone } from "@/lib/zone";
import { runFilter } from "./run-search";
import { readTerms, writeTerms } from "./terms";
import { timesText } from "./time-choice";
import { instantOfText, textOfInstant } from "./time-text";

afterEach(() => shownZone.set(OWN_ZONE));

it.each([
  ["UTC", "2026-11-01T00:00:00Z"],
  ["Asia/Tokyo", "2026-10-31T15:00:00Z"],
  ["America/New_York", "2026-11-01T04:00:00Z"],
])("a day begins at midnight of the zone that times are shown in: %s", (zone, instant) => {
  shownZone.set(zone);
  expect(instantOfText("2026-11-01")).toBe(instant);
  expect(textOfInstant(instant)).toBe("2026-11-01");
  expect(runFilter({ after: "2026-11-01" })).toEqual({ created_after: instant });
  expect(writeTerms(readTerms("after:2026-11-01"))).toBe("after:2026-11-01");
  expect(timesText({ after: instant })).toBe("Since 2026-11-01");
});

it("a time with its offset is that time in every zone", () => {
  shownZone.set("Asia/Tokyo");
  expect(instantOfText("2026-11-01T10:00:00+01:00")).toBe("2026-11-01T09:00:00Z");
  expect(textOfInstant("2026-11-01T09:00:30Z")).toBe("2026-11-01T18:00:30");
});
