/** What a rerun was asked for, by whom and why, and which effects it did not repeat. */
import { RotateCcw, ShieldCheck } from "lucide-react";
import { By, isRule } from "@/features/audit/by";
import { PRESETS, presetOf } from "@/features/rerun/presets";
import type { RunDetail, Step } from "@/lib/api";
import { isObject, type JsonObject } from "@/lib/json";
import { besidesPreset } from "./asked-for";
import { NotRepeated } from "./not-repeated";

export function RerunTold({ run, steps }: { run: RunDetail; steps: Step[] }) {
  if (!run.parent_thread_id) return null;
  const request: JsonObject = isObject(run.request) ? run.request : {};
  const preset = presetOf(request);
  const besides = besidesPreset(request);
  const { name, reason, on_behalf_of: behalf } = run.requested_by;
  const receipts = steps.filter(({ reused_from: from }) => from?.why === "receipt");
  return (
    <div className="mb-5 space-y-1.5 rounded-xl border bg-surface px-5 py-3.5 shadow-card max-md:px-4">
      <p className="flex gap-2 break-words">
        <RotateCcw aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
        <span className="min-w-0">
          <span className="font-medium">{preset ? PRESETS[preset].word : "Rerun"}</span>
          {preset && typeof request.from === "number" && <>, from step {request.from}</>}
          <span className="text-ink-soft">
            {" "}
            by {isRule(run.requested_by) || !name ? <By actor={run.requested_by} /> : name}
            {behalf && <> for {behalf}</>}
            {reason && <>: {reason}</>}
          </span>
        </span>
      </p>
      {besides.length > 0 && <p className="pl-6 break-words text-ink-soft">{besides.join(" · ")}</p>}
      {run.not_repeated > 0 && (
        <div className="flex gap-2 break-words">
          <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
          <div className="min-w-0">
            <p className="font-medium">
              {run.not_repeated} {run.not_repeated === 1 ? "effect" : "effects"} not repeated
              {receipts.length > 0 && ":"}
            </p>
            <ul className="text-ink-soft">
              {receipts.map((step) => (
                <NotRepeated key={step.seq} step={step} />
              ))}
            </ul>
          </div>
        </div>
      )}
    </div>
  );
}
