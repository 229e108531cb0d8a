/** What the rerun may do outside. */
import type { Choice } from "./choice";
import { Radios } from "./radios";

interface EffectsChoiceProps {
  chosen: Choice["effects"];
  onChoose: (effects: Choice["effects"]) => void;
  error?: string;
}

export const EFFECTS: { value: Choice["effects"]; word: string; meaning: string }[] = [
  { value: "once", word: "Once", meaning: "What has happened is not repeated" },
  { value: "repeat", word: "Repeat", meaning: "Do it again, where you agree" },
  { value: "none", word: "None", meaning: "Nothing goes out; recordings and samples stand in" },
];

export function EffectsChoice({ chosen, onChoose, error }: EffectsChoiceProps) {
  return (
    <Radios
      label="Irreversible effects"
      columns
      options={EFFECTS}
      chosen={chosen}
      onChoose={onChoose}
      error={error}
    />
  );
}
