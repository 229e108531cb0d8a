/** Everything a run waits for, each with its own way to answer. */
import { Link } from "@tanstack/react-router";
import type { Step, Waiting } from "@/lib/api";
import { WAITS_FOR } from "@/lib/status";
import { Approval } from "./approval";
import { Consent } from "./consent";
import { Doubt } from "./doubt";
import { questionKey } from "./kept";
import { WaitFrame } from "./wait-frame";

interface WaitsPanelProps {
  threadId: string;
  waits: Waiting[];
  steps: Step[];
}

export function WaitsPanel({ threadId, waits, steps }: WaitsPanelProps) {
  return waits.map((wait) => {
    const key = questionKey(threadId, wait);
    if (wait.reason === "approval") return <Approval key={key} threadId={threadId} wait={wait} />;
    if (wait.reason === "consent") return <Consent key={key} threadId={threadId} wait={wait} />;
    if (wait.reason === "in_doubt") {
      const digest = steps.find(({ seq }) => seq === wait.step)?.skill_digest ?? null;
      return <Doubt key={key} threadId={threadId} wait={wait} digest={digest} />;
    }
    return <Patience key={key} wait={wait} />;
  });
}

/** Waits that end by themselves. */
function Patience({ wait }: { wait: Waiting }) {
  const { asks } = wait;
  return (
    <WaitFrame wait={wait} title={`Waits for ${WAITS_FOR[wait.reason]}`}>
      <p className="text-ink-soft">
        {typeof asks.subject === "string" ? `${asks.subject}. ` : wait.skill ? `${wait.skill}. ` : ""}
        The run goes on by itself; nothing has to be done here.
        {typeof asks.thread_id === "string" && (
          <>
            {" "}
            <Link
              to="/runs/$threadId"
              params={{ threadId: asks.thread_id }}
              className="font-medium text-accent hover:underline"
            >
              Open that run
            </Link>
          </>
        )}
      </p>
    </WaitFrame>
  );
}
