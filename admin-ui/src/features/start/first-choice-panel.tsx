/** Which skills a run would begin with and why, what comes later, and what can't run as things stand. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "@/components/badge";
import { Panel } from "@/components/panel";
import type { FirstChoice, Prospect } from "@/lib/api";
import { cx } from "@/lib/class-names";
import type { ShownChoice } from "./use-first-choice";

const WORDS: Record<Prospect["when"], string> = {
  first: "First",
  offered: "May come first",
  later: "Later",
  never: "Can't run with this data",
};
const ORDER = ["first", "offered", "later", "never"] as const;

interface FirstChoicePanelProps {
  shown: ShownChoice;
  /** There is no procedure yet. */
  isEmpty: boolean;
}

export function FirstChoicePanel({ shown: { choice, current, error }, isEmpty }: FirstChoicePanelProps) {
  return (
    <Panel title="How it begins" aside={choice && <PlannerBadge choice={choice} />}>
      <div
        data-first-choice={current ? "current" : "before"}
        aria-live="polite"
        className={cx(
          "space-y-4 overflow-y-auto lg:max-h-[26rem] px-5 py-4 max-md:px-4",
          !current && choice && "opacity-60",
        )}
      >
        {isEmpty && !choice && (
          <p className="text-[0.8125rem] text-ink-soft">
            Choose a procedure or write one. Which skills come first, and what is missing, is then shown here.
          </p>
        )}
        {!isEmpty && !choice && (
          <p className="text-[0.8125rem] text-ink-soft">
            {!error
              ? "Looking…"
              : error.status >= 400 && error.status < 500
                ? "As soon as the form is right, this shows which skills come first."
                : "What comes first can't be told while the server does not answer."}
          </p>
        )}
        {choice && <Choice choice={choice} />}
      </div>
    </Panel>
  );
}

function PlannerBadge({ choice }: { choice: FirstChoice }) {
  return choice.planner === "llm" ? (
    <Badge tone="busy" title="The model decides at each step what comes next">
      {choice.model ?? "a model"} decides
    </Badge>
  ) : (
    <Badge title="Skills run as soon as what they need is there; no model decides">planned by rules</Badge>
  );
}

function Choice({ choice: { decision, skills, model, needs } }: { choice: FirstChoice }) {
  const lacks = needs.filter(({ there }) => !there).map(({ path }) => path);
  return (
    <>
      {decision === null && (
        <p className="text-[0.8125rem] text-ink-soft">
          {model} chooses at each step; it has not been asked, so nobody can say yet what comes first. These
          are the skills that it may choose from at once.
        </p>
      )}
      {decision && decision.kind !== "run" && <End decision={decision} lacks={lacks} />}
      {ORDER.map((when) => {
        const found = skills.filter((skill) => skill.when === when);
        return (
          found.length > 0 && <Group key={when} word={WORDS[when]} skills={found} isBad={when === "never"} />
        );
      })}
    </>
  );
}

interface EndProps {
  decision: NonNullable<FirstChoice["decision"]>;
  /** What only the initial data can deliver, and don't. */
  lacks: string[];
}

/** It would end before it has begun: why, in short where the data lack something. */
function End({ decision, lacks }: EndProps) {
  const short = decision.error_type === "missing-paths" && lacks.length > 0;
  return (
    <div className="rounded-lg border border-wait/30 bg-wait-soft px-3 py-2 text-[0.8125rem]">
      <p>
        <strong className="font-semibold text-wait">
          {decision.kind === "give_up" ? "It would fail at once." : "There would be nothing left to do."}
        </strong>{" "}
        {short ? `The initial data lack ${lacks.join(", ")}.` : decision.reason}
      </p>
      {short && (
        <details className="mt-1 text-xs text-ink-soft">
          <summary className="cursor-pointer">In full</summary>
          {decision.reason}
        </details>
      )}
    </div>
  );
}

const SHOWN = 12;

function Group({ word, skills, isBad }: { word: string; skills: Prospect[]; isBad: boolean }) {
  return (
    <section>
      <h3 className={cx("mb-1 text-xs font-medium", isBad ? "text-bad" : "text-ink-faint")}>{word}</h3>
      <ul className="space-y-2">
        {skills.slice(0, SHOWN).map((skill) => (
          <Line key={skill.skill} skill={skill} />
        ))}
      </ul>
      {skills.length > SHOWN && (
        <p className="mt-1 text-xs text-ink-faint">and {skills.length - SHOWN} more</p>
      )}
    </section>
  );
}

function Line({ skill: { skill, when, goal, why, effects, approval } }: { skill: Prospect }) {
  const marks: ReactNode[] = [];
  if (approval === "before") marks.push(<Badge key="asks">asks first</Badge>);
  if (effects === "irreversible") {
    marks.push(
      <Badge key="once" tone="wait" title="What it does can't be taken back">
        irreversible
      </Badge>,
    );
  }
  return (
    <li data-prospect={skill} data-when={when} className="text-[0.8125rem]">
      <span className="flex flex-wrap items-center gap-1.5">
        <Link
          to="/skills/$name"
          params={{ name: skill }}
          target="_blank"
          className={cx("hover:text-accent hover:underline", goal ? "font-semibold" : "font-medium")}
        >
          {skill}
        </Link>
        {marks}
      </span>
      <span className="block text-xs text-ink-faint">{why}</span>
    </li>
  );
}
