/** Theme, density, times and their zone: choices that this browser keeps. */
import { Field } from "@/components/field";
import { Panel } from "@/components/panel";
import { Select } from "@/components/select";
import { THEMES } from "@/components/theme-choice";
import { type Preference, usePreference } from "@/lib/preference";
import { density, theme } from "@/lib/theme";
import { absoluteTime, timeStyle, useNow } from "@/lib/time";
import { OWN_ZONE, shownZone, zoneNames } from "@/lib/zone";
import { Segments } from "./segments";

export function Look() {
  return (
    <Panel title="In this browser">
      <div className="grid gap-x-8 gap-y-6 p-5 max-md:p-4 md:grid-cols-2">
        <Choice of={theme} label="Theme" options={THEMES} />
        <Choice
          of={density}
          label="Density"
          options={[
            { value: "comfortable", word: "Comfortable" },
            { value: "compact", word: "Compact" },
          ]}
        />
        <Choice
          of={timeStyle}
          label="Times in lists"
          options={[
            { value: "relative", word: "2 min. ago" },
            { value: "absolute", word: "The time itself" },
          ]}
          hint="The other one is shown when you point at a time."
        />
        <Zone />
      </div>
    </Panel>
  );
}

interface ChoiceProps<T extends string> {
  of: Preference<T>;
  label: string;
  options: { value: T; word: string }[];
  hint?: string;
}

function Choice<T extends string>({ of, ...rest }: ChoiceProps<T>) {
  const chosen = usePreference(of);
  return <Segments chosen={chosen} onChoose={of.set} {...rest} />;
}

function Zone() {
  const zone = usePreference(shownZone);
  const now = useNow(1000);
  return (
    <Field
      label="Time zone"
      hint={`Now it is ${absoluteTime(now)}. Schedules keep the zone they were given.`}
    >
      {(ids) => (
        <Select {...ids} value={zone} onChange={(event) => shownZone.set(event.target.value)}>
          <option value={OWN_ZONE}>This computer's: {OWN_ZONE}</option>
          {zoneNames()
            .filter((name) => name !== OWN_ZONE)
            .map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
        </Select>
      )}
    </Field>
  );
}
