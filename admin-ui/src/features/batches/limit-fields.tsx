/** The rarer fields of a batch: which comes first, how many at once, what it may cost, the first runs. */
import { Field, FieldPair, TextInput } from "@/components/field";
import { Select } from "@/features/rerun/select";
import type { ApiError } from "@/lib/problem";
import { type BatchChoice, wrongNumbers } from "./batch-choice";

interface LimitFieldsProps {
  choice: BatchChoice;
  onChange: (part: Partial<BatchChoice>) => void;
  problem: ApiError | null;
}

/** `filtered`: the runs come from a filter, which gives them no order of their own. */
export function OrderFields({
  choice,
  onChange,
  problem,
  filtered,
}: LimitFieldsProps & { filtered: boolean }) {
  return (
    <>
      <FieldPair>
        <Select
          label="Which run comes first"
          value={choice.order}
          onChange={(order) => onChange({ order: order as BatchChoice["order"] })}
          options={[
            { value: "", word: filtered ? "As usual: the oldest" : "As selected" },
            { value: "oldest", word: "The oldest" },
            { value: "newest", word: "The newest" },
          ]}
          error={problem?.at("/order")}
        />
        <Text
          name="concurrency"
          label="Reruns at the same time"
          placeholder="100"
          {...{ choice, onChange }}
          error={problem?.at("/concurrency")}
        />
      </FieldPair>
      <Text
        name="orderByKey"
        label="One at a time per value of"
        placeholder="customer.id"
        hint="A path of the initial data: runs with the same value there go one after the other, in order."
        mono
        {...{ choice, onChange }}
        error={problem?.at("/order_by_key")}
      />
    </>
  );
}

export function BudgetFields({ choice, onChange, problem }: LimitFieldsProps) {
  return (
    <FieldPair>
      <Text
        name="tokens"
        label="Tokens together"
        placeholder="No limit"
        {...{ choice, onChange }}
        error={problem?.at("/budget/tokens")}
      />
      <Text
        name="money"
        label="US dollars together"
        placeholder="No limit"
        {...{ choice, onChange }}
        error={problem?.at("/budget/money")}
      />
    </FieldPair>
  );
}

export function CanaryFields({ choice, onChange, problem }: LimitFieldsProps) {
  return (
    <>
      <FieldPair>
        <Text
          name="canary"
          label="First so many, then look"
          placeholder="All at once"
          hint="The others start by themselves when these have passed."
          {...{ choice, onChange }}
          error={problem?.at("/canary")}
        />
        <Text
          name="failureRate"
          label="Pause when more fail than (%)"
          placeholder="Never"
          {...{ choice, onChange }}
          error={problem?.at("/stop_at_failure_rate")}
        />
      </FieldPair>
      {choice.canary.trim() !== "" && (
        <FieldPair>
          <Text
            name="gatePath"
            label="Value that must be there at the end"
            placeholder="None: completing is enough"
            mono
            {...{ choice, onChange }}
            error={problem?.at("/gate/path") ?? problem?.at("/gate")}
          />
          {choice.gatePath.trim() !== "" && (
            <Text
              name="gateValue"
              label="Its value"
              placeholder="Any"
              mono
              {...{ choice, onChange }}
              error={problem?.at("/gate/equals")}
            />
          )}
        </FieldPair>
      )}
    </>
  );
}

type TextName =
  | "concurrency"
  | "orderByKey"
  | "tokens"
  | "money"
  | "canary"
  | "failureRate"
  | "gatePath"
  | "gateValue";

interface TextProps {
  name: TextName;
  label: string;
  placeholder: string;
  hint?: string;
  mono?: boolean;
  choice: BatchChoice;
  onChange: (part: Partial<BatchChoice>) => void;
  error?: string;
}

function Text({ name, label, placeholder, hint, mono, choice, onChange, error }: TextProps) {
  const wrong = (wrongNumbers(choice) as string[]).includes(name) ? "Write a number" : undefined;
  return (
    <Field label={label} hint={hint} error={wrong ?? error}>
      {(ids) => (
        <TextInput
          {...ids}
          value={choice[name]}
          placeholder={placeholder}
          spellCheck={false}
          className={mono ? "font-mono text-xs" : undefined}
          inputMode={mono ? undefined : "decimal"}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}
