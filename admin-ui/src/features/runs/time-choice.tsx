/** From when the runs are: a span up to now, or own dates. */
import { CalendarRange, Check, ChevronDown } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/button";
import { TextInput } from "@/components/field";
import { Popover } from "@/components/popover";
import { cx } from "@/lib/class-names";
import { usePreference } from "@/lib/preference";
import { instantOf, localOf, shownZone } from "@/lib/zone";
import type { RunSearch } from "./run-search";
import { instantOfText, textOfInstant } from "./time-text";

type Times = Pick<RunSearch, "after" | "before" | "last">;

const PRESETS: { last: string | undefined; word: string }[] = [
  { last: "1h", word: "Last hour" },
  { last: "24h", word: "Last 24 hours" },
  { last: "7d", word: "Last 7 days" },
  { last: "30d", word: "Last 30 days" },
  { last: undefined, word: "All time" },
];

/** "Last 24 hours", "2026-11-01 to 2026-11-02". */
export function timesText({ after, before, last }: Times): string {
  if (last) return PRESETS.find((preset) => preset.last === last)?.word ?? `Last ${last}`;
  const text = (at: string | undefined) => {
    const instant = instantOfText(at);
    return instant === null ? null : textOfInstant(instant).replace("T", " ");
  };
  const [from, to] = [text(after), text(before)];
  if (from && to) return `${from} to ${to}`;
  if (from) return `Since ${from}`;
  return to ? `Before ${to}` : "All time";
}

interface TimeChoiceProps {
  times: Times;
  onChange: (times: Times) => void;
}

export function TimeChoice({ times, onChange }: TimeChoiceProps) {
  const [open, setOpen] = useState(false);
  const own = Boolean(times.after || times.before);
  const choose = (next: Times) => {
    onChange({ after: undefined, before: undefined, last: undefined, ...next });
    setOpen(false);
  };
  return (
    <Popover
      label="Time"
      open={open}
      onOpen={setOpen}
      trigger={
        <Button
          aria-label={`Time: ${timesText(times)}`}
          icon={<CalendarRange aria-hidden />}
          className="max-w-full text-[0.8125rem]"
        >
          <span className="min-w-0 truncate">{timesText(times)}</span>
          <ChevronDown className="text-ink-faint" aria-hidden />
        </Button>
      }
    >
      <ul className="-m-1.5">
        {PRESETS.map(({ last, word }) => {
          const on = !own && times.last === last;
          return (
            <li key={word}>
              <button
                type="button"
                aria-pressed={on}
                onClick={() => choose({ last })}
                className="flex w-full items-center gap-2 rounded-lg px-2.5 py-1.5 text-left text-[0.8125rem] hover:bg-hover"
              >
                <Check className={cx("size-4 text-accent", !on && "invisible")} aria-hidden /> {word}
              </button>
            </li>
          );
        })}
      </ul>
      <OwnDates times={times} onChoose={choose} />
    </Popover>
  );
}

function OwnDates({ times, onChoose }: { times: Times; onChoose: (times: Times) => void }) {
  const zone = usePreference(shownZone);
  const local = (at: string | undefined) => {
    const instant = instantOfText(at);
    return instant === null ? "" : localOf(instant, zone);
  };
  const [from, setFrom] = useState(local(times.after));
  const [to, setTo] = useState(local(times.before));
  const backwards = from !== "" && to !== "" && from >= to;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChoose({
      after: instantOf(from, zone) ?? undefined,
      before: instantOf(to, zone) ?? undefined,
    });
  };
  return (
    <form onSubmit={submit} className="mt-4 space-y-2 border-t pt-3">
      <DateField label="From" value={from} onChange={setFrom} />
      <DateField label="To" value={to} onChange={setTo} />
      {backwards && (
        <p role="alert" className="text-xs text-bad">
          “To” has to be after “From”
        </p>
      )}
      <div className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate text-xs text-ink-faint">{zone}</span>
        <Button type="submit" size="sm" disabled={backwards || (from === "" && to === "")}>
          Go there
        </Button>
      </div>
    </form>
  );
}

interface DateFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

function DateField({ label, value, onChange }: DateFieldProps) {
  const id = useId();
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="w-10 shrink-0 text-[0.8125rem] text-ink-soft">
        {label}
      </label>
      <TextInput
        id={id}
        type="datetime-local"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="min-w-0 text-[0.8125rem]"
      />
    </div>
  );
}
