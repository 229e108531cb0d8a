/** A doubt: somebody who looked it up says whether the effect happened. */
import { useQuery } from "@tanstack/react-query";
import { Ban, Check, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Skeleton } from "@/components/empty";
import { ValueTable } from "@/components/value-table";
import { isObject } from "@/lib/json";
import { skillOptions } from "@/queries/skills";
import { AnswerBar } from "./answer-bar";
import { collect, fieldsOfPaths } from "./form-fields";
import { FormInputs } from "./form-inputs";
import { questionKey, useKept } from "./kept";
import { fieldErrors, type QuestionProps, useAnswer } from "./use-answer";
import { WaitFrame } from "./wait-frame";

interface DoubtProps extends QuestionProps {
  /** Version of the skill whose effect is in doubt. */
  digest: string | null;
}

export function Doubt({ threadId, wait, digest, about, byKey: _, ...heard }: DoubtProps) {
  const question = questionKey(threadId, wait);
  const [happened, setHappened] = useKept(question, "happened", false);
  const [note, setNote] = useKept(question, "note", "");
  const answer = useAnswer(threadId, wait, heard);
  const done = answer.isPending || answer.isSuccess;
  const { asks } = wait;
  const error = isObject(asks.error) && typeof asks.error.message === "string" ? asks.error.message : null;
  return (
    <WaitFrame wait={wait} title={`Did ${wait.skill} happen?`}>
      <p className="text-ink-soft">
        {error ? `The last that was heard: ${error}. ` : ""}Nobody can tell from here whether it went through.
        Look it up where it would show, then say what you found; nothing is repeated by itself.
      </p>
      {isObject(asks.shown) && <ValueTable data={asks.shown} />}
      {about}
      {happened && wait.skill && (
        <Outputs
          question={question}
          skill={wait.skill}
          digest={digest}
          answer={answer}
          onSend={(data) => answer.mutate({ decision: "happened", data, note: note || undefined })}
        />
      )}
      <AnswerBar note={note} onNote={setNote} error={answer.error}>
        {!happened && (
          <Button
            look="primary"
            icon={<Check aria-hidden />}
            disabled={done}
            onClick={() => setHappened(true)}
          >
            It happened
          </Button>
        )}
        <Button
          icon={<X aria-hidden />}
          busy={done && answer.variables?.decision === "not_happened"}
          disabled={done}
          title="It is done now"
          onClick={() => answer.mutate({ decision: "not_happened", note: note || undefined })}
        >
          It did not happen
        </Button>
        <Button
          look="danger"
          icon={<Ban aria-hidden />}
          disabled={done}
          title="The run ends as failed; the doubt stays"
          onClick={() => answer.mutate({ decision: "stop", note: note || undefined })}
        >
          Stop the run
        </Button>
      </AnswerBar>
    </WaitFrame>
  );
}

interface OutputsProps {
  question: string;
  skill: string;
  digest: string | null;
  answer: ReturnType<typeof useAnswer>;
  onSend: (data: ReturnType<typeof collect>["data"]) => void;
}

/** What the skill would have delivered, for the steps that come after it. */
function Outputs({ question, skill, digest, answer, onSend }: OutputsProps) {
  const version = useQuery(skillOptions(skill, digest ?? undefined));
  const [texts, setTexts] = useKept<Record<string, string>>(question, "texts", {});
  const [checked, setChecked] = useState(false);
  if (version.isPending) return <Skeleton className="h-24" />;
  const fields = fieldsOfPaths(version.data?.produces ?? []);
  const collected = collect(fields, texts, {}, true);
  const errors = { ...fieldErrors(answer.error), ...(checked ? collected.errors : {}) };
  return (
    <div className="space-y-4 rounded-lg border p-4">
      <p className="text-[0.8125rem] font-medium">What came of it? Later steps need these values.</p>
      <FormInputs
        fields={fields}
        texts={texts}
        errors={errors}
        onChange={(name, text) => setTexts({ ...texts, [name]: text })}
      />
      <Button
        look="primary"
        icon={<Check aria-hidden />}
        busy={answer.isPending || answer.isSuccess}
        onClick={() => {
          setChecked(true);
          if (Object.keys(collected.errors).length === 0) onSend(collected.data);
        }}
      >
        Go on with these values
      </Button>
    </div>
  );
}
