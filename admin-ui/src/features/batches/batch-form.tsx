/** The form inside the batch dialog: what is chosen on the left, its dry run on the right. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "@/components/button";
import { DialogFooter } from "@/components/dialog";
import { Field, FieldPair, TextInput } from "@/components/field";
import { EFFECTS, EffectsChoice } from "@/features/rerun/effects-choice";
import { PRESETS } from "@/features/rerun/presets";
import { Radios } from "@/features/rerun/radios";
import { Section } from "@/features/rerun/section";
import { type Batch, type BatchRequest, startBatch } from "@/lib/api/batches";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { batchKeys } from "@/queries/batches";
import {
  BATCH_PRESETS,
  type BatchChoice,
  type BatchPreset,
  type BatchTarget,
  batchRequestOf,
  MORE_BATCH_PRESETS,
  withBatchPreset,
} from "./batch-choice";
import { BatchPlanPanel } from "./batch-plan-panel";
import { runsText } from "./figures";
import { BudgetFields, CanaryFields, OrderFields } from "./limit-fields";
import { useBatchPlan } from "./use-batch-plan";

interface BatchFormProps {
  target: BatchTarget;
  first: BatchChoice;
  onCancel: () => void;
  onSending: (sending: boolean) => void;
  onStarted: (batch: Batch) => void;
}

export function BatchForm({ target, first, onCancel, onSending, onStarted }: BatchFormProps) {
  const [choice, setChoice] = useState(first);
  const change = (part: Partial<BatchChoice>) => setChoice((now) => ({ ...now, ...part }));
  const request = batchRequestOf(target, choice);
  const shown = useBatchPlan(request);
  const queries = useQueryClient();
  const keyFor = useRequestKey();
  const side = useRef<HTMLDivElement>(null);
  const start = useMutation({
    mutationFn: (asked: BatchRequest) => startBatch(asked, keyFor(asked)),
    onMutate: () => onSending(true),
    onSettled: () => onSending(false),
    onSuccess: (batch) => {
      queries.setQueryData([...batchKeys.batch(batch.id), "detail"], batch);
      void queries.invalidateQueries({ queryKey: batchKeys.list().slice(0, 2) });
      onStarted(batch);
    },
  });
  const refused = start.isError ? asApiError(start.error) : null;
  const wrong = shown.error ?? refused;
  const ready = request !== null && shown.current;
  const versions = choice.versions ?? (choice.preset === "audit-replay" ? "pinned" : "latest");
  const confirm = () => {
    if (ready && !start.isPending && !start.isSuccess) start.mutate(request);
  };
  const confirmByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      confirm();
    }
  };
  return (
    <form
      className="flex min-h-0 flex-col"
      onKeyDown={confirmByKey}
      onSubmit={(event) => {
        event.preventDefault();
        confirm();
      }}
    >
      <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] overflow-y-auto lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)] lg:overflow-hidden">
        <div className="min-w-0 space-y-5 px-6 py-5 max-md:px-4 lg:overflow-y-auto">
          <FieldPair>
            <Field label="Name" optional error={wrong?.at("/name")}>
              {(ids) => (
                <TextInput
                  {...ids}
                  value={choice.name}
                  maxLength={200}
                  placeholder="For instance: refunds of Monday"
                  onChange={(event) => change({ name: event.target.value })}
                />
              )}
            </Field>
            <Field label="Reason" optional error={wrong?.at("/reason")}>
              {(ids) => (
                <TextInput
                  {...ids}
                  value={choice.reason}
                  maxLength={2000}
                  placeholder="Kept in the audit trail"
                  onChange={(event) => change({ reason: event.target.value })}
                />
              )}
            </Field>
          </FieldPair>
          <Presets
            chosen={choice.preset}
            onChoose={(preset) => setChoice((now) => withBatchPreset(now, preset))}
            error={wrong?.at("/rerun/from") ?? wrong?.at("/rerun/results")}
          />
          <label className="flex cursor-pointer items-start gap-2.5">
            <input
              type="checkbox"
              checked={choice.onlyOpen}
              onChange={(event) => change({ onlyOpen: event.target.checked })}
              className="mt-0.5 size-4 accent-(--accent)"
            />
            <span>
              <span className="block text-[0.8125rem] font-medium">Only open ones</span>
              <span className="block text-xs text-ink-soft">
                Runs that a later rerun has fixed, or is about to, are left out.
              </span>
            </span>
          </label>
          <Section title="Effects" chosen={EFFECTS.find(({ value }) => value === choice.effects)?.meaning}>
            <EffectsChoice
              chosen={choice.effects}
              onChoose={(effects) => change({ effects })}
              error={wrong?.at("/rerun/effects") ?? wrong?.at("/rerun/consent")}
            />
          </Section>
          <Section title="Skill versions" chosen={versions === "pinned" ? "as in each run" : "latest"}>
            <Radios
              label="All skills"
              columns
              options={[
                { value: "latest", word: "Latest", meaning: "As the folders are when each starts" },
                { value: "pinned", word: "As in each run", meaning: "The versions it was carried out with" },
              ]}
              chosen={versions}
              onChoose={(versions) => change({ versions })}
              error={wrong?.at("/rerun/skills")}
            />
          </Section>
          <Section
            title="First a few, then the others"
            chosen={canaryText(choice)}
            open={first.canary !== "" || wrong?.at("/gate") !== undefined}
          >
            <CanaryFields choice={choice} onChange={change} problem={wrong} />
          </Section>
          <Section title="Budget" chosen={budgetSaid(choice)}>
            <BudgetFields choice={choice} onChange={change} problem={wrong} />
          </Section>
          <Section title="Order and speed" chosen={orderText(choice)}>
            <OrderFields filtered={"filter" in target} choice={choice} onChange={change} problem={wrong} />
          </Section>
        </div>
        <div
          ref={side}
          className="border-l bg-canvas/60 px-5 py-5 max-lg:border-t max-lg:border-l-0 max-md:px-4 lg:overflow-y-auto"
        >
          <BatchPlanPanel
            shown={shown}
            readable={request !== null}
            consent={choice.consent}
            onConsent={(consent) => change({ consent })}
          />
        </div>
      </div>
      <DialogFooter>
        <p className="mr-auto min-w-0 grow basis-52 text-[0.8125rem] break-words max-sm:basis-full">
          {refused ? (
            <span role="alert" className="text-bad">
              {refused.detail}
            </span>
          ) : (
            <button
              type="button"
              className="font-medium text-accent hover:underline lg:hidden"
              onClick={() => side.current?.scrollIntoView({ behavior: "smooth" })}
            >
              See the dry run
            </button>
          )}
        </p>
        <Button onClick={onCancel} disabled={start.isPending}>
          Cancel
        </Button>
        <Button
          type="submit"
          look="primary"
          busy={start.isPending || start.isSuccess}
          disabled={!ready}
          icon={<Layers aria-hidden />}
        >
          {start.isPending
            ? "Starting the batch"
            : shown.plan
              ? `Rerun ${runsText(shown.plan.count, shown.plan.capped)}`
              : "Rerun"}
        </Button>
      </DialogFooter>
    </form>
  );
}

interface PresetsProps {
  chosen: BatchPreset;
  onChoose: (preset: BatchPreset) => void;
  error?: string;
}

function Presets({ chosen, onChoose, error }: PresetsProps) {
  const [more, setMore] = useState(!(BATCH_PRESETS as readonly string[]).includes(chosen));
  const shown: BatchPreset[] = more ? [...BATCH_PRESETS, ...MORE_BATCH_PRESETS] : [...BATCH_PRESETS];
  return (
    <div className="space-y-2">
      <Radios
        label="How"
        columns
        options={shown.map((value) => ({ value, ...PRESETS[value] }))}
        chosen={chosen}
        onChoose={onChoose}
        error={error}
      />
      {!more && (
        <button
          type="button"
          aria-expanded={false}
          onClick={() => setMore(true)}
          className="text-[0.8125rem] font-medium text-accent hover:underline"
        >
          More
        </button>
      )}
    </div>
  );
}

function canaryText({ canary, gatePath, failureRate }: BatchChoice): string {
  return (
    [
      canary.trim() && `${canary.trim()} first`,
      canary.trim() && gatePath.trim() && `look at ${gatePath.trim()}`,
      failureRate.trim() && `pause above ${failureRate.trim()} % failed`,
    ]
      .filter(Boolean)
      .join(", ") || "no first look"
  );
}

function budgetSaid({ tokens, money }: BatchChoice): string {
  const said = [tokens.trim() && `${tokens.trim()} tokens`, money.trim() && `$${money.trim()}`];
  return said.filter(Boolean).join(", ") || "no limit";
}

function orderText({ order, orderByKey, concurrency }: BatchChoice): string {
  return [
    order && `the ${order} first`,
    orderByKey.trim() && `one at a time per ${orderByKey.trim()}`,
    `${concurrency.trim() || 100} at once`,
  ]
    .filter(Boolean)
    .join(", ");
}
