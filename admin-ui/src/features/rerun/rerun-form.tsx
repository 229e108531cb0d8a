/** The form inside the rerun dialog: what is chosen on the left, its plan on the right. */
import { RotateCcw } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { Button } from "@/components/button";
import { DialogFooter } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { Notice } from "@/components/notice";
import { Unsaved } from "@/components/unsaved";
import type { RunDetail, Step } from "@/lib/api";
import type { Choice } from "./choice";
import { differs, firstChoice, isTyped, requestOf, withPreset } from "./choice";
import { Corrections, correctionOf } from "./corrections";
import { EFFECTS, EffectsChoice } from "./effects-choice";
import { FurtherFields } from "./further-fields";
import { InputEditor } from "./input-editor";
import { PlanChanged } from "./plan-changed";
import { countsText, happensAgainText } from "./plan-estimate";
import { PlanPanel } from "./plan-panel";
import { PresetChoice } from "./preset-choice";
import { firstPresets, type PresetName } from "./presets";
import { producedValues } from "./produced";
import type { useRerun } from "./rerun-state";
import { Section } from "./section";
import { sopTitle } from "./sop-title";
import { useConfirm } from "./use-confirm";
import { usePlan } from "./use-plan";
import { type UsedSkill, VersionsChoice } from "./versions-choice";

/** How the dialog was opened. */
export interface Opened {
  preset?: PresetName;
  step?: number;
  /** A produced value to correct, by its path. */
  correct?: string;
}

interface RerunFormProps {
  run: RunDetail;
  steps: Step[];
  skills: UsedSkill[];
  opened: Opened;
  onOpened: (opened: Opened) => void;
  rerun: ReturnType<typeof useRerun>;
  onCancel: () => void;
}

const COMMAND_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl ";

export function RerunForm({ run, steps, skills, opened, onOpened, rerun, onCancel }: RerunFormProps) {
  const [choice, setChoice] = useState(() => choiceOf(run, steps, opened));
  // What the dialog was opened for stands first, also when another preset is chosen then.
  const [toCorrect] = useState(opened.correct !== undefined);
  const produced = useMemo(() => producedValues(steps), [steps]);
  const change = (part: Partial<Choice>) => setChoice((now) => ({ ...now, ...part }));
  const request = requestOf(choice, run.initial_data, run.sop);
  const shown = usePlan(run.thread_id, request);
  const { thread_id, run_name, root_thread_id, sop_name } = run;
  const of = { thread_id, run_name, root_thread_id, sop_name, sop_title: sopTitle(run.sop) };
  const { confirm, busy, changed, problem } = useConfirm(of, shown, rerun);
  const wrong = shown.error ?? problem;
  const edited = request !== null && (request.changes ?? request.initial_data) !== undefined;

  const again = shown.plan && happensAgainText(shown.plan);
  const word = changed ? "Confirm the new plan" : edited ? "Rerun with changes" : "Rerun";

  const side = useRef<HTMLDivElement>(null);

  const confirmNow = () => {
    if (request && !shown.error) confirm(request);
  };
  const confirmByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      confirmNow();
    }
  };

  const corrected = choice.corrections.filter(differs);
  const corrections = (
    <Section
      title="Correct a result"
      chosen={corrected.map(({ keys }) => keys.join(".")).join(", ")}
      open={toCorrect}
    >
      <Corrections
        produced={produced}
        corrections={choice.corrections}
        onChange={(corrections) => change({ corrections })}
        error={corrected.length > 0 ? wrong?.at("/changes") : undefined}
      />
    </Section>
  );

  return (
    <>
      <Unsaved typed={isTyped(choice, run.initial_data, run.sop)} leaves={closesDialog} />
      <form
        className="flex min-h-0 flex-col"
        onKeyDown={confirmByKey}
        onSubmit={(event) => {
          event.preventDefault();
          confirmNow();
        }}
      >
        <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] overflow-y-auto lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)] lg:overflow-hidden">
          <div className="min-w-0 space-y-5 px-6 py-5 max-md:px-4 lg:overflow-y-auto">
            {run.rerunnable_why && <Notice kind="info">{run.rerunnable_why}</Notice>}
            <PresetChoice
              status={run.status}
              steps={steps}
              chosen={choice.preset}
              step={choice.step}
              error={wrong?.at("/from")}
              onChoose={(preset, step) => {
                setChoice((now) => withPreset(now, preset, step));
                onOpened({ preset, ...(step === null ? {} : { step }) });
              }}
            />
            {toCorrect && corrections}
            <InputEditor
              original={run.initial_data}
              text={choice.text}
              onChange={(text) => change({ text })}
              focused={!toCorrect}
              error={
                wrong?.at("/initial_data") ?? (corrected.length === 0 ? wrong?.at("/changes") : undefined)
              }
            />
            <Field label="Reason" optional hint="Kept in the audit trail." error={wrong?.at("/reason")}>
              {(ids) => (
                <TextInput
                  {...ids}
                  value={choice.reason}
                  maxLength={2000}
                  placeholder="For instance: the customer sent the right order number"
                  onChange={(event) => change({ reason: event.target.value })}
                />
              )}
            </Field>
            {!toCorrect && corrections}
            <Section title="Effects" chosen={EFFECTS.find(({ value }) => value === choice.effects)?.meaning}>
              <EffectsChoice
                chosen={choice.effects}
                onChoose={(effects) => change({ effects })}
                error={wrong?.at("/effects") ?? wrong?.at("/consent")}
              />
            </Section>
            <Section title="Skill versions" chosen={versionsText(choice, skills)}>
              <VersionsChoice
                choice={choice}
                skills={skills}
                onChange={change}
                error={wrong?.at("/skills")}
              />
            </Section>
            <Section title="Procedure, name, model, time">
              <FurtherFields metadata={run} choice={choice} onChange={change} problem={wrong} />
            </Section>
          </div>
          <div
            ref={side}
            className="border-l bg-canvas/60 px-5 py-5 max-lg:border-t max-lg:border-l-0 max-md:px-4 lg:overflow-y-auto"
          >
            {changed && (
              <div className="mb-4">
                <PlanChanged key={changed.after.plan_token} before={changed.before} after={changed.after} />
              </div>
            )}
            <PlanPanel
              shown={shown}
              readable={request !== null}
              consent={choice.consent}
              onConsent={(consent) => change({ consent })}
            />
          </div>
        </div>
        <DialogFooter>
          <p className="mr-auto min-w-0 grow basis-52 text-[0.8125rem] break-words max-sm:basis-full">
            {problem ? (
              <span role="alert" className="text-bad">
                {problem.detail}
              </span>
            ) : (
              <>
                {shown.plan && !shown.error && (
                  <span className="text-ink-soft">
                    {countsText(shown.plan.counts)}
                    {again && <span className="block text-wait">{again}</span>}
                  </span>
                )}
                {/* Where there is room the plan stands beside the form, and says it there. */}
                {shown.error && (
                  <span role="alert" className="text-bad lg:hidden">
                    {shown.error.detail}
                  </span>
                )}
                <button
                  type="button"
                  className="block font-medium text-accent hover:underline lg:hidden"
                  onClick={() => side.current?.scrollIntoView({ behavior: "smooth" })}
                >
                  See the plan
                </button>
              </>
            )}
          </p>
          <Button onClick={onCancel} disabled={rerun.isPending} className="max-sm:hidden">
            Cancel
          </Button>
          <Button
            type="submit"
            look="primary"
            busy={busy}
            disabled={request === null || shown.error !== null}
            icon={<RotateCcw aria-hidden />}
          >
            {rerun.isPending ? "Starting the rerun" : word}
            <kbd className="ml-1 font-sans text-xs opacity-90 max-md:hidden">{COMMAND_KEY}↵</kbd>
          </Button>
        </DialogFooter>
      </form>
    </>
  );
}

/** Another preset stands in the URL too, and keeps all that was typed. */
function closesDialog(to: { pathname: string; search: object }, from: { pathname: string }): boolean {
  return to.pathname !== from.pathname || !("rerun" in to.search);
}

function choiceOf(run: RunDetail, steps: Step[], { preset, step, correct }: Opened): Choice {
  const usual = correct === undefined ? firstPresets(run.status)[0] : "only-what-changed";
  const choice = firstChoice(run.initial_data, preset ?? usual ?? "again", step ?? null);
  const corrected = producedValues(steps).filter(({ path }) => path === correct);
  return { ...choice, corrections: corrected.map(correctionOf) };
}

function versionsText({ versions, chosen }: Choice, skills: UsedSkill[]): string {
  const differ = skills.filter(({ recorded, today }) => recorded !== today).length;
  const all = versions === "pinned" ? "as in the run" : "latest";
  const own = Object.keys(chosen).length;
  return [all, own > 0 && `${own} chosen`, differ > 0 && `${differ} changed since`]
    .filter(Boolean)
    .join(", ");
}
