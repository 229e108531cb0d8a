/** What an open effect shows: what went out, what came of it, who knows, who did not do it again. */
import type { ReactNode } from "react";
import { Value } from "@/components/value";
import { ValueTable } from "@/components/value-table";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import type { Effect } from "@/lib/api";
import { absoluteTime } from "@/lib/time";
import { RunLink } from "./run-link";

export function EffectBody({ effect }: { effect: Effect }) {
  const facts: [string, string | null][] = [
    ["Effect", `no. ${effect.id}`],
    ["Announced", absoluteTime(Date.parse(effect.announced_at))],
    ["Changed last", absoluteTime(Date.parse(effect.at))],
    ["Known from", effect.settled_by && actorText(effect.settled_by)],
    ["Agreed by", effect.agreed_by && actorText(effect.agreed_by)],
    ["Happens once in", effect.scope || "the whole installation"],
  ];
  const rest = effect.not_repeated - effect.not_repeated_by.length;
  return (
    <div className="space-y-4 rounded-lg bg-sunken p-4">
      <dl className="flex flex-wrap gap-x-6 gap-y-2 text-[0.8125rem]">
        {facts.map(
          ([name, text]) =>
            text && (
              <div key={name} className="min-w-0">
                <dt className="text-xs text-ink-faint">{name}</dt>
                <dd className="break-words">{text}</dd>
              </div>
            ),
        )}
      </dl>
      <div className="grid gap-4 xl:grid-cols-2">
        <Part title="What went out">
          {effect.inputs ? <ValueTable data={effect.inputs} /> : <Value value={undefined} />}
        </Part>
        <Part title="What came of it">
          {effect.output ? <ValueTable data={effect.output} /> : <Value value={undefined} />}
          {effect.error && (
            <p className="mt-2 text-[0.8125rem] break-words text-bad">{effect.error.message}</p>
          )}
        </Part>
      </div>
      {effect.not_repeated_by.length > 0 && (
        <Part
          title={`Not done again by ${effect.not_repeated === 1 ? "one step" : `${effect.not_repeated} steps`}`}
        >
          <ul className="divide-y rounded-lg border bg-surface text-[0.8125rem]">
            {effect.not_repeated_by.map(({ thread_id, seq, run_name, at }) => (
              <li key={`${thread_id}-${seq}`} className="flex items-center gap-3 px-3 py-2">
                <span className="min-w-0 grow">
                  <RunLink thread={thread_id} name={run_name} step={seq} />
                </span>
                <span className="shrink-0 text-xs text-ink-faint">
                  step {seq}
                  {at && (
                    <>
                      , <When at={at} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
          {rest > 0 && <p className="mt-1 text-xs text-ink-faint">The newest; there are {rest} more.</p>}
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h3 className="mb-1.5 text-xs font-medium text-ink-faint">{title}</h3>
      {children}
    </section>
  );
}
