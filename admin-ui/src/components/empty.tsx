/** What a list says when it has nothing to show, and the grey shapes before it is there. */
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface EmptyProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** "h1" where it is the whole page. */
  heading?: "h1" | "h2";
}

export function Empty({ icon, title, children, actions, heading: Heading = "h2" }: EmptyProps) {
  return (
    <div className="flex flex-col items-center px-6 py-16 text-center">
      <div className="mb-4 flex size-11 items-center justify-center rounded-xl bg-accent-soft text-accent [&_svg]:size-5">
        {icon}
      </div>
      <Heading className="text-base font-semibold">{title}</Heading>
      {children !== undefined && <div className="mt-1 max-w-md text-ink-soft">{children}</div>}
      {actions !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx("animate-breathe rounded-md bg-idle-soft", className)} />;
}

export function LoadingRows({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same and never move
        <div key={index} className="flex items-center gap-6 px-5 py-4">
          <div className="grow space-y-2">
            <Skeleton className="h-3.5 w-2/5" />
            <Skeleton className="h-3 w-1/4" />
          </div>
          <Skeleton className="h-6 w-24 rounded-full" />
          <Skeleton className="h-8 w-20 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
