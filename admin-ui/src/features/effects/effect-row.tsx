/** One effect: closed what a glance needs, open all that went out and came back. */
import { Link } from "@tanstack/react-router";
import { ChevronRight, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { EndKept } from "@/components/end-kept";
import { rowsOf } from "@/components/value-table";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import type { Effect } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { type Json, type JsonObject, writeJson } from "@/lib/json";
import { EffectBody } from "./effect-body";
import { EffectPill } from "./effect-state";
import { RunLink } from "./run-link";

const CELL = "px-3 py-3 align-top max-md:p-0";
const FEW_VALUES = 3;
const FEW_RUNS = 2;

export function EffectRow({ effect }: { effect: Effect }) {
  const [open, setOpen] = useState(false);
  return (
    <tbody className="border-b last:border-b-0 max-md:block">
      <tr
        data-effect={effect.id}
        className="transition-colors hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-2 max-md:px-4 max-md:py-4"
      >
        <td className={`${CELL} md:max-w-0 md:w-[22%] md:pl-5`}>
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="flex w-full items-start gap-1.5 text-left font-medium hover:text-accent"
          >
            <ChevronRight
              aria-hidden
              className={cx(
                "mt-0.5 size-4 shrink-0 text-ink-faint transition-transform",
                open && "rotate-90",
              )}
            />
            <span className="sr-only">
              {open ? "Close" : "Open"} effect {effect.id}:
            </span>
            <span className="min-w-0">
              <span className="block break-words">{effect.skill}</span>
              <span
                title={shortOf(effect.key)}
                className="line-clamp-2 font-mono text-xs font-normal [overflow-wrap:anywhere] text-ink-faint"
              >
                {shortOf(effect.key)}
              </span>
            </span>
          </button>
          {effect.repeat > 0 && (
            <p className="mt-1 pl-5.5 text-xs text-ink-faint">
              repetition {effect.repeat}, agreed by {actorText(effect.agreed_by)}
            </p>
          )}
        </td>
        <td className={`${CELL} md:w-36 max-md:justify-self-end`}>
          <EffectPill state={effect.state} />
          <div className="mt-1 text-xs text-ink-faint max-md:hidden">
            <When at={effect.at} />
          </div>
        </td>
        <td className={`${CELL} md:max-w-0 md:w-[26%] max-md:col-span-2`}>
          <Brief data={effect.inputs} />
          {effect.state !== "receipt" && effect.error && (
            <p
              className={cx("mt-1 text-xs break-words", effect.state === "failed" ? "text-bad" : "text-wait")}
            >
              {effect.error.message}
            </p>
          )}
        </td>
        <td className={`${CELL} md:max-w-0 md:w-[20%] max-md:col-span-2`}>
          <RunLink thread={effect.thread_id} name={effect.run_name} step={effect.seq} />
          {effect.run_name !== null && (
            <div className="font-mono text-xs text-ink-faint" title={effect.thread_id}>
              <EndKept text={effect.thread_id} />
            </div>
          )}
          <div className="mt-0.5 text-xs text-ink-faint">
            step {effect.seq}
            <span className="md:hidden">
              , <When at={effect.at} />
            </span>
            {effect.settled_by && effect.settled_by.kind !== "worker" && (
              <> · told by {actorText(effect.settled_by)}</>
            )}
          </div>
          {effect.asked_by.map(({ thread_id, seq }) => (
            <Link
              key={`${thread_id}-${seq}`}
              to="/runs/$threadId"
              params={{ threadId: thread_id }}
              className="mt-1 inline-block text-xs font-medium text-wait underline"
            >
              Say whether it happened
            </Link>
          ))}
        </td>
        <td className={`${CELL} md:max-w-0 md:pr-5 max-md:col-span-2 max-md:empty:hidden`}>
          {effect.not_repeated > 0 && <NotRepeated effect={effect} />}
        </td>
      </tr>
      {open && (
        <tr className="max-md:block">
          <td colSpan={5} className="px-5 pb-5 max-md:block max-md:px-4">
            <EffectBody effect={effect} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function NotRepeated({ effect }: { effect: Effect }) {
  const shown = effect.not_repeated_by.slice(0, FEW_RUNS);
  const rest = effect.not_repeated - shown.length;
  return (
    <div className="flex items-start gap-1.5">
      <ShieldCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
      <div className="min-w-0">
        <span className="text-xs text-ink-faint md:sr-only">not done again by </span>
        {shown.map(({ thread_id, seq, run_name }) => (
          <div key={`${thread_id}-${seq}`}>
            <RunLink thread={thread_id} name={run_name} step={seq} />
          </div>
        ))}
        {rest > 0 && <span className="text-xs text-ink-faint">and {rest} more</span>}
      </div>
    </div>
  );
}

/** The first values, each on a line. */
function Brief({ data }: { data: JsonObject | null }) {
  const rows = rowsOf(data ?? {});
  return (
    <ul className="text-[0.8125rem]">
      {rows.slice(0, FEW_VALUES).map(({ path, value }) => (
        <li key={path} className="truncate" title={`${path}: ${textOf(value)}`}>
          <span className="text-ink-faint">{path}</span> {textOf(value)}
        </li>
      ))}
      {rows.length > FEW_VALUES && (
        <li className="text-xs text-ink-faint">and {rows.length - FEW_VALUES} more values</li>
      )}
    </ul>
  );
}

function shortOf(key: JsonObject): string {
  return Object.entries(key)
    .map(([path, value]) => `${path}=${textOf(value)}`)
    .join(" ");
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : writeJson(value);
}
