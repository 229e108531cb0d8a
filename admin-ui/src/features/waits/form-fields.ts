/** From a JSON Schema, or from values to edit, to the fields of a form, and back to exact JSON. */
import { isNumber, isObject, type Json, type JsonObject, parseJson, writeJson } from "@/lib/json";

export type FieldKind = "text" | "long" | "number" | "yes-no" | "choice" | "json";

export interface FormField {
  path: string[];
  label: string;
  hint?: string;
  kind: FieldKind;
  required: boolean;
  /** An empty input stands for an empty text, not for nothing. */
  blankIsText?: boolean;
  choices: Json[];
  /** The text it starts with. */
  initial: string;
}

const LONG_TEXT = 120;

/** Fields of a JSON Schema; objects inside are opened, what a form can't express is edited as JSON. */
export function fieldsOfSchema(
  schema: JsonObject,
  values: JsonObject = {},
  path: string[] = [],
): FormField[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  // The database keeps no order of keys; what is needed comes first.
  const entries = Object.entries(properties).sort(
    ([left], [right]) => Number(required.includes(right)) - Number(required.includes(left)),
  );
  return entries.flatMap(([key, property]): FormField[] => {
    if (!isObject(property)) return [];
    const here = [...path, key];
    const value = Object.hasOwn(values, key) ? values[key] : property.default;
    if (property.type === "object" && isObject(property.properties)) {
      return fieldsOfSchema(property, isObject(value) ? value : {}, here);
    }
    const kind = kindOfSchema(property);
    return [
      {
        path: here,
        label: typeof property.title === "string" ? property.title : here.join("."),
        hint: typeof property.description === "string" ? property.description : undefined,
        kind,
        required: required.includes(key),
        choices: Array.isArray(property.enum) ? property.enum : [],
        initial: value === undefined ? "" : textOf(value, kind),
      },
    ];
  });
}

function kindOfSchema(schema: JsonObject): FieldKind {
  if (Array.isArray(schema.enum)) return "choice";
  if (schema.type === "boolean") return "yes-no";
  if (schema.type === "number" || schema.type === "integer") return "number";
  if (schema.type === "string") return Number(schema.maxLength ?? 0) > LONG_TEXT ? "long" : "text";
  return "json";
}

/** One field for each value, so that what is shown can be edited. */
export function fieldsOfValues(values: JsonObject, path: string[] = []): FormField[] {
  return Object.entries(values).flatMap(([key, value]): FormField[] => {
    const here = [...path, key];
    if (isObject(value) && Object.keys(value).length > 0) return fieldsOfValues(value, here);
    const kind = kindOfValue(value);
    return [
      {
        path: here,
        label: here.join("."),
        kind,
        required: true,
        blankIsText: kind === "text" || kind === "long",
        choices: [],
        initial: textOf(value, kind),
      },
    ];
  });
}

function kindOfValue(value: Json): FieldKind {
  if (isNumber(value)) return "number";
  if (typeof value === "boolean") return "yes-no";
  if (typeof value === "string") return value.length > LONG_TEXT || value.includes("\n") ? "long" : "text";
  return "json";
}

/** One field for each data path that has to be delivered; nothing is known of its type. */
export function fieldsOfPaths(paths: string[]): FormField[] {
  return paths.map((path) => {
    const list = path.endsWith("[]");
    const keys = path.replace(/\[\]$/, "").split(".");
    return {
      path: keys,
      label: path,
      hint: list ? "A list, as JSON" : "Text, or JSON",
      kind: list ? "json" : "text",
      required: true,
      choices: [],
      initial: "",
    };
  });
}

function textOf(value: Json, kind: FieldKind): string {
  if (kind === "json" || kind === "choice") return writeJson(value, kind === "json" ? 2 : undefined);
  return String(value);
}

export type Read = { value: Json | undefined; error?: undefined } | { value?: undefined; error: string };

/** The value a field's text stands for; undefined where an optional field is empty. */
export function readField(field: FormField, text: string, loose = false): Read {
  if (text.trim() === "" && !field.blankIsText) {
    return field.required ? { error: "This is needed" } : { value: undefined };
  }
  if (field.kind === "text" || field.kind === "long") return { value: loose ? looseValue(text) : text };
  if (field.kind === "yes-no") return { value: text === "true" };
  try {
    const value = parseJson(text);
    if (field.kind === "number" && !isNumber(value))
      return { error: "This has to be a number, for instance 12.50" };
    return { value };
  } catch {
    return {
      error: field.kind === "number" ? "This has to be a number, for instance 12.50" : "This is not JSON",
    };
  }
}

function looseValue(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

export interface Collected {
  data: JsonObject;
  /** By the path's text. */
  errors: Record<string, string>;
}

/** All fields as one nested object, upon a copy of `base`. */
export function collect(
  fields: FormField[],
  texts: Record<string, string>,
  base: JsonObject,
  loose = false,
): Collected {
  const errors: Record<string, string> = {};
  let data = base;
  for (const field of fields) {
    const name = field.path.join(".");
    const read = readField(field, texts[name] ?? field.initial, loose);
    if (read.error !== undefined) errors[name] = read.error;
    else if (read.value !== undefined) data = withValue(data, field.path, read.value);
  }
  return { data, errors };
}

function withValue(data: JsonObject, [key = "", ...rest]: string[], value: Json): JsonObject {
  const inner = data[key];
  return { ...data, [key]: rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value) };
}
