/** The workers that are there. */
import { Panel } from "@/components/panel";
import { When } from "@/components/when";
import type { SetUp } from "@/lib/api";

export function WorkersTable({ workers }: { workers: SetUp["workers"] }) {
  return (
    <Panel title="Workers">
      {workers.length === 0 ? (
        <p className="px-5 py-4 text-ink-soft max-md:px-4">
          None is there, so no run goes on. Start one with{" "}
          <code className="font-mono text-xs">asf worker</code>.
        </p>
      ) : (
        <ul className="divide-y">
          {workers.map(({ id, host, pid, started_at, runs }) => (
            <li
              key={id}
              className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-5 py-3 max-md:px-4"
            >
              <span className="min-w-0 font-medium break-all">
                {host || "Somewhere"}, process {pid}
              </span>
              <span className="text-[0.8125rem] text-ink-soft">
                {runs === 0 ? "no run" : runs === 1 ? "1 run" : `${runs.toLocaleString("en")} runs`} in hand,
                started <When at={started_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
