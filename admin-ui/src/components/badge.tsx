/** A short label in a tone. */
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";
import type { Tone } from "@/lib/status";
import { TONES } from "./status-pill";

export function Badge({
  tone = "idle",
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={cx(
        "inline-flex h-5 items-center gap-1 rounded-md px-1.5 text-2xs font-medium whitespace-nowrap [&_svg]:size-3",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
