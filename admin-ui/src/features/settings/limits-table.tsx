/** What is limited, how much of it is taken now, and which setting says so. */
import { Bar } from "@/components/bar";
import { Panel } from "@/components/panel";
import type { SetUp } from "@/lib/api";

type Limit = SetUp["limits"][number];

export function LimitsTable({ limits }: { limits: Limit[] }) {
  return (
    <Panel title="Limits">
      <ul className="divide-y">
        {limits.map((limit) => {
          const { title, said } = words(limit);
          const full = limit.used >= limit.most;
          return (
            <li
              key={limit.kind + (limit.name ?? "")}
              className="grid items-center gap-x-6 gap-y-2 px-5 py-3.5 max-md:px-4 md:grid-cols-[1fr_16rem]"
            >
              <div className="min-w-0">
                <p className="font-medium break-words">{title}</p>
                <p className="text-[0.8125rem] text-ink-soft">{said}</p>
              </div>
              <div className="flex items-center gap-3">
                <Bar
                  label={title}
                  thin
                  parts={[{ name: "taken", count: limit.used, fill: full ? "bg-wait" : "bg-accent" }]}
                  total={limit.most}
                />
                <span className="tabular shrink-0 text-[0.8125rem] text-ink-soft">
                  {limit.used.toLocaleString("en")} of {limit.most.toLocaleString("en")}
                </span>
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function words({ kind, name, most }: Limit): { title: string; said: string } {
  if (kind === "model")
    return {
      title: `Calls of ${name}`,
      said: "At once, over all workers; ASF_MODEL_CONCURRENCY says how many.",
    };
  if (kind === "skill")
    return {
      title: `Steps of ${name}`,
      said: "At once, over all workers; the skill's own contract says how many.",
    };
  return {
    title: "Runs being worked on",
    said:
      most === 0
        ? "No worker is there: runs wait until one is."
        : "By all workers; ASF_WORKER_CONCURRENCY says how many one takes. Further runs wait in the queue.",
  };
}
