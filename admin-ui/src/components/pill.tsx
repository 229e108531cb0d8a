/** Where something stands: icon, word and colour. */
import { LoaderCircle, type LucideIcon } from "lucide-react";
import { cx } from "@/lib/class-names";
import type { Tone } from "@/lib/status";
import { TONES } from "./status-pill";

export interface PillLook {
  word: string;
  tone: Tone;
  icon: LucideIcon;
  meaning: string;
}

export function Pill({
  look: { word, tone, icon: Icon, meaning },
  state,
}: {
  look: PillLook;
  state: string;
}) {
  return (
    <span
      title={meaning}
      data-state={state}
      className={cx(
        "inline-flex h-6 items-center gap-1.5 rounded-full pr-2.5 pl-2 text-xs font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      <Icon aria-hidden className={cx("size-3.5 shrink-0", Icon === LoaderCircle && "animate-spin")} />
      {word}
    </span>
  );
}
