/** States of batches and of their items as people read them. */
import {
  Ban,
  CircleCheck,
  CircleMinus,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  Hourglass,
  LoaderCircle,
} from "lucide-react";
import type { PillLook } from "@/components/pill";
import type { Batch, BatchStatus, ItemState } from "@/lib/api/batches";
import type { Tone } from "@/lib/status";

export const BATCH: Record<BatchStatus, PillLook> = {
  running: {
    word: "Running",
    tone: "busy",
    icon: LoaderCircle,
    meaning: "Workers take one run after another",
  },
  paused: {
    word: "Paused",
    tone: "wait",
    icon: CirclePause,
    meaning: "Nothing new starts; reruns under way go on",
  },
  completed: {
    word: "Completed",
    tone: "good",
    icon: CircleCheck,
    meaning: "Nothing is pending or running any more",
  },
  aborted: {
    word: "Aborted",
    tone: "idle",
    icon: Ban,
    meaning: "Ended by a person; the rest was not started",
  },
};
/** A batch none of whose reruns has to be started any more may still wait for people. */
export function lookOf({ status, counts }: Pick<Batch, "status" | "counts">): PillLook {
  return status === "completed" && counts.waiting > 0
    ? { word: "Waiting for people", tone: "wait", icon: Hourglass, meaning: "All have started; some wait" }
    : BATCH[status];
}

export const BATCH_STATUSES: BatchStatus[] = ["running", "paused", "completed", "aborted"];

export const ITEM: Record<ItemState, PillLook> = {
  pending: { word: "Pending", tone: "idle", icon: Clock, meaning: "Its turn has not come yet" },
  running: { word: "Running", tone: "busy", icon: LoaderCircle, meaning: "Its rerun is under way" },
  waiting: { word: "Waiting", tone: "wait", icon: Hourglass, meaning: "Its rerun waits for a person" },
  succeeded: { word: "Succeeded", tone: "good", icon: CircleCheck, meaning: "Its rerun completed" },
  failed: { word: "Failed", tone: "bad", icon: CircleX, meaning: "Its rerun failed" },
  cancelled: {
    word: "Cancelled",
    tone: "idle",
    icon: Ban,
    meaning: "Its rerun was cancelled, or never started because the batch was aborted",
  },
  refused: {
    word: "Refused",
    tone: "wait",
    icon: CircleSlash,
    meaning: "The run can't be rerun as asked",
  },
  skipped: {
    word: "Skipped",
    tone: "idle",
    icon: CircleMinus,
    meaning: "No longer matched, or no longer open, when its turn came",
  },
};
/** In the order of the bar and the chips: what has ended, what is under way, what is to come. */
export const ITEM_STATES: ItemState[] = [
  "succeeded",
  "failed",
  "refused",
  "skipped",
  "cancelled",
  "waiting",
  "running",
  "pending",
];

/** What the bars are made of. */
export const FILLS: Record<Tone, string> = {
  good: "bg-good",
  bad: "bg-bad",
  wait: "bg-wait",
  busy: "bg-busy",
  idle: "bg-idle/45",
};

export type GateState = NonNullable<Batch["canary"]>["state"];

export const GATE: Record<GateState, { word: string; tone: Tone; meaning: string }> = {
  open: {
    word: "Under way",
    tone: "busy",
    meaning: "The first runs are under way; the others wait for them",
  },
  waiting: { word: "Waiting", tone: "wait", meaning: "One of the first runs waits for a person" },
  passed: { word: "Passed", tone: "good", meaning: "All of the first runs were as they should be" },
  failed: { word: "Failed", tone: "bad", meaning: "One of the first runs was not as it should be" },
  overruled: { word: "Overruled", tone: "wait", meaning: "It failed, and a person went on all the same" },
};
