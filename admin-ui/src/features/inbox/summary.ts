/** An item in few words: what is asked, and what it is about. */
import { rowsOf } from "@/components/value-table";
import type { Wait } from "@/lib/api/waits";
import { isNumber, isObject, type Json, type JsonObject } from "@/lib/json";

const MOST = 3;
const LONGEST = 48;

/** The question, as its heading asks it. */
export function questionOf({ reason, skill, asks }: Pick<Wait, "reason" | "skill" | "asks">): string {
  if (reason === "consent") return `Do ${skill} again?`;
  if (reason === "in_doubt") return `Did ${skill} happen?`;
  return asks.kind === "form" ? `Fill in ${skill}` : `Approve ${skill}?`;
}

/** What an item is about, an amount among it: first what makes its effect the one it is, then what is shown. */
export function valuesOf(asks: JsonObject): { path: string; text: string }[] {
  const key = isObject(asks.effect) && isObject(asks.effect.key) ? rowsOf(asks.effect.key) : [];
  const shown = isObject(asks.shown) ? rowsOf(asks.shown) : [];
  const rows = [...key, ...shown.filter(({ path }) => !key.some((other) => other.path === path))];
  const short = rows.flatMap(({ path, value }) => {
    const text = shortText(value);
    return text === null ? [] : [{ path, text, counts: isNumber(value) }];
  });
  const amount = short.find(({ counts }) => counts);
  const others = short.filter((row) => row !== amount);
  return [...others.slice(0, 1), ...(amount ? [amount] : []), ...others.slice(1)].slice(0, MOST);
}

function shortText(value: Json): string | null {
  if (isNumber(value) || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || value.trim() === "") return null;
  return value.length > LONGEST ? `${value.slice(0, LONGEST - 1)}…` : value;
}
