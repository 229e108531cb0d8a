/** Facts in one strip: each with its name above it. */
import type { ReactNode } from "react";

export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="mb-5 flex flex-wrap gap-x-8 gap-y-4 rounded-xl border bg-surface px-5 py-4 shadow-card max-md:px-4">
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="max-w-full min-w-0">
      <dt className="text-xs text-ink-faint">{name}</dt>
      <dd className="mt-0.5 min-w-0 font-medium break-words">{children}</dd>
    </div>
  );
}
