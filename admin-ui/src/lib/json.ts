/** JSON without loss: a number keeps every digit it was written with. */
import { isLosslessNumber, LosslessNumber, parse, stringify } from "lossless-json";

export type Json = null | boolean | number | LosslessNumber | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** A JavaScript number only where it writes back to the very same text, else the text itself. */
function exactNumber(text: string): number | LosslessNumber {
  const value = Number(text);
  return String(value) === text ? value : new LosslessNumber(text);
}

/** Parses JSON text; throws SyntaxError with the position, also for a key given twice. */
export function parseJson(text: string): Json {
  return parse(text, null, exactNumber) as Json;
}

/** Writes JSON text; `indent` spaces per level, none on one line. */
export function writeJson(value: unknown, indent?: number): string {
  return stringify(value, undefined, indent) ?? "null";
}

export function isNumber(value: unknown): value is number | LosslessNumber {
  return typeof value === "number" || isLosslessNumber(value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** Exact decimal value of a JSON number as [sign, digits, exponent], so that 1, 1.0 and 1e0 are equal. */
function decimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return "0";
  const scale = BigInt(exponent) - BigInt(fraction.length) + BigInt(all.length - digits.length);
  return `${sign}${digits}e${scale}`;
}

/** Whether two values are equal as JSON: keys in any order, numbers by exact value. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (isNumber(left) && isNumber(right)) return decimal(String(left)) === decimal(String(right));
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
    );
  }
  return left === right;
}

/** A number for showing and sorting only; never for sending back. */
export function approximate(value: unknown): number | null {
  return isNumber(value) ? Number(String(value)) : null;
}
