/** When a schedule comes due, in words. */
import type { Schedule } from "@/lib/api/schedules";
import { clockText } from "@/lib/zone";

type Rule = Pick<Schedule, "cron" | "every_seconds" | "at" | "time_zone">;

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const SHORT: Record<string, number> = { sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 };
const SECONDS: [string, number][] = [
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const NAMED: Record<string, string> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

export function ruleInWords({ cron, every_seconds: seconds, at, time_zone: zone }: Rule): string {
  if (seconds !== null) return `every ${spanInWords(seconds)}`;
  if (at !== null) return `once, ${clockText(new Date(Date.parse(at)).toISOString())} UTC`;
  const words = cronInWords(cron ?? "");
  return `${words ?? `cron ${cron}`}, ${zone}`;
}

/** "90 seconds", "15 minutes", "day": in the largest unit that needs no fraction. */
export function spanInWords(seconds: number): string {
  const [unit, size] = SECONDS.find(([, length]) => seconds >= length && seconds % length === 0) ?? [
    "second",
    1,
  ];
  const count = seconds / size;
  return count === 1 ? unit : `${count.toLocaleString("en")} ${unit}s`;
}

/** Words for the rules that people write most; null for all others, which show as they are. */
export function cronInWords(cron: string): string | null {
  const fields = (NAMED[cron.trim().toLowerCase()] ?? cron).trim().split(/\s+/);
  if (fields.length !== 5) return null;
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  if (month !== "*") return null;
  const days = daysInWords(day, weekday);
  if (days === null) return null;
  const step = /^\*\/(\d+)$/.exec(minute);
  if (hour === "*" && days === "every day") {
    if (minute === "*") return "every minute";
    if (step) return `every ${step[1]} minutes`;
    if (/^\d+$/.test(minute))
      return minute === "0" ? "every hour" : `every hour at :${minute.padStart(2, "0")}`;
    return null;
  }
  const hours = /^\*\/(\d+)$/.exec(hour);
  if (hours && /^\d+$/.test(minute) && days === "every day") {
    return `every ${hours[1]} hours at :${minute.padStart(2, "0")}`;
  }
  if (!/^\d+$/.test(minute) || !/^\d+(,\d+)*$/.test(hour)) return null;
  const times = hour.split(",").map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`);
  return `${days} at ${listed(times)}`;
}

function daysInWords(day: string, weekday: string): string | null {
  if (day === "*" && weekday === "*") return "every day";
  if (weekday === "*") return /^\d+$/.test(day) ? `on the ${ordinal(Number(day))} of each month` : null;
  if (day !== "*") return null;
  if (/^(1-5|mon-fri)$/i.test(weekday)) return "Monday to Friday";
  const names = weekday
    .split(",")
    .map((one) => DAYS[SHORT[one.toLowerCase()] ?? (/^\d$/.test(one) ? Number(one) % 7 : -1)]);
  if (names.includes(undefined)) return null;
  return `every ${listed(names as string[])}`;
}

function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function ordinal(day: number): string {
  const teen = day % 100 > 10 && day % 100 < 14;
  return `${day}${(teen ? undefined : ["th", "st", "nd", "rd"][day % 10]) ?? "th"}`;
}
