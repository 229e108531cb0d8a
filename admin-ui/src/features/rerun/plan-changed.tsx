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
          <dl className="mt-2 divide-y rounded-lg border bg-surface text-[0.8125rem]">
            {changes.slice(0, MOST).map(({ what, before: was, after: now }) => (
              <div key={what} className="grid grid-cols-[2.5rem_1fr] gap-x-2 px-2.5 py-2 break-words">
                <dt className="col-span-2 font-medium">{what}</dt>
                <dd className="contents">
                  <span className="text-xs leading-5 text-ink-faint">Was</span>
                  <del className="min-w-0 text-ink-soft no-underline">{was ?? "not in the plan"}</del>
                </dd>
                <dd className="contents">
                  <span className="text-xs leading-5 text-ink-faint">Now</span>
                  <ins className="min-w-0 font-medium no-underline">{now ?? "no longer in the plan"}</ins>
                </dd>
              </div>
            ))}
            {changes.length > MOST && (
              <div className="px-2.5 py-2 text-ink-soft">and {changes.length - MOST} more</div>
            )}
          </dl>
        )}
        <p className="mt-1.5 text-[0.8125rem] text-ink-soft">
          Nothing was started. Look at what is different now; confirm the new plan to start it like this.
        </p>
      </Notice>
    </div>
  );
}
