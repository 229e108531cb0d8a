/** Pause, resume and abort, each asked for once more; what may be done now is what is shown. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, CircleStop } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { type Batch, type BatchAction, type BatchResume, changeBatch } from "@/lib/api/batches";
import { type JsonObject, parseJson } from "@/lib/json";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { batchKeys } from "@/queries/batches";

/** `word`: what a person calls it. */
export function BatchActions({ batch, word = "batch" }: { batch: Batch; word?: string }) {
  const [asked, setAsked] = useState<BatchAction | null>(null);
  if (batch.status !== "running" && batch.status !== "paused") return null;
  return (
    <div className="flex flex-wrap gap-2">
      {batch.status === "running" ? (
        <Button icon={<CirclePause aria-hidden />} onClick={() => setAsked("pause")}>
          Pause
        </Button>
      ) : (
        <Button look="primary" icon={<CirclePlay aria-hidden />} onClick={() => setAsked("resume")}>
          Resume
        </Button>
      )}
      <Button look="danger" icon={<CircleStop aria-hidden />} onClick={() => setAsked("abort")}>
        Abort
      </Button>
      {asked && (
        <ActionDialog key={asked} batch={batch} word={word} action={asked} onClose={() => setAsked(null)} />
      )}
    </div>
  );
}

const WORDS: Record<
  BatchAction,
  { title: string; said: string; confirm: string; back: string; icon: ReactNode }
> = {
  pause: {
    title: "Pause this",
    said: "Nothing new starts until somebody resumes it. Reruns under way go on.",
    confirm: "Pause",
    back: "Keep it running",
    icon: <CirclePause aria-hidden />,
  },
  resume: {
    title: "Resume this",
    said: "It goes on where it stopped. A gate or a failure rate that stopped it is overruled.",
    confirm: "Resume",
    back: "Leave it paused",
    icon: <CirclePlay aria-hidden />,
  },
  abort: {
    title: "Abort this",
    said: "It ends for good: what has not been started is cancelled. Reruns under way go on, and what has ended stays.",
    confirm: "Abort",
    back: "Go back",
    icon: <CircleStop aria-hidden />,
  },
};

interface ActionDialogProps {
  batch: Batch;
  word: string;
  action: BatchAction;
  onClose: () => void;
}

function ActionDialog({ batch, word, action, onClose }: ActionDialogProps) {
  const queries = useQueryClient();
  const keyFor = useRequestKey();
  const { title, said, confirm, back, icon } = WORDS[action];
  const [reason, setReason] = useState("");
  const [tokens, setTokens] = useState("");
  const [money, setMoney] = useState("");
  const budget = action === "resume" ? typedBudget(tokens, money) : {};
  const change = useMutation({
    mutationFn: (asked: BatchResume) => changeBatch(batch.id, action, asked, keyFor({ action, asked })),
    onSuccess: (changed) => {
      queries.setQueryData([...batchKeys.batch(batch.id), "detail"], changed);
      onClose();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: batchKeys.all }),
  });
  const problem = change.isError ? asApiError(change.error) : null;
  return (
    <Dialog open onClose={onClose} locked={change.isPending} title={`${title} ${word}?`}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (budget === null || change.isPending || change.isSuccess) return;
          change.mutate({
            ...(reason.trim() ? { reason: reason.trim() } : {}),
            ...(Object.keys(budget).length > 0 ? { budget } : {}),
          });
        }}
      >
        <DialogBody>
          <p className="text-ink-soft">{said}</p>
          {action === "resume" && (batch.budget.tokens !== null || batch.budget.money !== null) && (
            <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
              {batch.budget.tokens !== null && (
                <Limit
                  label="Tokens together"
                  now={String(batch.budget.tokens)}
                  {...{ text: tokens, onText: setTokens }}
                  error={problem?.at("/budget/tokens")}
                />
              )}
              {batch.budget.money !== null && (
                <Limit
                  label="US dollars together"
                  now={String(batch.budget.money)}
                  {...{ text: money, onText: setMoney }}
                  error={problem?.at("/budget/money")}
                />
              )}
            </div>
          )}
          <Field label="Reason" optional hint="Kept in the audit trail." error={problem?.at("/reason")}>
            {(ids) => (
              <TextInput
                {...ids}
                value={reason}
                maxLength={2000}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          {problem && (
            <p role="alert" className="mr-auto min-w-0 grow basis-52 text-[0.8125rem] break-words text-bad">
              {problem.detail}
            </p>
          )}
          <Button onClick={onClose} disabled={change.isPending}>
            {back}
          </Button>
          <Button
            type="submit"
            look={action === "abort" ? "danger" : "primary"}
            busy={change.isPending || change.isSuccess}
            disabled={budget === null}
            icon={icon}
          >
            {confirm} {word}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

interface LimitProps {
  label: string;
  now: string;
  text: string;
  onText: (text: string) => void;
  error?: string;
}

function Limit({ label, now, text, onText, error }: LimitProps) {
  return (
    <Field label={label} hint={`Now ${now}; empty leaves it so.`} error={error}>
      {(ids) => (
        <TextInput
          {...ids}
          value={text}
          inputMode="decimal"
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Limits that were typed; null where one is no number. */
function typedBudget(tokens: string, money: string): JsonObject | null {
  const budget: JsonObject = {};
  for (const [name, text] of [
    ["tokens", tokens.trim()],
    ["money", money.trim()],
  ] as const) {
    if (text === "") continue;
    if (!/^\d+(\.\d+)?$/.test(text)) return null;
    budget[name] = parseJson(text);
  }
  return budget;
}
