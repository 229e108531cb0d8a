/** An effect that a step of a rerun did not do again, and who had done it. */
import { Link } from "@tanstack/react-router";
import type { Step } from "@/lib/api";

export function NotRepeated({ step }: { step: Step }) {
  const { reused_from: from, effect } = step;
  const by = effect?.thread_id ?? from?.thread_id;
  const seq = effect?.seq ?? from?.seq;
  return (
    <li>
      {step.skill}
      {by && (
        <>
          , done by{" "}
          <Link
            to="/runs/$threadId"
            params={{ threadId: by }}
            search={seq ? { at: seq } : {}}
            className="text-accent hover:underline"
          >
            {by}
          </Link>
        </>
      )}{" "}
      {from?.stale && from.stale.length > 0 && (
        <span className="text-wait">(other values now: {from.stale.join(", ")})</span>
      )}
    </li>
  );
}
