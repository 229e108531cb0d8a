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
import type { Ingredient, Origin } from "@/lib/api";
import type { Json } from "@/lib/json";
import type { Tone } from "@/lib/status";
import { Short } from "./short";

const LOOKS: Record<Ingredient["kind"], { icon: LucideIcon; tone: Tone; meaning: string }> = {
  input: { icon: KeyRound, tone: "wait", meaning: "Another value in initial_data" },
  skill_version: { icon: Sparkles, tone: "wait", meaning: "Another version of the skill" },
  model: { icon: Bot, tone: "wait", meaning: "Another model" },
  sop: { icon: FileText, tone: "wait", meaning: "Another procedure" },
  planner_choice: { icon: Split, tone: "wait", meaning: "The planner decided otherwise on the same grounds" },
  override: { icon: PencilLine, tone: "wait", meaning: "A person has corrected the result" },
  answer: { icon: MessageSquareText, tone: "wait", meaning: "A person answered otherwise" },
  outside_world: { icon: Globe, tone: "wait", meaning: "Made of the same, and another result" },
  chance: { icon: Dices, tone: "wait", meaning: "A model that was asked the same answered otherwise" },
  reused: { icon: Repeat2, tone: "wait", meaning: "The result was taken over from elsewhere" },
  not_reached: { icon: Hourglass, tone: "idle", meaning: "One of the runs has not come this far" },
};

export function OriginChip({ ingredient }: { ingredient: Pick<Ingredient, "kind" | "name"> }) {
  const { icon: Icon, tone, meaning } = LOOKS[ingredient.kind];
  return (
    <Badge tone={tone} title={meaning} wraps>
      <Icon aria-hidden className="shrink-0" /> {ingredient.name}
    </Badge>
  );
}

export function Origins({ origins }: { origins: Origin[] }) {
  return (
    <ul className="mt-3 divide-y rounded-lg border">
      {origins.map((origin) => (
        <li
          key={`${origin.name} ${JSON.stringify(origin.steps[0])}`}
          className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-3 py-2 text-[0.8125rem]"
        >
          <OriginChip ingredient={origin} />
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <Side ingredient={origin} value={origin.left} />
            <span className="text-ink-faint">→</span>
            <Side ingredient={origin} value={origin.right} />
          </span>
          <span className="ml-auto text-xs text-ink-faint max-md:ml-0">
            {origin.detail && `${origin.detail} · `}
            {origin.steps.length === 0
              ? "without effect on a step"
              : `at ${origin.steps.length === 1 ? "step" : "steps"} ${origin.steps
                  .map(({ left, right }) => left ?? `${right} of the right run`)
                  .join(", ")}`}
          </span>
        </li>
      ))}
    </ul>
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
