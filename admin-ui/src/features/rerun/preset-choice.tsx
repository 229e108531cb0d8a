/** How the run is to be repeated: the presets, the rarer ones behind "More". */
import { useState } from "react";
import type { Step } from "@/lib/api";
import type { RunStatus } from "@/lib/status";
import { firstPresets, MORE_PRESETS, PRESETS, type PresetName } from "./presets";
import { Radios } from "./radios";
import { StartPoint } from "./start-point";

interface PresetChoiceProps {
  status: RunStatus;
  steps: Step[];
  chosen: PresetName;
  step: number | null;
  onChoose: (preset: PresetName, step: number | null) => void;
  /** What the server says is wrong with the chosen start. */
  error?: string;
}

export function PresetChoice({ status, steps, chosen, step, onChoose, error }: PresetChoiceProps) {
  const first = firstPresets(status);
  const [more, setMore] = useState(!first.includes(chosen));
  const shown = more ? [...first, ...MORE_PRESETS.filter((name) => !first.includes(name))] : first;
  const listed = shown.includes(chosen) ? shown : [...shown, chosen];
  const starts = steps.filter(({ kind }) => kind !== "decision");
  const broken = starts.findLast(({ status }) => status === "failed");
  const meaningOf = (name: PresetName) =>
    name === "from-failure" && broken
      ? `Keep what was completed, and carry on at step ${broken.seq}, ${broken.skill}.`
      : PRESETS[name].meaning;
  return (
    <div className="space-y-2">
      <Radios
        label="How"
        columns
        options={listed.map((value) => ({ value, word: PRESETS[value].word, meaning: meaningOf(value) }))}
        chosen={chosen}
        onChoose={(preset) =>
          onChoose(preset, preset === "from-step" ? (step ?? (broken ?? starts[0])?.seq ?? null) : null)
        }
        error={chosen === "from-step" ? undefined : error}
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
      {chosen === "from-step" && (
        <StartPoint
          steps={starts}
          chosen={step}
          onChoose={(seq) => onChoose("from-step", seq)}
          error={error}
        />
      )}
    </div>
  );
}
