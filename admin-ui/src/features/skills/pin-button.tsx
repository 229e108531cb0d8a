/** Pins a skill, so that it stands first in this browser. */
import { Star } from "lucide-react";
import { cx } from "@/lib/class-names";

export function PinButton({ name, on, onToggle }: { name: string; on: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      aria-label={`Pin ${name}`}
      title={on ? "Pinned in this browser: it stands first" : "Pin it: it then stands first in this browser"}
      onClick={onToggle}
      className={cx(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-md transition-colors hover:bg-hover",
        on ? "text-wait" : "text-ink-faint/60 hover:text-ink",
      )}
    >
      <Star className="size-4" fill={on ? "currentColor" : "none"} aria-hidden />
    </button>
  );
}
