/** The earlier attempts of a step, each with its error. */
import { When } from "@/components/when";
import type { Step } from "@/lib/api";
import { Part } from "./part";

export function StepAttempts({ step }: { step: Step }) {
  const attempts = step.attempts ?? [];
  if (attempts.length === 0) return null;
  return (
    <Part title="Earlier attempts">
      <ol className="divide-y rounded-lg border text-[0.8125rem]">
        {attempts.map(({ attempt, error, at }) => (
          <li key={`${attempt}-${at}`} className="flex flex-wrap gap-x-3 gap-y-0.5 px-3 py-2">
            <span className="w-6 shrink-0 text-ink-faint">{attempt}.</span>
            <span className="min-w-0 grow basis-40 break-words text-bad">
              {error?.message ?? "no answer"}
              {error?.type && <code className="ml-1.5 font-mono text-xs">{error.type}</code>}
            </span>
            {at && (
              <span className="shrink-0 text-ink-faint">
                ended <When at={at} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </Part>
  );
}
