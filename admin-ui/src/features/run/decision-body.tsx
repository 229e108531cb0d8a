/** What the planner answered: what it chose, what is missing, what it left out. */
import type { Step } from "@/lib/api";
import { namesIn } from "./decision";
import { None, Part } from "./part";

export function DecisionBody({ step }: { step: Step }) {
  const outputs = step.outputs ?? {};
  const parts = [
    { title: "Chosen", names: namesIn(outputs.run) },
    { title: "Missing", names: namesIn(outputs.missing) },
    { title: "Could have run, not asked for", names: namesIn(outputs.not_asked_for) },
  ].filter(({ names }) => names.length > 0);
  if (parts.length === 0 && !outputs.finish && !outputs.give_up) {
    return <None>{step.finished_at ? "It chose nothing." : "Not decided yet."}</None>;
  }
  return parts.map(({ title, names }) => (
    <Part key={title} title={title}>
      <ul className="flex flex-wrap gap-1.5">
        {names.map((name) => (
          <li key={name} className="rounded-md bg-idle-soft px-1.5 py-0.5 font-mono text-xs break-all">
            {name}
          </li>
        ))}
      </ul>
    </Part>
  ));
}
