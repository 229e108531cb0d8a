import { describe, expect, it } from "vitest";
import { clockText, instantOf, localOf, zoneNames } from "./zone";

describe("instantOf", () => {
  it("reads a time as clocks in the zone show it", () => {
    expect(instantOf("2026-11-25T02:00", "Europe/Berlin")).toBe("2026-11-25T01:00:00Z");
    expect(instantOf("2026-07-01T02:00", "Europe/Berlin")).toBe("2026-07-01T00:00:00Z");
    expect(instantOf("2026-07-01T02:00", "Asia/Kolkata")).toBe("2026-06-30T20:30:00Z");
    expect(instantOf("2026-07-01T02:00", "UTC")).toBe("2026-07-01T02:00:00Z");
  });
  it("takes the first of a time that clocks show twice", () => {
    expect(instantOf("2026-10-25T02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00Z");
    expect(instantOf("2026-11-01T01:30", "America/New_York")).toBe("2026-11-01T05:30:00Z");
  });
  it("moves a time that clocks leave out on by the gap", () => {
    expect(instantOf("2026-03-29T02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00Z");
  });
  it("answers null for half a time and for no zone", () => {
    expect(instantOf("", "UTC")).toBeNull();
    expect(instantOf("2026-03-29T02:30", "Europe/Nowhere")).toBeNull();
  });
});

describe("localOf", () => {
  it("is the way back", () => {
    expect(localOf("2026-11-25T01:00:00Z", "Europe/Berlin")).toBe("2026-11-25T02:00");
    expect(localOf("2026-11-25T01:00:00Z", "Europe/Nowhere")).toBe("");
  });
});

describe("clockText", () => {
  it("says what the clocks of the zone show, seconds only where there are some", () => {
    expect(clockText("2026-11-25T02:00:00+01:00")).toBe("Wed, 25 Nov 2026, 02:00");
    expect(clockText("2026-11-25T02:00:05.5+01:00")).toBe("Wed, 25 Nov 2026, 02:00:05");
  });
});

it("offers UTC first", () => {
  expect(zoneNames()[0]).toBe("UTC");
  expect(zoneNames()).toContain("Europe/Berlin");
});
