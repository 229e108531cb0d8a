/** The open item: whose it is, the way to the next one, and the question with its answers. */
import { Link } from "@tanstack/react-router";
import { ArrowLeft, ArrowUpRight, ChevronDown, ChevronUp } from "lucide-react";
import type { ReactNode } from "react";
import { Button, buttonLook } from "@/components/button";
import { Approval } from "@/features/waits/approval";
import { Consent } from "@/features/waits/consent";
import { Doubt } from "@/features/waits/doubt";
import { questionKey } from "@/features/waits/kept";
import type { Heard } from "@/features/waits/use-answer";
import type { Wait } from "@/lib/api/waits";
import { Answered } from "./answered";
import { GoesOutPanel } from "./goes-out";
import { questionOf } from "./summary";

interface InboxItemProps extends Heard {
  wait: Wait;
  /** Undefined at either end of the list. */
  onBack: (() => void) | undefined;
  onOn: (() => void) | undefined;
  /** "2 of 5" */
  place: string;
}

export function InboxItem({ wait, onBack, onOn, place, ...heard }: InboxItemProps) {
  return (
    <section aria-label="The open item" className="min-w-0">
      <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <Link
          to="/inbox"
          search={(now: object) => ({ ...now, run: undefined, step: undefined })}
          className={`${buttonLook("ghost", "sm")} lg:hidden`}
        >
          <ArrowLeft aria-hidden /> All items
        </Link>
        <p className="min-w-0 grow text-[0.8125rem] text-ink-soft max-lg:order-last max-lg:basis-full">
          <Link
            to="/runs/$threadId"
            params={{ threadId: wait.thread_id }}
            className="font-medium text-ink hover:text-accent hover:underline"
          >
            {wait.run_name} <ArrowUpRight className="inline size-3.5 text-ink-faint" aria-hidden />
          </Link>
          <span className="text-ink-faint"> · step {wait.step}</span>
        </p>
        <nav aria-label="Items" className="ml-auto flex items-center gap-1">
          <span className="mr-1 text-xs text-ink-faint tabular">{place}</span>
          <Step word="Previous item" shortcut="k" onClick={onBack}>
            <ChevronUp aria-hidden />
          </Step>
          <Step word="Next item" shortcut="j" onClick={onOn}>
            <ChevronDown aria-hidden />
          </Step>
        </nav>
      </header>
      <p aria-live="polite" className="sr-only">
        {questionOf(wait)} {wait.run_name}
      </p>
      {wait.answered ? <Answered wait={wait} answer={wait.answered} /> : <Question wait={wait} {...heard} />}
    </section>
  );
}

function Question({ wait, ...heard }: Heard & { wait: Wait }) {
  const key = questionKey(wait.thread_id, wait);
  const about = (
    <>
      {wait.goes_out && <GoesOutPanel request={wait.goes_out} />}
      {wait.why && (
        <p className="text-xs text-ink-faint">
          Why the planner came to this step: <span className="text-ink-soft">{wait.why}</span>
        </p>
      )}
    </>
  );
  const shared = { threadId: wait.thread_id, wait, about, byKey: true, ...heard };
  if (wait.reason === "consent") return <Consent key={key} {...shared} />;
  if (wait.reason === "in_doubt") return <Doubt key={key} {...shared} digest={wait.skill_digest} />;
  return <Approval key={key} {...shared} />;
}

interface StepProps {
  word: string;
  shortcut: string;
  onClick: (() => void) | undefined;
  children: ReactNode;
}

function Step({ word, shortcut, onClick, children }: StepProps) {
  return (
    <Button
      look="ghost"
      size="sm"
      className="!px-1.5"
      aria-label={word}
      title={`${word} (${shortcut})`}
      disabled={!onClick}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
