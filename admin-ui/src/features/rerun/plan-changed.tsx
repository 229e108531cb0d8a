/** The plan is another one than the one that was looked at: what differs, before it is agreed to again. */
import { useEffect, useRef } from "react";
import { Notice } from "@/components/notice";
import type { Plan } from "@/lib/api";
import { planChanges } from "./plan-difference";

const MOST = 12;

export function PlanChanged({ before, after }: { before: Plan; after: Plan }) {
  const changes = planChanges(before, after);
  const box = useRef<HTMLDivElement>(null);
  // On a small screen it would stand out of sight.
  useEffect(() => {
    void box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={box}>
      <Notice kind="wait" title="The plan has changed since you looked">
        {changes.length === 0 ? (
          <p>
            Nothing that is shown here differs, but something behind it does. Look once more, then confirm.
          </p>
        ) : (
          <ul className="mt-1 space-y-1.5 text-[0.8125rem]">
            {changes.slice(0, MOST).map(({ what, before: was, after: now }) => (
              <li key={what} className="break-words">
                <span className="font-medium">{what}</span>
                {was !== null && <del className="block text-ink-soft">{was}</del>}
                <ins className="block no-underline">{now ?? "no longer in the plan"}</ins>
              </li>
            ))}
            {changes.length > MOST && <li>and {changes.length - MOST} more</li>}
          </ul>
        )}
        <p className="mt-1.5 text-[0.8125rem] text-ink-soft">
          Nothing was started. Confirm again to start it like this.
        </p>
      </Notice>
    </div>
  );
}
