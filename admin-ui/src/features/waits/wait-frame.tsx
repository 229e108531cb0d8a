/** The frame around one thing that a run waits for. */
import { CircleHelp, Hourglass, type LucideIcon, ShieldAlert, UserCheck } from "lucide-react";
import type { ReactNode } from "react";
import { When } from "@/components/when";
import type { Waiting } from "@/lib/api";

const ICONS: Partial<Record<Waiting["reason"], LucideIcon>> = {
  approval: UserCheck,
  consent: ShieldAlert,
  in_doubt: CircleHelp,
};

export function WaitFrame({ wait, title, children }: { wait: Waiting; title: string; children: ReactNode }) {
  const Icon = ICONS[wait.reason] ?? Hourglass;
  return (
    <section
      data-wait={wait.reason}
      className="mb-5 overflow-hidden rounded-xl border border-wait/40 bg-surface shadow-card"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-wait-soft px-5 py-3 max-md:px-4">
        <div className="flex min-w-0 grow items-start gap-3">
          <Icon className="mt-0.5 size-4.5 shrink-0 text-wait" aria-hidden />
          <h2 className="min-w-0 grow font-semibold break-words text-wait">{title}</h2>
        </div>
        <p className="text-xs text-ink-soft">
          asked <When at={wait.since} />
          {wait.until && (
            <>
              , due <When at={wait.until} />
            </>
          )}
        </p>
      </header>
      <div className="space-y-4 px-5 py-4 max-md:px-4">{children}</div>
    </section>
  );
}
