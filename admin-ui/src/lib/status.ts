/** States of runs and steps as people read them: word, meaning, colour. */
import type { components } from "./schema";

type Schemas = components["schemas"];
export type RunStatus = Schemas["RunStatus"];
export type StepStatus = Schemas["StepStatus"];
export type WaitReason = Schemas["WaitReason"];
/** "starting" is a row shown before the server has answered. */
export type ShownStatus = RunStatus | StepStatus | "starting";
export type Tone = "good" | "bad" | "wait" | "busy" | "idle";

export const STATUS: Record<ShownStatus, { word: string; tone: Tone; meaning: string }> = {
  recorded: { word: "Recorded", tone: "idle", meaning: "Saved, but nobody has started it" },
  queued: { word: "Queued", tone: "idle", meaning: "Due; a worker takes it as soon as one is free" },
  starting: { word: "Starting", tone: "busy", meaning: "Sent to the server" },
  running: { word: "Running", tone: "busy", meaning: "A worker is on it" },
  started: { word: "Running", tone: "busy", meaning: "A worker is on it" },
  waiting: { word: "Waiting", tone: "wait", meaning: "For a person, a service, a time or another run" },
  in_doubt: { word: "In doubt", tone: "wait", meaning: "Nobody can tell whether the effect has happened" },
  completed: { word: "Completed", tone: "good", meaning: "Ended well" },
  failed: { word: "Failed", tone: "bad", meaning: "Ended with an error" },
  cancelled: { word: "Cancelled", tone: "idle", meaning: "Stopped by a person" },
};

export const RUN_STATUSES: RunStatus[] = [
  "running",
  "waiting",
  "failed",
  "completed",
  "queued",
  "cancelled",
  "recorded",
];

export const WAITS_FOR: Record<WaitReason, string> = {
  approval: "approval",
  callback: "a service's answer",
  retry: "the next attempt",
  consent: "consent to repeat an effect",
  in_doubt: "somebody to say whether it happened",
  effect_elsewhere: "another run that is doing the same effect",
  slot: "a free place",
  time: "its time",
};

export function isFinal(status: ShownStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
