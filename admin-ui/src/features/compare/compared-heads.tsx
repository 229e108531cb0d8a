/** Which two runs stand beside each other, and the way through their differences; stays in sight. */
import { Link } from "@tanstack/react-router";
import { ArrowLeftRight, ChevronDown, ChevronUp } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { EndKept } from "@/components/end-kept";
import { StatusPill } from "@/components/status-pill";
import type { ComparedRun } from "@/lib/api";
import { BaselineMenu } from "./baseline-menu";
import { CopyLink } from "./copy-link";
import type { Walk } from "./places";

export interface Pair {
  left: string;
  right: string;
}

interface ComparedHeadsProps {
  left: ComparedRun;
  right: ComparedRun;
  walk: Walk;
  onlyDifferences: boolean;
  onOnlyDifferences: (on: boolean) => void;
  onChoose: (pair: Pair) => void;
}

export function ComparedHeads({ left, right, walk, onChoose, ...only }: ComparedHeadsProps) {
  return (
    <section
      aria-label="Compared runs"
      className="sticky top-0 z-20 rounded-xl border bg-surface shadow-card max-lg:top-14"
    >
      <div className="grid grid-cols-[1fr_auto_1fr] items-center border-b max-md:grid-cols-[1fr_auto]">
        <Head side="Left" run={left} />
        <Button
          look="ghost"
          aria-label="Swap the two runs"
          title="Swap the two runs (x)"
          icon={<ArrowLeftRight aria-hidden className="max-md:rotate-90" />}
          onClick={() => onChoose({ left: right.thread_id, right: left.thread_id })}
          className="px-2 max-md:col-start-2 max-md:row-span-2 max-md:row-start-1 max-md:mr-2"
        />
        <Head side="Right" run={right} />
      </div>
      <Toolbar walk={walk} {...only}>
        <BaselineMenu {...{ left, right, onChoose }} />
      </Toolbar>
    </section>
  );
}

function Head({ side, run }: { side: string; run: ComparedRun }) {
  return (
    <div className="min-w-0 px-5 py-2.5 max-md:px-4 max-md:py-1.5">
      <div className="text-xs text-ink-faint max-md:hidden">{side}</div>
      <div className="flex items-center gap-2.5">
        <span className="w-8 shrink-0 text-xs text-ink-faint md:hidden">{side}</span>
        <Link
          to="/runs/$threadId"
          params={{ threadId: run.thread_id }}
          title={run.run_name}
          className="min-w-0 font-medium text-accent hover:underline"
        >
          <EndKept text={run.run_name} />
        </Link>
        <StatusPill status={run.status} />
      </div>
      <code className="block truncate font-mono text-xs text-ink-faint max-md:hidden" title={run.thread_id}>
        {run.thread_id}
      </code>
    </div>
  );
}

type ToolbarProps = Pick<ComparedHeadsProps, "walk" | "onlyDifferences" | "onOnlyDifferences">;

function Toolbar({
  walk,
  onlyDifferences,
  onOnlyDifferences,
  children,
}: ToolbarProps & { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-1.5 text-[0.8125rem] max-md:px-4">
      <div className="flex items-center gap-1">
        <span aria-live="polite" className="mr-1 text-ink-soft tabular">
          {walk.of === 0
            ? "No step differs"
            : walk.at > 0
              ? `Difference ${walk.at} of ${walk.of}`
              : `${walk.of} ${walk.of === 1 ? "step differs" : "steps differ"}`}
        </span>
        {walk.of > 0 && (
          <>
            <Step label="Difference before (N)" icon={<ChevronUp aria-hidden />} onClick={walk.previous} />
            <Step label="Next difference (n)" icon={<ChevronDown aria-hidden />} onClick={walk.next} />
          </>
        )}
      </div>
      <label className="flex cursor-pointer items-center gap-2 text-ink-soft">
        <input
          type="checkbox"
          checked={onlyDifferences}
          onChange={(event) => onOnlyDifferences(event.target.checked)}
          className="size-4 accent-(--accent)"
        />
        Only differences
      </label>
      {children}
      <span className="ml-auto max-md:hidden">
        <CopyLink />
      </span>
    </div>
  );
}

function Step({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <Button
      look="ghost"
      size="sm"
      aria-label={label}
      title={label}
      icon={icon}
      onClick={onClick}
      className="px-1.5"
    />
  );
}
