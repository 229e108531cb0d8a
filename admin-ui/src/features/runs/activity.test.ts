import { expect, it } from "vitest";
import { barsOf, chartSummary, chartWindow } from "./activity";

const NOW = Date.parse("2026-11-28T20:17:31Z");

it("shows the last day, in parts that begin at round times", () => {
  expect(chartWindow({}, NOW)).toEqual({
    from: "2026-11-27T20:00:00.000Z",
    to: "2026-11-28T20:30:00.000Z",
    buckets: 49,
  });
});

it.each([
  [{ last: "1h" }, 61],
  [{ last: "30d" }, 61],
  [{ after: "2026-11-28T20:00:00Z", before: "2026-11-28T20:00:30Z" }, 30],
  [{ after: "1970-01-01T00:00:00Z" }, 60],
  [{ before: "2020-01-01T00:00:00Z" }, 48],
])("%j", (search, buckets) => {
  const window = chartWindow(search, NOW);
  expect(window.buckets).toBe(buckets);
  expect(window.buckets).toBeLessThanOrEqual(200);
  if ("before" in search && search.before) {
    expect(Date.parse(window.to)).toBeGreaterThanOrEqual(Date.parse(search.before));
  }
});

it("is one bar for an upside-down window", () => {
  expect(chartWindow({ after: "2026-11-28T20:00:00Z", before: "2026-11-01T00:00:00Z" }, NOW).buckets).toBe(1);
});

it("says what it shows", () => {
  const bars = barsOf({
    from: "2026-11-28T20:00:00Z",
    to: "2026-11-28T20:02:00Z",
    bucket_seconds: 60,
    buckets: [
      { at: "2026-11-28T20:00:00Z", by_status: { completed: 1200, failed: 2 } },
      { at: "2026-11-28T20:01:00Z", by_status: { failed: 1 } },
    ],
    exact: true,
  });
  expect(bars.map(({ total }) => total)).toEqual([1202, 1]);
  expect(chartSummary(bars, true)).toMatch(/: 3 failed, 1,200 completed$/);
  expect(chartSummary(bars, false)).toMatch(/: about 3 failed, 1,200 completed$/);
});
