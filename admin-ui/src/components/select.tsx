/** A choice of one from a list. */
import type { SelectHTMLAttributes } from "react";
import { cx } from "@/lib/class-names";

export function Select({ className, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select
      className={cx(
        "h-9 w-full rounded-lg border bg-surface px-2.5 text-ink shadow-card hover:border-line-strong/60 aria-invalid:border-bad",
        className,
      )}
      {...rest}
    />
  );
}
