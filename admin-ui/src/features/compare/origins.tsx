/** What differs by itself: chips on steps, and the list under the headline. */
import {
  Bot,
  Dices,
  FileText,
  Globe,
  Hourglass,
  KeyRound,
  type LucideIcon,
  MessageSquareText,
  PencilLine,
  Repeat2,
  Sparkles,
  Split,
} from "lucide-react";
import { Badge } from "@/components/badge";
import { Tip } from "@/components/tip";
import type { Ingredient, Origin, StepPair } from "@/lib/api";
import type { Json } from "@/lib/json";
import type { Tone } from "@/lib/status";
import { showPair } from "./places";
import { Short } from "./short";

const LOOKS: Record<Ingredient["kind"], { icon: LucideIcon; tone: Tone; meaning: string }> = {
  input: { icon: KeyRound, tone: "wait", meaning: "The initial data differ there." },
  skill_version: { icon: Sparkles, tone: "wait", meaning: "The skill was carried out in another version." },
  model: { icon: Bot, tone: "wait", meaning: "Another model was asked." },
  sop: { icon: FileText, tone: "wait", meaning: "The procedure is another text." },
  planner_choice: { icon: Split, tone: "wait", meaning: "The planner saw the same and decided otherwise." },
  override: { icon: PencilLine, tone: "wait", meaning: "A person has put another result in its place." },
  answer: { icon: MessageSquareText, tone: "wait", meaning: "A person gave another answer." },
  outside_world: {
    icon: Globe,
    tone: "wait",
    meaning: "The same was asked, and the world outside answered otherwise.",
  },
  chance: { icon: Dices, tone: "wait", meaning: "The same model was asked the same and answered otherwise." },
  reused: { icon: Repeat2, tone: "wait", meaning: "The result was taken over from another run." },
  not_reached: { icon: Hourglass, tone: "idle", meaning: "One of the runs has not come this far yet." },
};

/** Explains itself on hover and on focus. */
export function OriginChip({ ingredient }: { ingredient: Pick<Ingredient, "kind" | "name"> }) {
  const { icon: Icon, tone, meaning } = LOOKS[ingredient.kind];
  return (
    <Tip text={meaning}>
      <button type="button" className="min-w-0 cursor-help rounded-md text-left">
        <Badge tone={tone} wraps>
          <Icon aria-hidden className="shrink-0" /> {ingredient.name}
        </Badge>
      </button>
    </Tip>
  );
}

export function Origins({ origins }: { origins: Origin[] }) {
  return (
    <ul aria-label="Origins" className="mt-3 divide-y rounded-lg border">
      {origins.map((origin) => {
        const { icon: Icon, meaning } = LOOKS[origin.kind];
        return (
          <li
            key={`${origin.name} ${origin.steps[0]?.left} ${origin.steps[0]?.right}`}
            className="grid grid-cols-[1rem_1fr_auto] gap-x-2.5 px-3 py-2 text-[0.8125rem] max-md:grid-cols-[1rem_1fr]"
          >
            <Icon aria-hidden className="mt-0.5 size-4 text-wait" />
            <div className="min-w-0">
              <p className="flex flex-wrap items-baseline gap-x-2.5">
                <span className="font-medium [overflow-wrap:anywhere]">{origin.name}</span>
                <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
                  <Side ingredient={origin} value={origin.left} />
                  <span className="text-ink-faint">→</span>
                  <Side ingredient={origin} value={origin.right} />
                </span>
              </p>
              <p className="text-xs text-ink-soft">
                {origin.detail ? meaning.replace(/\.$/, `: ${origin.detail}.`) : meaning}
              </p>
            </div>
            <span className="text-xs text-ink-faint max-md:col-start-2">
              {origin.steps.length === 0 ? "without effect on a step" : <At steps={origin.steps} />}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Where it makes a difference; each number leads there. */
function At({ steps }: { steps: StepPair[] }) {
  return (
    <span className="flex flex-wrap gap-x-1.5">
      at {steps.length === 1 ? "step" : "steps"}
      {steps.map((pair) => (
        <PairLink key={`${pair.left} ${pair.right}`} pair={pair} />
      ))}
    </span>
  );
}

/** Leads to a pair of steps: its number in the left run, where that has the step. */
export function PairLink({ pair }: { pair: StepPair }) {
  return (
    <button type="button" onClick={() => showPair(pair)} className="font-medium text-accent hover:underline">
      {pair.left ?? `${pair.right} of the right run`}
    </button>
  );
}

function Side({ ingredient, value }: { ingredient: Ingredient; value: Json }) {
  const isDigest = ingredient.kind === "skill_version" || ingredient.kind === "sop";
  if (isDigest && typeof value === "string") {
    return (
      <code className="font-mono text-xs" title={value}>
        {value.slice(0, 12)}
      </code>
    );
  }
  return <Short value={value} />;
}
