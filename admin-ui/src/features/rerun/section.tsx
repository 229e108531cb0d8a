/** A part of the form that is closed until somebody needs it; only then is it made. */
import { type ReactNode, useState } from "react";

interface SectionProps {
  title: string;
  /** What is chosen there, while it is closed. */
  chosen?: ReactNode;
  open?: boolean;
  children: ReactNode;
}

export function Section({ title, chosen, open, children }: SectionProps) {
  const [made, setMade] = useState(open === true);
  if (open && !made) setMade(true);
  return (
    <details
      open={open}
      onToggle={({ currentTarget }) => currentTarget.open && setMade(true)}
      className="group rounded-lg border"
    >
      <summary className="flex cursor-pointer list-none items-baseline justify-between gap-3 rounded-lg px-3 py-2 select-none hover:bg-hover">
        <span className="text-[0.8125rem] font-medium before:mr-2 before:inline-block before:text-ink-faint before:transition-transform before:content-['›'] group-open:before:rotate-90">
          {title}
        </span>
        <span className="min-w-0 truncate text-xs text-ink-faint">{chosen}</span>
      </summary>
      {made && <div className="space-y-4 border-t px-3 py-3">{children}</div>}
    </details>
  );
}
