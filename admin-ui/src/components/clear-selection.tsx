/** Clears what is selected, at the end of the bar that says what can be done with it. */
import { X } from "lucide-react";
import { cx } from "@/lib/class-names";

export function ClearSelection({ onClear, className }: { onClear: () => void; className?: string }) {
  return (
    <button
      type="button"
      aria-label="Clear the selection"
      title="Esc"
      onClick={onClear}
      className={cx("rounded-md p-1.5 text-ink-faint hover:bg-hover hover:text-ink", className)}
    >
      <X className="size-4" aria-hidden />
    </button>
  );
}
