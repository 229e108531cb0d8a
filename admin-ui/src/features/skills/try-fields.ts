/** The fields of a try: one for each path that the skill reads, filled in from what is known. */
import { type FormField, fieldsOfPaths } from "@/features/waits/form-fields";
import { isNumber, isObject, type Json, type JsonObject, parseJson, writeJson } from "@/lib/json";

interface Reads {
  requires: string[];
  optional: string[];
}

const LONG_TEXT = 120;

/** The value at a data path such as `order.id` or `lines[]`; undefined where there is none. */
export function valueAt(data: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = data;
  for (const key of path.replace(/\[\]$/, "").split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Whether data holds all that a skill requires. */
export function holdsAll({ requires }: Reads, data: JsonObject): boolean {
  return requires.length > 0 && requires.every((path) => valueAt(data, path) !== undefined);
}

/** What kind of value a path takes is seen from a value that stood there once. */
export function tryFields({ requires, optional }: Reads, known: JsonObject): FormField[] {
  const needed = fieldsOfPaths(requires).map((field, index) => filled(field, requires[index] ?? "", known));
  const further = fieldsOfPaths(optional).map((field, index) => ({
    ...filled(field, optional[index] ?? "", known),
    required: false,
  }));
  return [...needed, ...further];
}

function filled(field: FormField, path: string, known: JsonObject): FormField {
  const value = valueAt(known, path);
  if (value === undefined) return field;
  if (isNumber(value)) return { ...field, kind: "number", hint: undefined, initial: String(value) };
  if (typeof value === "boolean")
    return { ...field, kind: "yes-no", hint: undefined, initial: String(value) };
  if (typeof value !== "string")
    return { ...field, kind: "json", hint: "JSON", initial: writeJson(value, 2) };
  const long = value.length > LONG_TEXT || value.includes("\n");
  return { ...field, kind: long ? "long" : "text", initial: asTyped(value) };
}

/** A text as it has to be typed: in quotes where it would be read as another value. */
function asTyped(text: string): string {
  try {
    parseJson(text);
    return writeJson(text);
  } catch {
    return text;
  }
}
