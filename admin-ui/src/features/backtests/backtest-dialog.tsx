/** Asks before past runs are replayed: which, and what is to differ. Nothing goes out. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter, FooterProblem } from "@/components/dialog";
import { Field, FieldPair, TextArea, TextInput } from "@/components/field";
import type { BatchTarget } from "@/features/batches/batch-choice";
import { Radios } from "@/features/rerun/radios";
import { Section } from "@/features/rerun/section";
import { Select } from "@/features/rerun/select";
import { type BacktestRequest, startBacktest } from "@/lib/api/backtests";
import { type ApiError, asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { absoluteTime } from "@/lib/time";
import { backtestKeys } from "@/queries/backtests";
import { skillListOptions, skillVersionsOptions } from "@/queries/skills";
import {
  type BacktestChoice,
  backtestRequestOf,
  firstBacktestChoice,
  wrongBacktestNumbers,
} from "./backtest-choice";

interface BacktestDialogProps {
  title: string;
  target: BatchTarget;
  first?: Partial<BacktestChoice>;
  /** Whether words of the SOP narrow down which runs. */
  choosesRuns?: boolean;
  onClose: () => void;
}

export default function BacktestDialog({ title, target, first, choosesRuns, onClose }: BacktestDialogProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const keyFor = useRequestKey();
  const [choice, setChoice] = useState(() => firstBacktestChoice(first));
  const change = (part: Partial<BacktestChoice>) => setChoice((now) => ({ ...now, ...part }));
  const request = backtestRequestOf(target, choice);
  const wrong = wrongBacktestNumbers(choice);
  const start = useMutation({
    mutationFn: (asked: BacktestRequest) => startBacktest(asked, keyFor(asked)),
    onSuccess: (backtest) => {
      void queries.invalidateQueries({ queryKey: backtestKeys.all });
      void navigate({ to: "/backtests/$backtestId", params: { backtestId: backtest.id } });
    },
  });
  const problem = start.isError ? asApiError(start.error) : null;
  const fields = { choice, onChange: change, problem };
  return (
    <Dialog
      open
      wide
      locked={start.isPending}
      onClose={onClose}
      title={
        <span className="flex items-center gap-2">
          <FlaskConical className="size-4 text-accent" aria-hidden /> {title}
        </span>
      }
      description="Past runs are replayed to see what would come out otherwise. Nothing goes out."
    >
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (request && !start.isPending && !start.isSuccess) start.mutate(request);
        }}
      >
        <DialogBody>
          <FieldPair>
            <Text name="name" label="Name" {...fields} error={problem?.at("/name")} />
            <Text
              name="reason"
              label="Reason"
              placeholder="Kept in the audit trail"
              {...fields}
              error={problem?.at("/reason")}
            />
          </FieldPair>
          {"filter" in target && (
            <FieldPair>
              <Text
                name="most"
                label="The newest runs, at most"
                required
                {...fields}
                error={wrong.includes("most") ? "Write a number" : problem?.at("/most")}
              />
              {choosesRuns && (
                <Text
                  name="words"
                  label="Words in their SOP"
                  placeholder="Any procedure"
                  {...fields}
                  error={problem?.at("/filter/q")}
                />
              )}
            </FieldPair>
          )}
          <Versions {...fields} />
          <Section
            title="Another model or procedure"
            chosen={[choice.model.trim(), choice.sop.trim() && "another procedure"]
              .filter(Boolean)
              .join(", ")}
          >
            <Text
              name="model"
              label="Model"
              placeholder="As in each run"
              {...fields}
              error={problem?.at("/model")}
            />
            <Field
              label="Procedure"
              optional
              hint="In place of that of each run."
              error={problem?.at("/sop")}
            >
              {(ids) => (
                <TextArea
                  {...ids}
                  rows={6}
                  value={choice.sop}
                  onChange={(event) => change({ sop: event.target.value })}
                />
              )}
            </Field>
          </Section>
          <Section title="Budget" chosen={choice.tokens || choice.money ? "limited" : "no limit"}>
            <FieldPair>
              <Text
                name="tokens"
                label="Tokens together"
                placeholder="No limit"
                {...fields}
                error={wrong.includes("tokens") ? "Write a number" : problem?.at("/budget/tokens")}
              />
              <Text
                name="money"
                label="US dollars together"
                placeholder="No limit"
                {...fields}
                error={wrong.includes("money") ? "Write a number" : problem?.at("/budget/money")}
              />
            </FieldPair>
          </Section>
        </DialogBody>
        <DialogFooter>
          {problem && (
            <FooterProblem>
              {problem.type === "nothing-matches"
                ? "No finished run matches; choose other runs."
                : problem.detail}
            </FooterProblem>
          )}
          <Button onClick={onClose} disabled={start.isPending}>
            Cancel
          </Button>
          <Button
            type="submit"
            look="primary"
            busy={start.isPending || start.isSuccess}
            disabled={request === null}
            icon={<FlaskConical aria-hidden />}
          >
            {start.isPending ? "Starting the backtest" : "Start backtest"}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  choice: BacktestChoice;
  onChange: (part: Partial<BacktestChoice>) => void;
  problem: ApiError | null;
}

function Versions({ choice, onChange, problem }: FieldsProps) {
  const skills = useQuery(skillListOptions);
  const names = (skills.data?.items ?? []).map(({ name }) => name);
  const listed = choice.skill && !names.includes(choice.skill) ? [choice.skill, ...names] : names;
  return (
    <div className="space-y-3">
      <Radios
        label="Skill versions"
        columns
        options={[
          { value: "latest", word: "Today's", meaning: "All skills as the folders are now" },
          { value: "chosen", word: "One version", meaning: "All others as in each run" },
          { value: "pinned", word: "As in each run", meaning: "Only the model or the procedure differs" },
        ]}
        chosen={choice.versions}
        onChoose={(versions) => onChange({ versions })}
        error={problem?.at("/skills")}
      />
      {choice.versions === "chosen" && (
        <FieldPair>
          <Select
            label="Skill"
            value={choice.skill}
            onChange={(skill) => onChange({ skill, digest: "" })}
            options={[
              { value: "", word: "Choose a skill" },
              ...listed.map((value) => ({ value, word: value })),
            ]}
          />
          {choice.skill && <VersionOf choice={choice} onChange={onChange} />}
        </FieldPair>
      )}
    </div>
  );
}

function VersionOf({ choice, onChange }: Omit<FieldsProps, "problem">) {
  const versions = useQuery(skillVersionsOptions(choice.skill));
  return (
    <Select
      label="Version"
      value={choice.digest}
      onChange={(digest) => onChange({ digest })}
      options={[
        { value: "", word: "Choose a version" },
        ...(versions.data?.items ?? []).map(({ digest, created_at, current }) => ({
          value: digest,
          word: [digest.slice(0, 12), absoluteTime(Date.parse(created_at)), current && "today's"]
            .filter(Boolean)
            .join(" · "),
        })),
      ]}
    />
  );
}

interface TextProps extends FieldsProps {
  name: "name" | "reason" | "most" | "words" | "model" | "tokens" | "money";
  label: string;
  placeholder?: string;
  required?: boolean;
  error?: string;
}

function Text({ name, label, placeholder, required, choice, onChange, error }: TextProps) {
  return (
    <Field label={label} optional={!required} error={error}>
      {(ids) => (
        <TextInput
          {...ids}
          value={choice[name]}
          required={required}
          placeholder={placeholder}
          maxLength={2000}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}
