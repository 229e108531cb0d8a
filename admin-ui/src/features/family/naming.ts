/** How the runs of a family are called. */
import { isPreset, PRESETS } from "@/features/rerun/presets";
import type { LineageItem } from "@/lib/api";
import type { Fold } from "./fold";

/** "#3" for a rerun of this family, else its id. */
export function shortName(threadId: string, root: string): string {
  const number = threadId.startsWith(`${root}_rerun_`) ? threadId.slice(`${root}_rerun_`.length) : "";
  return /^\d+$/.test(number) ? `#${number}` : threadId;
}

/** Whether nothing goes out in a run: what it did looks like success, and is none in the world. */
export function isDry(run: LineageItem): boolean {
  return run.dry ?? run.preset === "what-if";
}

/** How a run came to be, in words. */
export function presetWord(run: LineageItem): string {
  if (!run.parent_thread_id) return "First run";
  const preset = run.preset ?? undefined;
  const word = isPreset(preset) ? PRESETS[preset].word : "Own settings";
  return run.effects === "repeat" ? `${word}, effects repeat` : word;
}

/** "11 failed runs" */
export function foldText({ outcome, runs }: Fold): string {
  return `${runs.length.toLocaleString("en")} ${outcome} runs`;
}

/** "#3 to #13" */
export function foldRange({ runs }: Fold, root: string): string {
  const [first, last] = [runs[0], runs.at(-1)];
  return first && last ? `${shortName(first.thread_id, root)} to ${shortName(last.thread_id, root)}` : "";
}
