import { describe, expect, it } from "vitest";
import { cronInWords, ruleInWords, spanInWords } from "./rule";

describe("cronInWords", () => {
  it.each([
    ["0 6 * * *", "every day at 06:00"],
    ["30 6,18 * * *", "every day at 06:30 and 18:30"],
    ["0 6 * * 1", "every Monday at 06:00"],
    ["0 6 * * MON,Wed,5", "every Monday, Wednesday and Friday at 06:00"],
    ["0 6 * * 7", "every Sunday at 06:00"],
    ["15 8 * * 1-5", "Monday to Friday at 08:15"],
    ["0 2 1 * *", "on the 1st of each month at 02:00"],
    ["0 2 12 * *", "on the 12th of each month at 02:00"],
    ["0 2 22 * *", "on the 22nd of each month at 02:00"],
    ["*/15 * * * *", "every 15 minutes"],
    ["* * * * *", "every minute"],
    ["5 * * * *", "every hour at :05"],
    ["0 */4 * * *", "every 4 hours at :00"],
    ["@daily", "every day at 00:00"],
    ["@hourly", "every hour"],
  ])("says %s as people do", (cron, words) => expect(cronInWords(cron)).toBe(words));

  // A wrong word is worse than none: cron reads day and weekday together as "either".
  it.each([
    "0 6 1 * 1",
    "0 6 * 2 *",
    "0-30 6 * * *",
    "0 6 * * 1#2",
    "0 6 L * *",
    "nonsense",
    "0 6 * * 9x",
    "*/5 8 * * *",
  ])("leaves %s as it is", (cron) => expect(cronInWords(cron)).toBeNull());
});

describe("ruleInWords", () => {
  const none = { cron: null, every_seconds: null, at: null, time_zone: "Europe/Berlin" };
  it("names the zone in which cron is read", () => {
    expect(ruleInWords({ ...none, cron: "0 6 * * *" })).toBe("every day at 06:00, Europe/Berlin");
    expect(ruleInWords({ ...none, cron: "0 6 L * *" })).toBe("cron 0 6 L * *, Europe/Berlin");
  });
  it("says intervals and one time", () => {
    expect(ruleInWords({ ...none, every_seconds: 900 })).toBe("every 15 minutes");
    expect(ruleInWords({ ...none, at: "2026-11-25T01:00:00Z" })).toBe("once, Wed, 25 Nov 2026, 01:00 UTC");
  });
});

it("takes the largest unit without a fraction", () => {
  expect([1, 90, 3600, 86_400, 172_800, 604_800, 5400].map(spanInWords)).toEqual([
    "second",
    "90 seconds",
    "hour",
    "day",
    "2 days",
    "week",
    "90 minutes",
  ]);
});
