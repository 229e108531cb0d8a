/** The form of a schedule: what, when, and what to do when one time meets another. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { Button } from "@/components/button";
import { Field, TextInput } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { SpanField } from "@/components/span-field";
import { Radios } from "@/features/rerun/radios";
import type { Sop } from "@/lib/api";
import {
  changeSchedule,
  createSchedule,
  type Overlap,
  type ScheduleDetail,
  type ScheduleRequest,
} from "@/lib/api/schedules";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { scheduleKeys } from "@/queries/schedules";
import { changeOf, requestOf, type ScheduleDraft } from "./draft";
import { RerunFields } from "./rerun-fields";
import { RuleFields } from "./rule-fields";
import { SopFields } from "./sop-fields";

const OVERLAPS: { value: Overlap; word: string; meaning: string }[] = [
  { value: "skip", word: "Skip", meaning: "This time is left out" },
  { value: "queue_one", word: "Queue one", meaning: "One time waits for its end; more are left out" },
  { value: "allow", word: "Allow", meaning: "Started all the same, beside it" },
  { value: "cancel_other", word: "Cancel the other", meaning: "The run before is cancelled first" },
];

interface ScheduleFormProps {
  /** What stands in it at first. */
  first: ScheduleDraft;
  /** The schedule to change; none: a new one. */
  id?: string;
  sops: Sop[];
  onSaved: (schedule: ScheduleDetail) => void;
  onCancel: () => void;
}

export function ScheduleForm({ first, id, sops, onSaved, onCancel }: ScheduleFormProps) {
  const [draft, setDraft] = useState(first);
  const [touched, setTouched] = useState(false);
  const keyFor = useRequestKey();
  const queries = useQueryClient();
  const request = requestOf(draft);
  const save = useMutation({
    mutationFn: (asked: ScheduleRequest) =>
      id === undefined ? createSchedule(asked, keyFor(asked)) : changeSchedule(id, changeOf(first, asked)),
    onSuccess: (schedule) => {
      void queries.invalidateQueries({ queryKey: scheduleKeys.all });
      onSaved(schedule);
    },
  });
  const change = (part: Partial<ScheduleDraft>) => {
    setDraft((now) => ({ ...now, ...part }));
    // What the server said was about what stood here before.
    if (save.isError) save.reset();
  };
  const problem = save.isError ? asApiError(save.error) : null;
  const placed = problem?.errors.some(({ pointer }) => PLACED.some((place) => pointer.startsWith(place)));
  const submit = () => {
    setTouched(true);
    if (request && !save.isPending && !save.isSuccess) save.mutate(request);
  };
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      submit();
    }
  };

  return (
    <form
      noValidate
      className="grid max-w-5xl grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-2"
      onKeyDown={submitByKey}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="min-w-0 space-y-5">
        <Field
          label="Name"
          error={
            problem?.at("/name") ?? (touched && draft.name.trim() === "" ? "What people call it." : undefined)
          }
        >
          {(ids) => (
            <TextInput
              {...ids}
              value={draft.name}
              maxLength={200}
              placeholder="Morning orders"
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Radios
          label="What it does"
          columns
          options={[
            { value: "sop", word: "Start an SOP", meaning: "On data that stands here" },
            { value: "rerun", word: "Rerun a run", meaning: "The same again, or with changes" },
          ]}
          chosen={draft.starts}
          onChoose={(starts) => change({ starts })}
        />
        {draft.starts === "sop" ? (
          <SopFields draft={draft} sops={sops} onChange={change} problem={problem} touched={touched} />
        ) : (
          <RerunFields draft={draft} onChange={change} problem={problem} touched={touched} />
        )}
      </div>
      <div className="min-w-0 space-y-5">
        <RuleFields draft={draft} onChange={change} problem={problem} />
        <Radios
          label="When the run before is not over"
          columns
          options={OVERLAPS}
          chosen={draft.overlap}
          onChoose={(overlap) => change({ overlap })}
          error={problem?.at("/overlap")}
        />
        <SpanField
          label="Catch up"
          hint="How late a time is still fired that was missed while nothing ran. Older ones are skipped, and stand in the record."
          span={draft.catchUp}
          onChange={(catchUp) => change({ catchUp })}
          error={problem?.at("/catch_up_seconds")}
        />
        {problem && !placed && <ProblemNotice error={problem} />}
        {touched && !request && (
          <p role="alert" className="text-[0.8125rem] text-bad">
            Something is missing or can't be read; it is marked above.
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onCancel} disabled={save.isPending}>
            Cancel
          </Button>
          <Button
            type="submit"
            look="primary"
            icon={<CalendarClock aria-hidden />}
            busy={save.isPending || save.isSuccess}
          >
            {id === undefined ? "Create schedule" : "Save"}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** Fields that show what is wrong with them. */
const PLACED = [
  "/name",
  "/start/sop",
  "/start/initial_data",
  "/start/run_name",
  "/rerun/thread_id",
  "/rerun/request",
  "/cron",
  "/every_seconds",
  "/anchor",
  "/at",
  "/time_zone",
  "/overlap",
  "/catch_up_seconds",
];
