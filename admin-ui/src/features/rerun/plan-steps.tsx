/** The steps of a plan by what becomes of them: what is carried out first, what is reused last. */
import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import type { PlanStep } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { runMetadataOptions } from "@/queries/runs";

interface Group {
  action: PlanStep["action"];
  sign: string;
  title: string;
  ink: string;
}

const GROUPS: Group[] = [
  { action: "execute", sign: "~", title: "Executed", ink: "text-busy" },
  { action: "open", sign: "?", title: "Open", ink: "text-wait" },
  { action: "reuse", sign: "=", title: "Reused", ink: "text-good" },
];
/** Longer lists of reused steps are closed at first. */
const MANY = 12;
/** So many lines at once; a plan may have thousands. */
const FIRST = 100;

/** Not drawn anew while somebody types: a plan may have thousands of steps. */
export const PlanSteps = memo(function PlanSteps({
  threadId,
  steps,
}: {
  threadId: string;
  steps: PlanStep[];
}) {
  const { data } = useQuery(runMetadataOptions(threadId));
  const asksAModel = data !== undefined && data.planner !== null && data.planner !== "dataflow";
  const shown = steps.filter((step) => step.kind !== "decision" || (asksAModel && !step.reused_from));
  if (shown.length === 0) return <p className="text-[0.8125rem]">Nothing would be carried out.</p>;
  return GROUPS.map((group) => {
    const mine = shown.filter(({ action }) => action === group.action);
    if (mine.length === 0) return null;
    return <Lines key={group.action} group={group} steps={mine} />;
  });
});

function Lines({ group, steps }: { group: Group; steps: PlanStep[] }) {
  const [most, setMost] = useState(FIRST);
  const rest = steps.length - most;
  return (
    <details open={group.action !== "reuse" || steps.length <= MANY}>
      <summary className="cursor-pointer text-[0.8125rem] font-medium select-none">
        <span className={group.ink}>{group.title}</span>{" "}
        <span className="font-normal text-ink-faint">{steps.length.toLocaleString("en")}</span>
      </summary>
      <ol className="mt-1 space-y-1">
        {steps.slice(0, most).map((step) => (
          <Line key={step.seq} step={step} group={group} />
        ))}
      </ol>
      {rest > 0 && (
        <button
          type="button"
          onClick={() => setMost(most + FIRST)}
          className="mt-1 text-[0.8125rem] font-medium text-accent hover:underline"
        >
          Show more ({rest.toLocaleString("en")})
        </button>
      )}
    </details>
  );
}

function Line({ step, group }: { step: PlanStep; group: Group }) {
  const stale = step.reused_from?.stale ?? [];
  const notes = [...(stale.length > 0 ? [`other values now: ${stale.join(", ")}`] : []), ...step.warnings];
  return (
    <li
      data-plan-step={step.skill ?? "decision"}
      data-action={step.action}
      className="flex gap-2 text-[0.8125rem]"
    >
      <span aria-hidden className={cx("w-3 shrink-0 text-center font-mono font-semibold", group.ink)}>
        {group.sign}
      </span>
      <span className="min-w-0 break-words">
        <span className="font-medium">{nameOf(step)}</span>{" "}
        <span className="text-ink-soft">{step.reason}</span>
        {notes.map((note) => (
          <span key={note} className="block text-wait">
            {note}
          </span>
        ))}
      </span>
    </li>
  );
}

function nameOf({ kind, skill }: PlanStep): string {
  if (kind === "decision") return "The planner";
  return kind === "approval" ? `Approval of ${skill}` : (skill ?? "");
}
