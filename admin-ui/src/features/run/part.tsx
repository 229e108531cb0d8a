/** A named part of the step that is looked at, with what can be done with it at the right. */
import type { ReactNode } from "react";

export function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <div className="mb-1.5 flex min-h-6 items-center justify-between gap-3">
        <h3 className="text-xs font-medium text-ink-faint">{title}</h3>
        <div className="flex items-center gap-1">{aside}</div>
      </div>
      {children}
    </section>
  );
}

export function None({ children }: { children: ReactNode }) {
  return <p className="text-[0.8125rem] text-ink-faint">{children}</p>;
}

/** A small button in words. */
export function SmallSwitch({
  pressed,
  onClick,
  children,
}: {
  pressed: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="h-6 rounded-md px-1.5 text-xs font-medium text-ink-faint hover:bg-hover hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent"
    >
      {children}
    </button>
  );
}
