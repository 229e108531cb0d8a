/** How often and when a policy reruns, and what holds it back. */
import { Field, TextInput } from "@/components/field";
import { SpanField } from "@/components/span-field";
import { Section } from "@/features/rerun/section";
import { countOf, numberOf, type PolicyDraft } from "./draft";

interface PaceFieldsProps {
  draft: PolicyDraft;
  onChange: (part: Partial<PolicyDraft>) => void;
  error: (pointer: string) => string | undefined;
}

export function PaceFields({ draft, onChange, error }: PaceFieldsProps) {
  return (
    <>
      <div className="grid grid-cols-2 gap-4">
        <CountField
          label="Attempts"
          hint="Of one run, one after the other"
          value={draft.attempts}
          onChange={(attempts) => onChange({ attempts })}
          error={error("/attempts")}
        />
        <CountField
          label="Jitter, %"
          hint="Shorter or longer by up to that"
          decimal
          value={draft.jitter}
          onChange={(jitter) => onChange({ jitter })}
          error={error("/backoff/jitter")}
        />
      </div>
      <SpanField
        label="First pause"
        span={draft.first}
        onChange={(first) => onChange({ first })}
        error={error("/backoff/first_seconds")}
      />
      <div className="grid gap-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
        <CountField
          label="Each pause longer by (factor)"
          decimal
          value={draft.factor}
          onChange={(factor) => onChange({ factor })}
          error={error("/backoff/factor")}
        />
        <SpanField
          label="Longest pause"
          span={draft.most}
          onChange={(most) => onChange({ most })}
          error={error("/backoff/most_seconds")}
        />
      </div>
      <Section title="Limits" chosen="breaker, caps">
        <p className="text-[0.8125rem] text-ink-soft">
          A breaker: when a skill fails so often in so short a time, all reruns because of it are held back
          for a while. Then one is let through; if it completes, the others follow.
        </p>
        <CountField
          label="Failures of a skill"
          value={draft.breakerFailures}
          onChange={(breakerFailures) => onChange({ breakerFailures })}
          error={error("/breaker/failures")}
        />
        <SpanField
          label="Within"
          span={draft.breakerSpan}
          onChange={(breakerSpan) => onChange({ breakerSpan })}
          error={error("/breaker/seconds")}
        />
        <SpanField
          label="Rest"
          span={draft.rest}
          onChange={(rest) => onChange({ rest })}
          error={error("/breaker/rest_seconds")}
        />
        <CountField
          label="Automatic reruns in one family, at most"
          optional
          value={draft.familyCap}
          onChange={(familyCap) => onChange({ familyCap })}
          error={error("/family_cap")}
        />
        <CountField
          label="Automatic reruns in a window of time, at most"
          optional
          hint="What is beyond it waits for its turn"
          value={draft.windowReruns}
          onChange={(windowReruns) => onChange({ windowReruns })}
          error={error("/window_cap/reruns") ?? error("/window_cap")}
        />
        {draft.windowReruns.trim() !== "" && (
          <SpanField
            label="Window"
            span={draft.windowSpan}
            onChange={(windowSpan) => onChange({ windowSpan })}
            error={error("/window_cap/seconds")}
          />
        )}
      </Section>
    </>
  );
}

interface CountFieldProps {
  label: string;
  hint?: string;
  optional?: boolean;
  decimal?: boolean;
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

function CountField({ label, hint, optional, decimal, value, onChange, error }: CountFieldProps) {
  const empty = optional && value.trim() === "";
  const read = decimal ? numberOf(value) : countOf(value);
  const wrong = !empty && read === null ? (decimal ? "A number" : "A whole number, 1 or more") : error;
  return (
    <Field label={label} hint={hint} optional={optional} error={wrong}>
      {(ids) => (
        <TextInput
          {...ids}
          inputMode={decimal ? "decimal" : "numeric"}
          className="max-w-32 tabular"
          value={value}
          maxLength={16}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
