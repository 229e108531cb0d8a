/** A short label in a tone. */
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";
import type { Tone } from "@/lib/status";
import { TONES } from "./status-pill";

export function Badge({
  tone = "idle",
  title,
  wraps,
  children,
}: {
  tone?: Tone;
  title?: string;
  /** Long text may take several lines. */
  wraps?: boolean;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={cx(
        "inline-flex items-center gap-1 rounded-md px-1.5 text-2xs font-medium [&_svg]:size-3",
        wraps ? "min-h-5 min-w-0 py-0.5 [overflow-wrap:anywhere]" : "h-5 whitespace-nowrap",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
