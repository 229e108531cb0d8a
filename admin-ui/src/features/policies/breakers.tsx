/** The breakers of a policy: which skills rest, and what they held back. */
import { Button } from "@/components/button";
import { Panel } from "@/components/panel";
import { Pill } from "@/components/pill";
import { RunById } from "@/components/run-by-id";
import { When } from "@/components/when";
import type { Breaker } from "@/lib/api/policies";
import { BREAKER } from "./answer-state";

interface BreakersProps {
  breakers: Breaker[];
  onClose: (breaker: Breaker) => void;
}

export function Breakers({ breakers, onClose }: BreakersProps) {
  if (breakers.length === 0) return null;
  return (
    <Panel title="Breakers" className="mb-5">
      <ul className="divide-y">
        {breakers.map((breaker) => (
          <li
            key={breaker.skill}
            data-breaker={breaker.skill ?? "-"}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3 max-md:px-4"
          >
            <div className="min-w-0 grow basis-64">
              <span className="font-medium break-words">{breaker.skill ?? "Failures of no skill"}</span>
              <p className="text-[0.8125rem] text-ink-soft">
                <Told breaker={breaker} />
              </p>
            </div>
            <span className="text-[0.8125rem]">
              <span className="font-medium tabular">{breaker.held_back.toLocaleString("en")}</span> held back
            </span>
            <Pill look={BREAKER[breaker.state]} state={breaker.state} />
            {breaker.state !== "closed" && (
              <Button size="sm" onClick={() => onClose(breaker)}>
                Close breaker
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Told({ breaker }: { breaker: Breaker }) {
  if (breaker.state === "closed" && breaker.closed_at) {
    return (
      <>
        Opened <When at={breaker.opened_at} />, closed <When at={breaker.closed_at} />
      </>
    );
  }
  if (breaker.state === "probing" && breaker.probe) {
    return (
      <span className="flex flex-wrap items-center gap-x-1.5">
        Opened <When at={breaker.opened_at} />. Being tried with <RunById id={breaker.probe} />
      </span>
    );
  }
  return (
    <>
      Opened <When at={breaker.opened_at} />; one rerun is let through <When at={breaker.open_until} />
    </>
  );
}
