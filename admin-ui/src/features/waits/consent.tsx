/** Consent: what was done before beside what would go out now. */

import { Link } from "@tanstack/react-router";
import { Check, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { rowsOf, type ValueRow, ValueTable } from "@/components/value-table";
import { When } from "@/components/when";
import { isObject, type JsonObject, sameJson } from "@/lib/json";
import { useShortcut } from "@/lib/shortcut";
import { AnswerBar } from "./answer-bar";
import { questionKey, useKept } from "./kept";
import { type QuestionProps, useAnswer } from "./use-answer";
import { WaitFrame } from "./wait-frame";

export function Consent({ threadId, wait, about, byKey = false, ...heard }: QuestionProps) {
  const { asks } = wait;
  const [note, setNote] = useKept(questionKey(threadId, wait), "note", "");
  const answer = useAnswer(threadId, wait, heard);
  const done = answer.isPending || answer.isSuccess;
  const earlier: JsonObject = isObject(asks.earlier_receipt) ? asks.earlier_receipt : {};
  const before: JsonObject = isObject(earlier.inputs) ? earlier.inputs : {};
  const now: JsonObject = isObject(asks.shown) ? asks.shown : {};
  const differing = !sameJson(before, now);
  const effect: JsonObject = isObject(asks.effect) ? asks.effect : {};
  const sameKey = sameJson(effect.key, earlier.key);
  const agree = () => answer.mutate({ decision: "approve", note: note || undefined });
  useShortcut("a", "Agree to do it again", agree, byKey && !done);
  return (
    <WaitFrame wait={wait} title={`${wait.skill} was done before. Do it again?`}>
      <p className="text-ink-soft">
        This can't be taken back.{" "}
        {sameKey
          ? "This family of runs has done just this already"
          : "This family of runs has done it for another key"}
        {differing ? ", with other values; they stand first and are marked." : ", with the same values."}
      </p>
      <div className="grid gap-4 lg:grid-cols-2">
        <Side title="Done before" note={<Origin earlier={earlier} />} rows={rowsBeside(before, now)} />
        <Side title="Would go out now" note="Not sent yet" rows={rowsBeside(now, before)} />
      </div>
      {about}
      <AnswerBar note={note} onNote={setNote} error={answer.error}>
        <Button
          look="primary"
          icon={<Check aria-hidden />}
          busy={done}
          title={byKey ? "a" : undefined}
          onClick={agree}
        >
          Do it again
        </Button>
        <Button
          look="danger"
          icon={<X aria-hidden />}
          disabled={done}
          onClick={() => answer.mutate({ decision: "reject", note: note || undefined })}
        >
          Don't, and end the run
        </Button>
      </AnswerBar>
    </WaitFrame>
  );
}

function Origin({ earlier }: { earlier: JsonObject }) {
  return (
    <span className="flex gap-2">
      {typeof earlier.thread_id === "string" && (
        <Link
          to="/runs/$threadId"
          params={{ threadId: earlier.thread_id }}
          className="min-w-0 truncate font-mono text-accent hover:underline"
        >
          {earlier.thread_id}
        </Link>
      )}
      {typeof earlier.at === "string" && <When at={earlier.at} />}
    </span>
  );
}

/** The rows of one side; those that are not so on the other stand first. */
function rowsBeside(data: JsonObject, other: JsonObject): ValueRow[] {
  const there = new Map(rowsOf(other).map(({ path, value }) => [path, value]));
  const rows = rowsOf(data).map((row) => ({ ...row, marked: !sameJson(row.value, there.get(row.path)) }));
  return [...rows.filter(({ marked }) => marked), ...rows.filter(({ marked }) => !marked)];
}

function Side({ title, note, rows }: { title: string; note: ReactNode; rows: ValueRow[] }) {
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-baseline justify-between gap-3">
        <h3 className="shrink-0 text-[0.8125rem] font-medium">{title}</h3>
        <span className="min-w-0 truncate text-xs text-ink-faint">{note}</span>
      </div>
      <ValueTable rows={rows} />
    </div>
  );
}
