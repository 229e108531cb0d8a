/** A card with an optional heading. */
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface PanelProps {
  title?: ReactNode;
  /** At the right of the heading. */
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, aside, className, children }: PanelProps) {
  return (
    <section className={cx("rounded-xl border bg-surface shadow-card", className)}>
      {title !== undefined && (
        <header className="flex min-h-12 items-center justify-between gap-3 border-b px-5 py-2.5 max-md:px-4">
          <h2 className="text-sm font-semibold">{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}
