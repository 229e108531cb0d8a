/** The policies: each with its rule in words and what it has done. */
import { Link } from "@tanstack/react-router";
import { OctagonPause } from "lucide-react";
import { Badge } from "@/components/badge";
import { type Mark, Marks } from "@/components/marks";
import { Pill } from "@/components/pill";
import type { Policy, PolicyAnswerItem } from "@/lib/api/policies";
import { absoluteTime } from "@/lib/time";
import { ANSWER, ANSWERS, ENABLED } from "./answer-state";
import { policySentence } from "./sentence";

const CELL = "px-3 py-3 align-top max-md:p-0";

export function PoliciesTable({ policies }: { policies: Policy[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Policy
          </th>
          <th scope="col">State</th>
          <th scope="col" className="!pr-5">
            What it did about failed runs
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {policies.map((policy) => (
          <tr
            key={policy.id}
            data-policy={policy.id}
            className="transition-colors hover:bg-hover max-md:grid max-md:gap-y-2 max-md:px-4 max-md:py-4"
          >
            <td className={`${CELL} md:pl-5`}>
              <Link
                to="/policies/$policyId"
                params={{ policyId: policy.id }}
                className="font-medium break-words hover:text-accent"
              >
                {policy.name}
              </Link>
              <p className="mt-0.5 text-[0.8125rem] break-words text-ink-soft">{policySentence(policy)}</p>
            </td>
            <td className={`${CELL} md:w-44`}>
              <Pill look={ENABLED[policy.enabled ? "on" : "off"]} state={policy.enabled ? "on" : "off"} />
              {!policy.enabled && policy.note && (
                <p className="mt-1 text-xs break-words text-ink-soft">“{policy.note}”</p>
              )}
              <Resting policy={policy} />
            </td>
            <td className={`${CELL} md:w-72 md:pr-5`}>
              <Counts policy={policy} />
              <div className="mt-2">
                <Marks label="What it did last" marks={policy.recent.map(markOf)} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function markOf({ failed, answer, at, thread_id, reason }: PolicyAnswerItem): Mark {
  const said = `${absoluteTime(Date.parse(at))}: ${ANSWER[answer].word}`;
  return {
    key: failed,
    text: reason ? `${said}, ${reason}` : said,
    tone: ANSWER[answer].tone,
    low: answer === "left",
    run: thread_id ?? failed,
  };
}

/** Skills whose breaker is not closed. */
function Resting({ policy }: { policy: Policy }) {
  const resting = policy.breakers.filter(({ state }) => state !== "closed");
  if (resting.length === 0) return null;
  return (
    <div className="mt-1">
      <Badge tone="bad" title={resting.map(({ skill }) => skill ?? "no skill").join(", ")}>
        <OctagonPause aria-hidden /> {resting.length} {resting.length === 1 ? "skill rests" : "skills rest"}
      </Badge>
    </div>
  );
}

export function Counts({ policy }: { policy: Policy }) {
  const known = ANSWERS.filter((answer) => (policy.answers[answer] ?? 0) > 0);
  if (known.length === 0) return <span className="text-[0.8125rem] text-ink-faint">nothing yet</span>;
  return (
    <ul className="flex flex-wrap gap-1">
      {known.map((answer) => (
        <li key={answer}>
          <Badge tone={ANSWER[answer].tone} title={ANSWER[answer].meaning}>
            {(policy.answers[answer] ?? 0).toLocaleString("en")} {ANSWER[answer].word.toLowerCase()}
          </Badge>
        </li>
      ))}
    </ul>
  );
}
