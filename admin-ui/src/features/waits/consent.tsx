/** Consent: what was done before beside what would go out now. */

import { Link } from "@tanstack/react-router";
import { Check, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/button";
import { ValueTable } from "@/components/value-table";
import { When } from "@/components/when";
import type { Waiting } from "@/lib/api";
import { isObject, type JsonObject } from "@/lib/json";
import { AnswerBar } from "./answer-bar";
import { useAnswer } from "./use-answer";
import { WaitFrame } from "./wait-frame";

export function Consent({ threadId, wait }: { threadId: string; wait: Waiting }) {
  const { asks } = wait;
  const [note, setNote] = useState("");
  const answer = useAnswer(threadId, wait);
  const done = answer.isPending || answer.isSuccess;
  const earlier: JsonObject = isObject(asks.earlier_receipt) ? asks.earlier_receipt : {};
  return (
    <WaitFrame wait={wait} title={`${wait.skill} was done before. Do it again?`}>
      <p className="text-ink-soft">
        This can't be taken back, and this family of runs has done it once, with other values.
      </p>
      <div className="grid gap-4 lg:grid-cols-2">
        <Side title="Done before" note={<Origin earlier={earlier} />} data={earlier.inputs} />
        <Side title="Would go out now" note="Not sent yet" data={asks.shown} />
      </div>
      <AnswerBar note={note} onNote={setNote} error={answer.error}>
        <Button
          look="primary"
          icon={<Check aria-hidden />}
          busy={done}
          onClick={() => answer.mutate({ decision: "approve", note: note || undefined })}
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
    <>
      {typeof earlier.thread_id === "string" && (
        <Link
          to="/runs/$threadId"
          params={{ threadId: earlier.thread_id }}
          className="font-mono text-accent hover:underline"
        >
          {earlier.thread_id}
        </Link>
      )}{" "}
      {typeof earlier.at === "string" && <When at={earlier.at} />}
    </>
  );
}

function Side({ title, note, data }: { title: string; note: ReactNode; data: unknown }) {
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-baseline justify-between gap-3">
        <h3 className="text-[0.8125rem] font-medium">{title}</h3>
        <span className="truncate text-xs text-ink-faint">{note}</span>
      </div>
      <ValueTable data={isObject(data) ? data : {}} />
    </div>
  );
}
