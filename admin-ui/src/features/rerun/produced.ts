/** The values that the steps of a run produced, each where it was written last. */
import type { Step } from "@/lib/api";
import { isObject, type Json, type JsonObject } from "@/lib/json";

export interface Produced {
  path: string;
  keys: string[];
  value: Json;
  seq: number;
  skill: string;
}

export function producedValues(steps: Step[]): Produced[] {
  const last = new Map<string, Produced>();
  for (const step of steps) {
    if (step.kind === "decision" || step.status !== "completed" || !step.outputs) continue;
    for (const { keys, value } of leaves(step.outputs)) {
      const path = keys.join(".");
      last.set(path, { path, keys, value, seq: step.seq, skill: step.skill ?? "" });
    }
  }
  return [...last.values()];
}

function leaves(data: JsonObject, before: string[] = []): { keys: string[]; value: Json }[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const keys = [...before, key];
    return isObject(value) && Object.keys(value).length > 0 ? leaves(value, keys) : [{ keys, value }];
  });
}
