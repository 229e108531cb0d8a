/** A person approves, rejects, edits what is shown, or fills in a form. */
import { Check, Pencil, X } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "@/components/button";
import { Markdown } from "@/components/markdown";
import { ValueTable } from "@/components/value-table";
import type { Waiting } from "@/lib/api";
import { isObject, type JsonObject } from "@/lib/json";
import { useShortcut } from "@/lib/shortcut";
import { AnswerBar } from "./answer-bar";
import { collect, type FormField, fieldsOfSchema, fieldsOfValues } from "./form-fields";
import { FormInputs } from "./form-inputs";
import { questionKey, useKept } from "./kept";
import { fieldErrors, type QuestionProps, useAnswer } from "./use-answer";
import { WaitFrame } from "./wait-frame";

export function Approval({ threadId, wait, about, byKey = false, ...heard }: QuestionProps) {
  const { asks } = wait;
  const shown: JsonObject = isObject(asks.shown) ? asks.shown : {};
  const goesOut = "goes_out" in wait && wait.goes_out !== null;
  const form = isObject(asks.form) ? asks.form : null;
  const fillsIn = asks.kind === "form";
  const question = questionKey(threadId, wait);
  const [editing, setEditing] = useKept(question, "editing", false);
  const [texts, setTexts] = useKept<Record<string, string>>(question, "texts", {});
  const [checked, setChecked] = useState(false);
  const [note, setNote] = useKept(question, "note", "");
  const answer = useAnswer(threadId, wait, heard);
  const asked = useMemo(() => (form ? fieldsOfSchema(form, shown) : []), [form, shown]);
  const edits = useMemo(() => (editing ? editsBeside(asked, shown) : []), [editing, asked, shown]);
  const fields = [...asked, ...edits];
  const withData = form !== null || editing;
  const collected = collect(fields, texts, editing ? shown : {});
  const errors = { ...fieldErrors(answer.error), ...(checked ? collected.errors : {}) };

  const approve = () => {
    setChecked(true);
    if (withData && Object.keys(collected.errors).length > 0) return;
    answer.mutate({
      decision: "approve",
      note: note || undefined,
      data: withData ? collected.data : undefined,
    });
  };
  const done = answer.isPending || answer.isSuccess;
  useShortcut("a", fillsIn ? "Send the answer" : "Approve the open item", approve, byKey && !done);
  return (
    <WaitFrame wait={wait} title={fillsIn ? `${wait.skill} needs your answer` : `Approve ${wait.skill}?`}>
      <Explanation wait={wait} />
      {!editing && Object.keys(shown).length > 0 && <ValueTable data={shown} />}
      {about}
      {editing && goesOut && (
        <p className="text-[0.8125rem] text-ink-soft">
          The request above was made from the values as they were asked; with your edits another one goes out.
        </p>
      )}
      {withData && (
        <FormInputs
          fields={fields}
          texts={texts}
          errors={errors}
          onChange={(name, text) => setTexts({ ...texts, [name]: text })}
        />
      )}
      <AnswerBar note={note} onNote={setNote} error={answer.error}>
        <Button
          look="primary"
          icon={<Check aria-hidden />}
          busy={done}
          title={byKey ? "a" : undefined}
          onClick={approve}
        >
          {fillsIn ? "Send the answer" : editing ? "Approve with edits" : "Approve"}
        </Button>
        {!fillsIn && Object.keys(shown).length > 0 && (
          <Button
            icon={<Pencil aria-hidden />}
            disabled={done}
            onClick={() => {
              setEditing(!editing);
              setTexts(textsOf(asked, texts));
            }}
          >
            {editing ? "Drop the edits" : "Edit"}
          </Button>
        )}
        <Button
          look="danger"
          icon={<X aria-hidden />}
          disabled={done}
          title="The run ends as failed"
          onClick={() => answer.mutate({ decision: "reject", note: note || undefined })}
        >
          Reject
        </Button>
      </AnswerBar>
    </WaitFrame>
  );
}

/** Fields for what is shown, but for what the form asks for anyway. */
function editsBeside(asked: FormField[], shown: JsonObject): FormField[] {
  const names = new Set(asked.map(({ path }) => path[0]));
  return fieldsOfValues(shown).filter(({ path }) => !names.has(path[0]));
}

/** What was typed into these fields. */
function textsOf(fields: FormField[], texts: Record<string, string>): Record<string, string> {
  const names = new Set(fields.map(({ path }) => path.join(".")));
  return Object.fromEntries(Object.entries(texts).filter(([name]) => names.has(name)));
}

function Explanation({ wait: { asks } }: { wait: Waiting }) {
  const text = typeof asks.instructions === "string" && asks.instructions !== "" ? asks.instructions : null;
  const irreversible = isObject(asks.effect);
  return (
    <>
      {text ? (
        <Markdown text={text} />
      ) : (
        typeof asks.subject === "string" && (
          <p className="text-ink-soft">{asks.subject.replace(/^[\w-]+: /, "")}</p>
        )
      )}
      {irreversible && <p className="text-[0.8125rem] text-wait">Once approved, this can't be taken back.</p>}
    </>
  );
}
