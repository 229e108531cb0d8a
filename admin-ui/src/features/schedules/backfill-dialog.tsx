/** Fires due times of the past: first which these are, then for good. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { History, Search } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/dialog";
import { LoadingRows } from "@/components/empty";
import { Field, TextInput } from "@/components/field";
import { ZonedTime } from "@/components/zoned-time";
import { backfillSchedule, type Schedule, type ScheduleBackfill, type Window } from "@/lib/api/schedules";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { instantOf, localOf } from "@/lib/zone";
import { backfillPlanOptions } from "@/queries/schedules";
import { ruleInWords } from "./rule";

interface BackfillDialogProps {
  schedule: Schedule;
  onDone: () => void;
  onClose: () => void;
}

const DAY = 86_400_000;
const SHOWN = 100;

export function BackfillDialog({ schedule, onDone, onClose }: BackfillDialogProps) {
  const { id, name, time_zone: zone } = schedule;
  const [from, setFrom] = useState(() => localOf(Date.now() - DAY, zone));
  const [to, setTo] = useState(() => localOf(Date.now(), zone));
  const [reason, setReason] = useState("");
  const [looked, setLooked] = useState<Window | null>(null);
  const keyFor = useRequestKey();
  const window = windowOf(from, to, zone);
  const plan = useQuery({
    ...backfillPlanOptions(id, looked ?? { from: "", to: "" }),
    enabled: looked !== null,
  });
  const fire = useMutation({
    mutationFn: (asked: Window) => backfillSchedule(id, asked, keyFor(asked)),
    onSuccess: onDone,
  });
  const current = looked !== null && looked.from === window?.from && looked.to === window?.to;
  const found = current ? plan.data : undefined;
  const error = fire.isError
    ? asApiError(fire.error)
    : current && plan.isError
      ? asApiError(plan.error)
      : null;
  const busy = fire.isPending || fire.isSuccess;
  const placed = error?.at("/from") ?? error?.at("/to");

  const submit = () => {
    if (!window || busy) return;
    if (!found) setLooked(window);
    else if (found.count > 0) fire.mutate({ ...window, ...(reason.trim() ? { reason: reason.trim() } : {}) });
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      locked={fire.isPending}
      title={`Backfill ${name}`}
      description={`Fires times of the past at which it comes due: ${ruleInWords(schedule)}.`}
    >
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <DialogBody>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="From" hint={`${zone}; due then or later`} error={error?.at("/from")}>
              {(ids) => (
                <TextInput
                  {...ids}
                  type="datetime-local"
                  value={from}
                  onChange={(event) => setFrom(event.target.value)}
                />
              )}
            </Field>
            <Field label="To" hint={`${zone}; due before`} error={error?.at("/to")}>
              {(ids) => (
                <TextInput
                  {...ids}
                  type="datetime-local"
                  value={to}
                  onChange={(event) => setTo(event.target.value)}
                />
              )}
            </Field>
          </div>
          {current && plan.isPending && <LoadingRows rows={2} />}
          {found && <Found found={found} zone={zone} />}
          {found && found.count > 0 && (
            <Field label="Reason" optional hint="Kept in the audit trail.">
              {(ids) => (
                <TextInput
                  {...ids}
                  value={reason}
                  maxLength={2000}
                  onChange={(event) => setReason(event.target.value)}
                />
              )}
            </Field>
          )}
        </DialogBody>
        <DialogFooter>
          {error && !placed && (
            <p role="alert" className="mr-auto min-w-0 text-[0.8125rem] break-words text-bad">
              {error.detail}
            </p>
          )}
          <Button onClick={onClose} disabled={fire.isPending}>
            Cancel
          </Button>
          {found && found.count > 0 ? (
            <Button type="submit" look="primary" busy={busy} icon={<History aria-hidden />}>
              Fire {found.count.toLocaleString("en")} {found.count === 1 ? "time" : "times"}
            </Button>
          ) : (
            <Button
              type="submit"
              look="primary"
              busy={current && plan.isPending}
              disabled={!window || found !== undefined}
              icon={<Search aria-hidden />}
            >
              Show which times
            </Button>
          )}
        </DialogFooter>
      </form>
    </Dialog>
  );
}

function Found({ found, zone }: { found: ScheduleBackfill; zone: string }) {
  const more = found.times.length - SHOWN;
  return (
    <section aria-live="polite">
      <p className="mb-1.5 font-medium">
        {found.count === 0
          ? "Nothing to fire in this window."
          : `${found.count.toLocaleString("en")} ${found.count === 1 ? "time" : "times"} to fire, one run after the other.`}
        {found.left_alone > 0 && (
          <span className="font-normal text-ink-soft">
            {" "}
            {found.left_alone.toLocaleString("en")} more {found.left_alone === 1 ? "has" : "have"} a firing
            already.
          </span>
        )}
      </p>
      {found.times.length > 0 && (
        <ol
          aria-label="Times"
          className="max-h-64 divide-y overflow-y-auto rounded-lg border px-3 text-[0.8125rem]"
        >
          {found.times.slice(0, SHOWN).map(({ at, local, has_firing: had }) => (
            <li key={at} className="flex flex-wrap justify-between gap-x-3 py-1.5">
              <span className={had ? "opacity-60" : undefined}>
                <ZonedTime at={at} local={local} zone={zone} />
              </span>
              {had && <span className="text-xs text-ink-faint">has a firing, left alone</span>}
            </li>
          ))}
          {more > 0 && <li className="py-1.5 text-ink-faint">and {more.toLocaleString("en")} more</li>}
        </ol>
      )}
    </section>
  );
}

function windowOf(from: string, to: string, zone: string): Window | null {
  const [start, end] = [instantOf(from, zone), instantOf(to, zone)];
  return start && end ? { from: start, to: end } : null;
}
