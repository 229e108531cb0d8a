/** States of effects as people read them, as pills. */
import { CircleCheck, CircleHelp, CircleX, Hourglass, type LucideIcon } from "lucide-react";
import { TONES } from "@/components/status-pill";
import type { EffectState } from "@/lib/api";
import { cx } from "@/lib/class-names";
import type { Tone } from "@/lib/status";

export const EFFECT_STATES: EffectState[] = ["receipt", "doubt", "intent", "failed"];

export const EFFECT: Record<EffectState, { word: string; tone: Tone; icon: LucideIcon; meaning: string }> = {
  receipt: { word: "Done", tone: "good", icon: CircleCheck, meaning: "It happened, and there is a receipt" },
  doubt: {
    word: "In doubt",
    tone: "wait",
    icon: CircleHelp,
    meaning: "Nobody can tell whether it has happened",
  },
  intent: { word: "Announced", tone: "busy", icon: Hourglass, meaning: "About to happen, or happening now" },
  failed: { word: "Not done", tone: "bad", icon: CircleX, meaning: "It did not happen, for certain" },
};

export function EffectPill({ state }: { state: EffectState }) {
  const { word, tone, icon: Icon, meaning } = EFFECT[state];
  return (
    <span
      title={meaning}
      data-state={state}
      className={cx(
        "inline-flex h-6 items-center gap-1.5 rounded-full pr-2.5 pl-2 text-xs font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {word}
    </span>
  );
}
