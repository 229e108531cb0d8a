/** Which values metadata has, for columns and for the filter. */
import type { RunItem } from "@/lib/api";
import { isObject } from "@/lib/json";

/** Runs that are looked at, and paths that are offered. */
const MOST = { runs: 200, paths: 30 };

export function metadataPaths(runs: RunItem[]): string[] {
  const found = new Set<string>();
  for (const { metadata } of runs.slice(0, MOST.runs)) {
    for (const [key, value] of Object.entries(metadata)) {
      if (!/^[^.,:=\s"]+$/.test(key)) continue;
      if (!isObject(value)) found.add(key);
      else
        for (const inner of Object.keys(value)) if (/^[^.,:=\s"]+$/.test(inner)) found.add(`${key}.${inner}`);
    }
  }
  return [...found].sort().slice(0, MOST.paths);
}
