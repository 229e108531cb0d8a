/** When a schedule comes due, with its next times from the server. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { Skeleton } from "@/components/empty";
import { Field, TextInput } from "@/components/field";
import { Panel } from "@/components/panel";
import { SpanField } from "@/components/span-field";
import { Radios } from "@/features/rerun/radios";
import type { Timing } from "@/lib/api/schedules";
import { writeJson } from "@/lib/json";
import { type ApiError, asApiError } from "@/lib/problem";
import { zoneNames } from "@/lib/zone";
import { previewOptions } from "@/queries/schedules";
import { type ScheduleDraft, timingOf } from "./draft";
import { NextTimes } from "./next-times";
import { cronInWords } from "./rule";

const PAUSE_MS = 300;
const ZONES = zoneNames();
const RULES: { value: ScheduleDraft["rule"]; word: string; meaning: string }[] = [
  { value: "cron", word: "By the calendar", meaning: "Days and times, as cron writes them" },
  { value: "every", word: "At intervals", meaning: "So much time from one to the next" },
  { value: "at", word: "Once", meaning: "At one time" },
];

/** The rule once typing pauses. */
function usePaused(timing: Timing | null): Timing | null {
  const wanted = timing && writeJson(timing);
  const [asked, setAsked] = useState(timing);
  const latest = useRef(timing);
  latest.current = timing;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the rule
  useEffect(() => {
    const timer = setTimeout(() => setAsked(latest.current), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  return asked;
}

interface RuleFieldsProps {
  draft: ScheduleDraft;
  onChange: (part: Partial<ScheduleDraft>) => void;
  problem: ApiError | null;
}

export function RuleFields({ draft, onChange, problem }: RuleFieldsProps) {
  const list = useId();
  const timing = usePaused(timingOf(draft));
  const preview = useQuery({ ...previewOptions(timing ?? {}), enabled: timing !== null });
  const wrong = timing !== null && preview.isError ? asApiError(preview.error) : problem;
  const elsewhere = wrong === problem ? undefined : wrong?.errors.length === 0 ? wrong.detail : undefined;
  return (
    <>
      <Radios
        label="When"
        columns
        options={RULES}
        chosen={draft.rule}
        onChoose={(rule) => onChange({ rule })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        {draft.rule === "cron" && (
          <Field
            label="Cron rule"
            hint={cronInWords(draft.cron) ?? "minute, hour, day of month, month, day of week"}
            error={draft.cron.trim() === "" ? "For instance 0 6 * * *" : wrong?.at("/cron")}
          >
            {(ids) => (
              <TextInput
                {...ids}
                value={draft.cron}
                maxLength={200}
                autoComplete="off"
                spellCheck={false}
                className="font-mono text-[0.8125rem]"
                onChange={(event) => onChange({ cron: event.target.value })}
              />
            )}
          </Field>
        )}
        {draft.rule === "every" && (
          <SpanField
            label="Every"
            span={draft.every}
            onChange={(every) => onChange({ every })}
            error={wrong?.at("/every_seconds") ?? wrong?.at("/anchor")}
          />
        )}
        {draft.rule === "at" && (
          <Field
            label="At"
            hint={`As clocks show it in ${draft.zone || "the time zone"}`}
            error={wrong?.at("/at")}
          >
            {(ids) => (
              <TextInput
                {...ids}
                type="datetime-local"
                value={draft.at}
                onChange={(event) => onChange({ at: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field
          label="Time zone"
          hint="Such as Europe/Berlin"
          error={draft.zone.trim() === "" ? "Such as Europe/Berlin" : wrong?.at("/time_zone")}
        >
          {(ids) => (
            <>
              <TextInput
                {...ids}
                list={list}
                value={draft.zone}
                maxLength={100}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => onChange({ zone: event.target.value })}
              />
              <datalist id={list}>
                {ZONES.map((zone) => (
                  <option key={zone} value={zone} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
      <Panel title="Next times">
        <div aria-live="polite" data-preview className="min-h-16 px-4 py-2.5">
          {timing === null || elsewhere !== undefined || (preview.isError && !preview.data) ? (
            <p className="py-2 text-[0.8125rem] text-ink-faint">
              {elsewhere ?? "They are shown once the rule and the time zone are right."}
            </p>
          ) : preview.isPending ? (
            <Skeleton className="my-2 h-24" />
          ) : preview.isError ? (
            <p className="py-2 text-[0.8125rem] text-ink-faint">The rule can't be read.</p>
          ) : preview.data.times.length === 0 ? (
            <p className="py-2 text-[0.8125rem] text-wait">Never: that time has passed.</p>
          ) : (
            <div className={preview.isPlaceholderData ? "opacity-60" : undefined}>
              <NextTimes times={preview.data.times} zone={String(timing.time_zone)} />
            </div>
          )}
        </div>
      </Panel>
    </>
  );
}
