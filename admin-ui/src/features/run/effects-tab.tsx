/** What a run did to the outside world, with receipts, and what it did not do again. */
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { Empty, LoadingRows } from "@/components/empty";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { EffectsTable } from "@/features/effects/effects-table";
import type { EffectPage, Step } from "@/lib/api";
import { NotRepeated } from "./not-repeated";

interface EffectsTabProps {
  threadId: string;
  effects: UseQueryResult<EffectPage>;
  steps: Step[];
}

export function EffectsTab({ threadId, effects, steps }: EffectsTabProps) {
  if (effects.isPending) return <LoadingRows rows={3} />;
  if (!effects.data) return <ProblemNotice error={effects.error} onRetry={() => void effects.refetch()} />;
  const { items, next_cursor: more } = effects.data;
  const honoured = steps.filter(({ reused_from: from }) => from?.why === "receipt");
  if (items.length === 0 && honoured.length === 0) {
    return (
      <Empty icon={<Send aria-hidden />} title="Nothing has gone out">
        What a skill with <code className="font-mono text-xs">effects: irreversible</code> does in this run,
        such as a payment or a mail, stands here from the moment it is announced.
      </Empty>
    );
  }
  return (
    <div className="space-y-5">
      {items.length > 0 && (
        <Panel
          title="Done by this run"
          aside={
            <Link
              to="/effects"
              search={{ run: threadId }}
              className="text-[0.8125rem] font-medium text-accent hover:underline"
            >
              Open in the ledger
            </Link>
          }
        >
          <EffectsTable effects={items} />
          {more && (
            <p className="border-t px-5 py-3 text-[0.8125rem] text-ink-faint">
              The newest {items.length}. The ledger has all of them.
            </p>
          )}
        </Panel>
      )}
      {honoured.length > 0 && (
        <Panel title="Not done again">
          <ul className="list-disc space-y-1 py-4 pr-5 pl-9 marker:text-ink-faint">
            {honoured.map((step) => (
              <NotRepeated key={step.seq} step={step} />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}
