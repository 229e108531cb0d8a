/** What was kept beside a step: what was said to its model and by it, and what its process wrote. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { CopyButton } from "@/components/copy-button";
import { Skeleton } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import type { Step, StepRecord } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { writeJson } from "@/lib/json";
import { isFinal } from "@/lib/status";
import { stepDetailOptions } from "@/queries/runs";
import { JsonText } from "./json-text";
import { isLog, logLines } from "./log-lines";
import { LogView } from "./log-view";
import { type Turn, turnsOf } from "./messages";
import { None, Part } from "./part";

const NONE_KEPT: StepRecord[] = [];

export function StepRecords({ threadId, step }: { threadId: string; step: Step }) {
  // Its version is part of the key: an attempt that ends leaves more behind. What is there stays until then.
  const detail = useQuery({
    ...stepDetailOptions(threadId, step.seq, step.version),
    placeholderData: (previous) => previous,
  });
  const kept = detail.data?.details ?? NONE_KEPT;
  const lines = useMemo(() => logLines(kept.filter(isLog)), [kept]);
  if (detail.isPending) return <Skeleton className="h-10" />;
  if (detail.isError) return <ProblemNotice error={detail.error} onRetry={() => void detail.refetch()} />;
  const others = kept.filter((record) => !isLog(record));
  const attempts = new Set(kept.map(({ attempt }) => attempt)).size;
  return (
    <>
      {others.map((record) => (
        <Record
          key={`${record.kind}-${record.attempt}-${record.at}`}
          record={record}
          numbered={attempts > 1}
        />
      ))}
      {lines.length > 0 && <LogView lines={lines} file={`${threadId}-step-${step.seq}.log`} />}
      {kept.length === 0 && step.kind === "skill" && !step.reused_from && (
        <Part title="Logs and messages">
          <None>
            {isFinal(step.status) ? "It wrote nothing." : "Nothing yet; an attempt leaves it when it ends."}
          </None>
        </Part>
      )}
    </>
  );
}

const TITLES: Record<string, string> = {
  messages: "Prompt and model messages",
  prompt: "Prompt",
  request: "Request",
};

function Record({ record: { kind, attempt, content }, numbered }: { record: StepRecord; numbered: boolean }) {
  const turns = turnsOf(content);
  const title = `${TITLES[kind] ?? kind}${numbered ? `, attempt ${attempt}` : ""}`;
  const text = typeof content === "string" ? content : writeJson(content, 2);
  return (
    <Part title={title} aside={<CopyButton text={text} label={`Copy: ${title}`} />}>
      {turns ? (
        <ol className="space-y-2">
          {turns.map((turn, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what was said is never reordered
            <TurnBox key={index} turn={turn} />
          ))}
        </ol>
      ) : typeof content === "string" ? (
        <pre className="max-h-96 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs whitespace-pre-wrap">
          {content}
        </pre>
      ) : (
        <JsonText value={content} />
      )}
    </Part>
  );
}

function TurnBox({ turn }: { turn: Turn }) {
  return (
    <li className={cx("rounded-lg border px-3 py-2", turn.model ? "bg-accent-soft/50" : "bg-sunken/50")}>
      <p className="mb-0.5 text-xs font-medium text-ink-faint">{turn.who}</p>
      <div
        className={cx(
          "max-h-96 overflow-auto break-words whitespace-pre-wrap",
          turn.code ? "font-mono text-xs" : "text-[0.8125rem]",
        )}
      >
        {turn.text}
      </div>
    </li>
  );
}
