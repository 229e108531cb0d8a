/** The step that a rerun sets in at: what stands before it is kept. */
import { useEffect, useRef } from "react";
import { StatusIcon, TONE_INK } from "@/components/status-pill";
import type { Step } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { STATUS } from "@/lib/status";
import { Select } from "./select";

/** More steps stand in a select, which a browser draws only when it is opened. */
const MANY = 100;

interface StartPointProps {
  /** Those that can be chosen. */
  steps: Step[];
  chosen: number | null;
  onChoose: (seq: number) => void;
  error?: string;
}

export function StartPoint({ steps, chosen, onChoose, error }: StartPointProps) {
  const known = chosen === null || steps.some(({ seq }) => seq === chosen);
  if (steps.length > MANY || !known) {
    return (
      <Select
        label="From step"
        value={String(chosen ?? "")}
        onChange={(value) => onChoose(Number(value))}
        error={error}
        options={[
          ...(known ? [] : [{ value: String(chosen), word: String(chosen) }]),
          ...steps.map((step) => ({ value: String(step.seq), word: `${step.seq} · ${nameOf(step)}` })),
        ]}
      />
    );
  }
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-[0.8125rem] font-medium">From step</legend>
      <div className="max-h-60 divide-y overflow-y-auto rounded-lg border">
        {steps.map((step) => (
          <Row key={step.seq} step={step} chosen={chosen} onChoose={onChoose} />
        ))}
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-1.5 text-[0.8125rem] text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

interface RowProps {
  step: Step;
  chosen: number | null;
  onChoose: (seq: number) => void;
}

function Row({ step, chosen, onChoose }: RowProps) {
  const { seq, status } = step;
  const { word, tone } = STATUS[status];
  const isChosen = seq === chosen;
  const row = useRef<HTMLLabelElement>(null);
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const before = chosen !== null && seq < chosen;
  return (
    <label
      ref={row}
      className={cx(
        "flex cursor-pointer items-center gap-2.5 px-3 py-1.5 text-[0.8125rem] hover:bg-hover",
        "has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent",
        isChosen && "bg-accent-soft",
      )}
    >
      <input
        type="radio"
        name="start-point"
        checked={isChosen}
        onChange={() => onChoose(seq)}
        aria-label={`${seq} ${nameOf(step)}`}
        className="shrink-0 accent-(--accent) outline-none"
      />
      <span className="w-6 shrink-0 text-right text-xs text-ink-faint tabular">{seq}</span>
      <span title={word} className={TONE_INK[tone]}>
        <StatusIcon status={status} />
        <span className="sr-only">{word}</span>
      </span>
      <span className={cx("min-w-0 grow truncate", before ? "text-ink-soft" : "font-medium")}>
        {nameOf(step)}
      </span>
      {(before || isChosen) && (
        <span className={cx("text-xs", isChosen ? "text-accent" : "text-ink-faint")}>
          {isChosen ? "from here" : "kept"}
        </span>
      )}
    </label>
  );
}

function nameOf({ kind, skill }: Step): string {
  return kind === "approval" ? `approval of ${skill}` : (skill ?? "");
}
