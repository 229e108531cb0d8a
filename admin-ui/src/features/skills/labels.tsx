/** How a skill is carried out and what it does outside, as labels. */
import { ArrowRight, Bot, Code, Globe, type LucideIcon, User } from "lucide-react";
import { Badge } from "@/components/badge";
import type { Skill } from "@/lib/api";
import type { Tone } from "@/lib/status";

export const EXECUTORS: Record<string, { icon: LucideIcon; meaning: string }> = {
  llm: { icon: Bot, meaning: "A model carries it out" },
  rest: { icon: Globe, meaning: "A service is called" },
  python: { icon: Code, meaning: "Python code of the skill" },
  human: { icon: User, meaning: "A person fills in a form" },
};
const EFFECTS: Record<string, { tone: Tone; word: string; meaning: string }> = {
  none: { tone: "idle", word: "no effects", meaning: "Changes nothing outside" },
  idempotent: {
    tone: "busy",
    word: "idempotent",
    meaning: "May be repeated: the second time changes nothing",
  },
  irreversible: {
    tone: "wait",
    word: "irreversible",
    meaning: "Done once; a rerun does not repeat it unless told to",
  },
};

export function ExecutorLabel({ executor }: { executor: string }) {
  const known = EXECUTORS[executor];
  const Icon = known?.icon ?? Code;
  return (
    <span className="inline-flex items-center gap-1.5 text-[0.8125rem] text-ink-soft" title={known?.meaning}>
      <Icon className="size-4 text-ink-faint" aria-hidden /> {executor}
    </span>
  );
}

export function EffectsLabel({ effects }: { effects: string }) {
  const { tone, word, meaning } = EFFECTS[effects] ?? { tone: "idle", word: effects, meaning: "" };
  return (
    <Badge tone={tone} title={meaning}>
      {word}
    </Badge>
  );
}

/** Data paths; optional ones with a question mark. */
export function Paths({ paths, optional = [] }: { paths: string[]; optional?: string[] }) {
  const all = [...paths, ...optional.map((path) => `${path}?`)];
  if (all.length === 0) return <span className="text-ink-faint">nothing</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {all.map((path) => (
        <code
          key={path}
          className="rounded bg-idle-soft px-1.5 py-0.5 font-mono text-2xs break-all text-ink-soft"
        >
          {path}
        </code>
      ))}
    </span>
  );
}

/** What goes in and what comes out, in one line. */
export function Flow({ skill }: { skill: Skill }) {
  const inside = [...skill.requires, ...skill.optional.map((path) => `${path}?`)].join(", ");
  const outside = [...skill.produces, ...skill.may_produce.map((path) => `${path}?`)].join(", ");
  if (inside === "" && outside === "") return null;
  return (
    <p
      title={`Requires ${inside || "nothing"}; produces ${outside || "nothing"}`}
      className="mt-1 flex min-w-0 items-center gap-1.5 font-mono text-2xs text-ink-soft"
    >
      <span className="min-w-0 truncate">{inside || "nothing"}</span>
      <ArrowRight className="size-3 shrink-0 text-ink-faint" aria-label="produces" />
      <span className="min-w-0 truncate">{outside || "nothing"}</span>
    </p>
  );
}
