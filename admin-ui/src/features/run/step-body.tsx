/** What an open step shows: inputs with where they came from, outputs, attempts, kept records. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Skeleton } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import { Value } from "@/components/value";
import { isWide, rowsOf, type ValueRow, ValueTable } from "@/components/value-table";
import { When } from "@/components/when";
import type { Step } from "@/lib/api";
import { cx } from "@/lib/class-names";
import type { Json } from "@/lib/json";
import { stepDetailOptions } from "@/queries/runs";
import { CorrectLink } from "./correct-link";
import { SourceLink } from "./step-source";

interface StepBodyProps {
  threadId: string;
  step: Step;
  /** The run has ended, so that it can be rerun with something else. */
  ended: boolean;
}

export function StepBody({ threadId, step, ended }: StepBodyProps) {
  const inputs = inputRows(step);
  const outputs = step.outputs ? rowsOf(step.outputs) : [];
  const correctable = ended && step.status === "completed";
  const wide = [...inputs, ...outputs].some(({ value }) => isWide(value));
  return (
    <div className="space-y-5 border-t px-4 py-4">
      <div className={cx("grid gap-5", !wide && "xl:grid-cols-2")}>
        <Section title="Inputs">
          {inputs.length > 0 ? <ValueTable rows={inputs} /> : <None>Reads nothing.</None>}
        </Section>
        <Section title={step.kind === "approval" ? "Filled in or edited" : "Outputs"}>
          {outputs.length > 0 ? (
            <ValueTable
              rows={outputs.map((row) =>
                correctable ? { ...row, aside: <CorrectLink threadId={threadId} path={row.path} /> } : row,
              )}
            />
          ) : (
            <None>{step.finished_at ? "None." : "Not there yet."}</None>
          )}
        </Section>
      </div>
      {step.attempts && step.attempts.length > 0 && (
        <Section title="Earlier attempts">
          <ol className="divide-y rounded-lg border text-[0.8125rem]">
            {step.attempts.map(({ attempt, error, at }) => (
              <li key={attempt} className="flex gap-3 px-3 py-2">
                <span className="w-6 shrink-0 text-ink-faint">{attempt}.</span>
                <span className="min-w-0 grow break-words text-bad">{error?.message ?? "no answer"}</span>
                {at && (
                  <span className="shrink-0 text-ink-faint">
                    <When at={at} />
                  </span>
                )}
              </li>
            ))}
          </ol>
        </Section>
      )}
      <Fine threadId={threadId} step={step} />
      <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
        {ended && (
          <Link
            to="/runs/$threadId"
            params={{ threadId }}
            search={{ rerun: "from-step", step: step.seq }}
            resetScroll={false}
            className="inline-flex items-center gap-1.5 text-[0.8125rem] font-medium text-accent hover:underline"
          >
            <RotateCcw className="size-3.5" aria-hidden /> Rerun from this step
          </Link>
        )}
        <Records threadId={threadId} seq={step.seq} />
      </div>
    </div>
  );
}

function inputRows(step: Step): ValueRow[] {
  return Object.entries(step.inputs ?? {}).map(([path, value]) => {
    const from = step.input_steps?.[path];
    const note = from === undefined ? undefined : from === 0 ? "from the initial data" : `from step ${from}`;
    return { path, value, note };
  });
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h4 className="mb-1.5 text-xs font-medium text-ink-faint">{title}</h4>
      {children}
    </section>
  );
}

function None({ children }: { children: ReactNode }) {
  return <p className="text-[0.8125rem] text-ink-faint">{children}</p>;
}

/** Where the result came from, the skill version, what it cost. */
function Fine({ threadId, step }: { threadId: string; step: Step }) {
  const { reused_from: from, usage, effect } = step;
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-faint">
      <span>Step {step.seq}</span>
      {step.skill && step.skill_digest && (
        <Link
          to="/skills/$name"
          params={{ name: step.skill }}
          search={{ version: step.skill_digest }}
          className="hover:text-accent"
        >
          Version <code className="font-mono">{step.skill_digest.slice(0, 12)}</code>
        </Link>
      )}
      {from && <SourceLink from={from} />}
      {effect && (
        <span>
          Effect: {effect.state}
          {effect.thread_id !== threadId && ` in ${effect.thread_id}`}
        </span>
      )}
      {usage && (
        <span>
          {usage.model} · {(usage.input_tokens ?? 0) + (usage.output_tokens ?? 0)} tokens ·{" "}
          {usage.money == null ? "price unknown" : `$${usage.money}`}
        </span>
      )}
    </p>
  );
}

/** Prompts, model messages and process output: asked for only when somebody wants them. */
function Records({ threadId, seq }: { threadId: string; seq: number }) {
  const [wanted, setWanted] = useState(false);
  const detail = useQuery({ ...stepDetailOptions(threadId, seq), enabled: wanted });
  if (!wanted) {
    return (
      <button
        type="button"
        className="text-[0.8125rem] font-medium text-accent hover:underline"
        onClick={() => setWanted(true)}
      >
        Show what was kept (prompts, messages, process output)
      </button>
    );
  }
  if (detail.isPending) return <Skeleton className="h-10" />;
  if (detail.isError) return <ProblemNotice error={detail.error} onRetry={() => void detail.refetch()} />;
  if (detail.data.details.length === 0) return <None>Nothing was kept beside this step.</None>;
  return detail.data.details.map(({ kind, attempt, content, at }) => (
    <Section key={`${kind}-${attempt}-${at}`} title={`${kind}, attempt ${attempt}`}>
      {typeof content === "string" ? (
        <pre className="max-h-80 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs whitespace-pre-wrap">
          {content}
        </pre>
      ) : (
        <Value value={content as Json} />
      )}
    </Section>
  ));
}
