/** What became of a due time, as people read it. */
import { CircleCheck, CircleX, Hourglass, Pause, SkipForward } from "lucide-react";
import { Pill, type PillLook } from "@/components/pill";
import type { Firing, FiringState } from "@/lib/api/schedules";

export const FIRING_STATES: FiringState[] = ["fired", "queued", "skipped", "failed"];

export const FIRING: Record<FiringState, PillLook> = {
  fired: { word: "Fired", tone: "good", icon: CircleCheck, meaning: "It has started its run" },
  queued: { word: "Queued", tone: "wait", icon: Hourglass, meaning: "It waits for its turn" },
  skipped: {
    word: "Skipped",
    tone: "idle",
    icon: SkipForward,
    meaning: "No run was started, as the schedule says",
  },
  failed: { word: "Not started", tone: "bad", icon: CircleX, meaning: "Its run could not be started" },
};

export const WHY: Record<Firing["why"], { word: string; meaning: string }> = {
  due: { word: "due", meaning: "Its time had come" },
  now: { word: "by hand", meaning: "Somebody asked for it" },
  backfill: { word: "backfill", meaning: "A time of the past that somebody asked for" },
};

export const PAUSED: PillLook = {
  word: "Paused",
  tone: "wait",
  icon: Pause,
  meaning: "It does not come due until it is resumed",
};

export function FiringPill({ state }: { state: FiringState }) {
  return <Pill look={FIRING[state]} state={state} />;
}
