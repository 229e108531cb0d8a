/** What the columns of the list show. */
import { Link } from "@tanstack/react-router";
import { CornerDownRight, ShieldCheck } from "lucide-react";
import { Badge } from "@/components/badge";
import { EndKept } from "@/components/end-kept";
import { Took, When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import { DryBadge } from "@/features/family/dry-badge";
import { FixedBy } from "@/features/family/fixed-by";
import { shortName } from "@/features/family/naming";
import type { RunItem } from "@/lib/api";
import { isObject, type Json, type JsonObject, writeJson } from "@/lib/json";
import { inDollars } from "@/lib/money";
import { WAITS_FOR } from "@/lib/status";
import { pathOf } from "./columns";

export function Cell({ column, run }: { column: string; run: RunItem }) {
  switch (column) {
    case "sop":
      return (
        <>
          <div className="truncate text-ink-soft" title={run.sop_title}>
            {run.sop_title}
          </div>
          <Aside run={run} />
        </>
      );
    case "started":
      return <Time at={run.started_at ?? run.created_at} />;
    case "created":
      return <Time at={run.created_at} />;
    case "duration":
      return <Duration run={run} />;
    case "parent":
      return <Parent run={run} />;
    case "origin":
      return <Origin run={run} />;
    case "planner":
      return <Text text={run.planner} />;
    case "model":
      return <Text text={run.model} />;
    case "tokens":
      return <Text text={run.tokens > 0 ? run.tokens.toLocaleString("en") : null} />;
    case "money":
      return <Text text={moneyText(run)} />;
    default:
      return <Value value={valueAt(run, column)} />;
  }
}

/** Where the settings ask for the time itself it has two lines, about as long as each other. */
function Time({ at }: { at: string }) {
  return (
    <div className="text-balance *:whitespace-normal">
      <When at={at} />
    </div>
  );
}

const NONE = <span className="text-ink-faint">–</span>;

function Text({ text }: { text: string | null }) {
  if (text === null || text === "") return NONE;
  return (
    <div className="tabular truncate" title={text}>
      {text}
    </div>
  );
}

function moneyText({ money, tokens }: RunItem): string | null {
  if (money === null) return "unknown";
  return tokens > 0 || Number(String(money)) > 0 ? inDollars(money) : null;
}

export function Duration({ run }: { run: RunItem }) {
  return run.started_at ? <Took from={run.started_at} to={run.finished_at} /> : NONE;
}

/** "#3", or that it is the first run: ids begin alike, and the column has no room for their ends. */
export function parentName(parent: string, root: string): string {
  return parent === root ? "First run" : shortName(parent, root);
}

function Parent({ run: { parent_thread_id, root_thread_id } }: { run: RunItem }) {
  if (!parent_thread_id) return null;
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: parent_thread_id }}
      title={parent_thread_id}
      className="inline-flex max-w-full items-center gap-1 text-[0.8125rem] text-ink-soft hover:text-accent"
    >
      <CornerDownRight className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
      <span className="min-w-0">
        <EndKept text={parentName(parent_thread_id, root_thread_id)} />
      </span>
    </Link>
  );
}

const ORIGINS: Record<string, string> = {
  schedule: "Schedule",
  policy: "Policy",
  batch: "Batch",
  sql: "SQL",
  person: "A person",
  api_key: "API",
};

function Origin({ run: { requested_by: by, parent_thread_id } }: { run: RunItem }) {
  const kind = ORIGINS[by.kind] ?? by.kind;
  return (
    <div title={`${parent_thread_id ? "Rerun" : "Started"} by ${actorText(by)}`}>
      <div className="truncate">
        {kind}
        {parent_thread_id && <span className="text-ink-faint"> · rerun</span>}
      </div>
      {by.name && <div className="truncate text-xs text-ink-faint">{by.name}</div>}
    </div>
  );
}

/** What stands at a column of a path; undefined for nothing. */
export function valueAt(run: RunItem, column: string): Json | undefined {
  const found = pathOf(column);
  if (!found) return undefined;
  if (found.of === "data") return own(run.shown, found.path);
  // A key may have dots in it.
  const whole = own(run.metadata, found.path);
  if (whole !== undefined) return whole;
  return found.path
    .split(".")
    .reduce<Json | undefined>((value, key) => (isObject(value) ? own(value, key) : undefined), run.metadata);
}

const own = (of: JsonObject, key: string): Json | undefined => (Object.hasOwn(of, key) ? of[key] : undefined);

function Value({ value }: { value: Json | undefined }) {
  if (value === undefined) return NONE;
  const cut = isObject(value) && Object.keys(value).length === 1 ? value.cut : undefined;
  const text = typeof value === "string" ? value : typeof cut === "string" ? `${cut}…` : writeJson(value);
  return (
    <div className="truncate font-mono text-xs" title={text}>
      {text}
    </div>
  );
}

/** What a glance should catch: why it failed, what it waits for, effects that were not repeated. */
export function Aside({ run }: { run: RunItem }) {
  const wait = run.waiting?.[0];
  return (
    <>
      {run.status === "failed" && run.error && (
        <div className="truncate text-xs text-bad" title={run.error.message}>
          {run.error.message}
        </div>
      )}
      {run.fixed_by && <FixedBy by={run.fixed_by} root={run.root_thread_id} />}
      {run.status === "waiting" && wait && (
        <div className="truncate text-xs text-wait">
          for {WAITS_FOR[wait.reason]}
          {wait.skill && `: ${wait.skill}`}
        </div>
      )}
      {run.dry && <DryBadge />}
      {run.not_repeated > 0 && (
        <Badge tone="good" title="Effects that had happened in an earlier run of the family">
          <ShieldCheck aria-hidden /> {run.not_repeated} not repeated
        </Badge>
      )}
    </>
  );
}
