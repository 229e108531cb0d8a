/** An item that has its answer: what was asked, who answered what, and when. */
import { Check, X } from "lucide-react";
import { rowsOf, ValueTable } from "@/components/value-table";
import { When } from "@/components/when";
import { By } from "@/features/audit/by";
import type { GivenAnswer, Wait } from "@/lib/api/waits";
import { isObject, sameJson } from "@/lib/json";
import { DID } from "./decisions";
import { questionOf } from "./summary";

export function Answered({ wait, answer }: { wait: Wait; answer: GivenAnswer }) {
  const shown = isObject(wait.asks.shown) ? rowsOf(wait.asks.shown) : [];
  const given = isObject(answer.data) ? rowsOf(answer.data) : [];
  const before = new Map(shown.map(({ path, value }) => [path, value]));
  const edits = given.filter(({ path, value }) => !sameJson(value, before.get(path)));
  const isNo = answer.decision === "reject" || answer.decision === "stop";
  const Icon = isNo ? X : Check;
  return (
    <section data-answered className="overflow-hidden rounded-xl border bg-surface shadow-card">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-sunken/60 px-5 py-3 max-md:px-4">
        <div className="flex min-w-0 grow items-start gap-3">
          <Icon
            className={isNo ? "mt-0.5 size-4.5 shrink-0 text-bad" : "mt-0.5 size-4.5 shrink-0 text-good"}
            aria-hidden
          />
          <h2 className="min-w-0 grow font-semibold break-words">{questionOf(wait)}</h2>
        </div>
        <p className="text-xs text-ink-soft">
          asked <When at={wait.since} />
        </p>
      </header>
      <div className="space-y-4 px-5 py-4 max-md:px-4">
        <p>
          <strong className="font-semibold">{DID[answer.decision ?? ""] ?? "Answered"}</strong>{" "}
          <When at={answer.at} /> by <By actor={answer.by} />.
          {answer.note && <span className="mt-1 block text-ink-soft">“{answer.note}”</span>}
        </p>
        {edits.length > 0 && (
          <div>
            <h3 className="mb-1.5 text-[0.8125rem] font-medium">What was edited or filled in</h3>
            <ValueTable rows={edits} />
          </div>
        )}
        {shown.length > 0 && (
          <div>
            <h3 className="mb-1.5 text-[0.8125rem] font-medium">What was shown</h3>
            <ValueTable rows={shown} />
          </div>
        )}
      </div>
    </section>
  );
}
