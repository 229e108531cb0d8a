/** When a step ran, with which version, and what it cost. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Took, When } from "@/components/when";
import type { Step } from "@/lib/api";
import { inDollars } from "@/lib/money";

export function StepFacts({ step }: { step: Step }) {
  const { usage } = step;
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-4 gap-y-2.5 text-[0.8125rem]">
      <Entry name="Step">
        {step.seq}
        {step.attempt > 1 && <span className="text-ink-faint"> · attempt {step.attempt}</span>}
      </Entry>
      <Entry name="Started">
        <When at={step.started_at} />
      </Entry>
      <Entry name={step.kind === "approval" ? "Waited" : "Took"}>
        <Took from={step.started_at} to={step.finished_at} />
      </Entry>
      {step.skill && step.skill_digest && (
        <Entry name="Skill version">
          <Link
            to="/skills/$name"
            params={{ name: step.skill }}
            search={{ version: step.skill_digest }}
            className="font-mono text-xs text-accent hover:underline"
          >
            <span className="sr-only">Version </span>
            {step.skill_digest.slice(0, 12)}
          </Link>
        </Entry>
      )}
      {usage?.model && <Entry name="Model">{usage.model}</Entry>}
      {usage && (
        <Entry name="Tokens">
          {numbered(usage.input_tokens)} in, {numbered(usage.output_tokens)} out
          {usage.requests && usage.requests > 1 && (
            <span className="text-ink-faint"> · {usage.requests} calls</span>
          )}
        </Entry>
      )}
      {usage && <Entry name="Cost">{usage.money == null ? "price unknown" : inDollars(usage.money)}</Entry>}
    </dl>
  );
}

const numbered = (count: number | null | undefined) =>
  count == null ? "unknown" : count.toLocaleString("en");

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-faint">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
