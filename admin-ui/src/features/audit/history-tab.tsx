/** Who did what to a run, when and why. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { When } from "@/components/when";
import type { AuditEntry } from "@/lib/api";
import { isNumber } from "@/lib/json";
import { runAuditOptions } from "@/queries/effects";
import { By } from "./by";

export function HistoryTab({ threadId }: { threadId: string }) {
  const audit = useInfiniteQuery(runAuditOptions(threadId));
  if (audit.isPending) return <LoadingRows rows={3} />;
  if (audit.isError && !audit.data) {
    return <ProblemNotice error={audit.error} onRetry={() => void audit.refetch()} />;
  }
  const entries = audit.data?.pages.flatMap((page) => page.items) ?? [];
  if (entries.length === 0) {
    return (
      <Empty icon={<History aria-hidden />} title="Nobody has done anything yet">
        This run was saved, but nobody has started it.
      </Empty>
    );
  }
  return (
    <Panel>
      <ol aria-label="History" className="divide-y">
        {entries.map((entry) => (
          <li
            key={`${entry.at}-${entry.action}-${entry.detail.step ?? ""}`}
            data-action={entry.action}
            className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-5 py-3 max-md:px-4"
          >
            <div className="min-w-0 grow basis-80">
              <p className="break-words">
                <span className="font-medium">{actionText(entry)}</span>
                <span className="text-ink-soft">
                  {" "}
                  by <By actor={entry.actor} />
                </span>
              </p>
              {entry.reason && <p className="mt-0.5 break-words text-ink-soft">“{entry.reason}”</p>}
              <Paths entry={entry} />
            </div>
            <span className="shrink-0 text-[0.8125rem] text-ink-faint">
              <When at={entry.at} />
            </span>
          </li>
        ))}
      </ol>
      {audit.hasNextPage && (
        <div className="border-t px-5 py-3 max-md:px-4">
          <Button size="sm" busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </Panel>
  );
}

const ANSWERS: Record<string, string> = {
  approve: "approved",
  reject: "rejected",
  happened: "said to have happened",
  not_happened: "said not to have happened",
  stop: "stopped while in doubt",
};

function actionText({ action, detail }: AuditEntry): string {
  const step = isNumber(detail.step) ? `Step ${detail.step}` : "It";
  const of = typeof detail.parent_thread_id === "string" ? ` of ${detail.parent_thread_id}` : "";
  const answer =
    typeof detail.decision === "string" ? (ANSWERS[detail.decision] ?? detail.decision) : "answered";
  const words: Record<string, string> = {
    start: "Started",
    rerun: `Started as a rerun${of}`,
    cancel: "Cancelled",
    approve: `${step} ${answer}`,
    "approve-refused": `${step}: an answer came too late and was refused`,
    callback: `${step}: the service's result was delivered`,
    "callback-late": `${step}: a result came too late`,
    remove: "Removed",
    delete: "Deleted",
  };
  return words[action] ?? action;
}

function Paths({ entry: { detail } }: { entry: AuditEntry }) {
  const paths = Array.isArray(detail.paths) ? detail.paths.filter((path) => typeof path === "string") : [];
  if (paths.length === 0) return null;
  return (
    <p className="mt-0.5 text-xs break-words text-ink-faint">
      gave <code className="font-mono">{paths.join(", ")}</code>
    </p>
  );
}
