/** What a skill requires and produces, and how it is carried out. */
import type { ReactNode } from "react";
import { Value } from "@/components/value";
import type { SkillDetail } from "@/lib/api";
import type { Json, JsonObject } from "@/lib/json";
import { EffectsLabel, ExecutorLabel, Paths } from "./labels";

/** Shown in rows of their own above, or with their words. */
const SHOWN = new Set([
  "executor",
  "requires",
  "optional",
  "produces",
  "may_produce",
  "effects",
  "says_effects",
  "approval",
]);

export function ContractTable({ skill }: { skill: SkillDetail }) {
  const contract = skill.contract as JsonObject;
  const rest = Object.entries(contract).filter(([key, value]) => !SHOWN.has(key) && says(value));
  return (
    <table className="w-full table-fixed border-collapse text-left">
      <tbody className="divide-y">
        <Row name="Executor">
          <ExecutorLabel executor={skill.executor} />
        </Row>
        <Row name="Requires">
          <Paths paths={skill.requires} optional={skill.optional} />
        </Row>
        <Row name="Produces">
          <Paths paths={skill.produces} optional={skill.may_produce} />
        </Row>
        <Row name="Effects">
          <EffectsLabel effects={skill.effects} />
          {contract.says_effects === false && (
            <span className="ml-2 text-xs text-ink-faint">
              by default: the skill says nothing about effects
            </span>
          )}
        </Row>
        <Row name="Approval">
          {skill.approval === "none" ? "not needed" : `${skill.approval} it is carried out`}
        </Row>
        {rest.map(([key, value]) => (
          <Row key={key} name={wordFor(key)}>
            <Value value={value} />
          </Row>
        ))}
      </tbody>
    </table>
  );
}

/** Whether a part of the contract says anything; defaults that say "no" are left out. */
function says(value: Json): boolean {
  return value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
}

function wordFor(key: string): string {
  const words = key.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <tr className="align-top">
      <th scope="row" className="w-36 py-2.5 pr-3 pl-5 font-normal text-ink-faint max-md:w-28 max-md:pl-4">
        {name}
      </th>
      <td className="min-w-0 py-2.5 pr-5 break-words max-md:pr-4">{children}</td>
    </tr>
  );
}
