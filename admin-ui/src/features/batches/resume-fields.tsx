/** The limits that may be changed when a batch goes on. */
import { CheckBox } from "@/components/check-box";
import { Field, TextInput } from "@/components/field";
import type { Batch } from "@/lib/api/batches";
import type { ApiError } from "@/lib/problem";
import { percent } from "./figures";
import { type ResumeLimits, wrongIn } from "./resume-limits";

interface ResumeFieldsProps {
  batch: Batch;
  limits: ResumeLimits;
  onChange: (part: Partial<ResumeLimits>) => void;
  problem: ApiError | null;
}

export function ResumeFields({ batch, limits, onChange, problem }: ResumeFieldsProps) {
  const { budget, concurrency, stop_at_failure_rate: rate } = batch;
  const wrong = wrongIn(limits);
  const numbers: { name: "tokens" | "money" | "concurrency"; label: string; now: string; at: string }[] = [
    {
      name: "concurrency",
      label: "Reruns at the same time",
      now: concurrency.toLocaleString("en"),
      at: "/concurrency",
    },
  ];
  if (budget.tokens !== null)
    numbers.push({
      name: "tokens",
      label: "Tokens together",
      now: String(budget.tokens),
      at: "/budget/tokens",
    });
  if (budget.money !== null)
    numbers.push({
      name: "money",
      label: "US dollars together",
      now: String(budget.money),
      at: "/budget/money",
    });
  return (
    <div className="space-y-3">
      <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
        {numbers.map(({ name, label, now, at }) => (
          <Text
            key={name}
            label={label}
            hint={`Now ${now}; empty leaves it so.`}
            value={limits[name]}
            onChange={(text) => onChange({ [name]: text })}
            error={wrong[name] ?? problem?.at(at)}
          />
        ))}
        {!limits.anyFailures && (
          <Text
            label="Pause when more fail than (%)"
            hint={
              rate === null ? "Now never; empty leaves it so." : `Now ${percent(rate)}; empty leaves it so.`
            }
            value={limits.failureRate}
            onChange={(failureRate) => onChange({ failureRate })}
            error={wrong.failureRate ?? problem?.at("/stop_at_failure_rate")}
          />
        )}
      </div>
      {rate !== null && (
        <CheckBox
          checked={limits.anyFailures}
          onChange={(anyFailures) => onChange({ anyFailures })}
          meaning="The limit is lifted: it then goes on to its end, however many fail."
        >
          Pause no more because of failures
        </CheckBox>
      )}
    </div>
  );
}

interface TextProps {
  label: string;
  hint: string;
  value: string;
  onChange: (text: string) => void;
  error?: string;
}

function Text({ label, hint, value, onChange, error }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <TextInput
          {...ids}
          value={value}
          inputMode="decimal"
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
