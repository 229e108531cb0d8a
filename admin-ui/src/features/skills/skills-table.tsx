/** The skills of the catalogue. */
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import type { Skill } from "@/lib/api";
import { EffectsLabel, ExecutorLabel, Paths } from "./labels";

export function SkillsTable({ skills }: { skills: Skill[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Skill
          </th>
          <th scope="col">Executor</th>
          <th scope="col">Requires</th>
          <th scope="col">Produces</th>
          <th scope="col" className="!pr-5">
            Effects
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {skills.map((skill) => (
          <tr
            key={skill.name}
            className="align-top transition-colors hover:bg-hover max-md:grid max-md:gap-2 max-md:px-4 max-md:py-4 md:[&>td]:px-3 md:[&>td]:py-3.5"
          >
            <td className="md:w-[34%] md:!pl-5">
              <Link
                to="/skills/$name"
                params={{ name: skill.name }}
                className="font-medium hover:text-accent"
              >
                {skill.name}
              </Link>
              {(skill.errors > 0 || skill.warnings > 0) && (
                <span className="ml-2 inline-flex items-center gap-1 align-middle text-xs text-wait">
                  <CircleAlert className="size-3.5" aria-hidden />
                  {skill.errors + skill.warnings}
                  <span className="sr-only">diagnostics</span>
                </span>
              )}
              <p className="mt-0.5 line-clamp-2 text-[0.8125rem] text-ink-soft">{skill.description}</p>
            </td>
            <td>
              <ExecutorLabel executor={skill.executor} />
            </td>
            <td className="md:w-[22%]">
              <span className="text-xs text-ink-faint md:hidden">Requires </span>
              <Paths paths={skill.requires} optional={skill.optional} />
            </td>
            <td className="md:w-[22%]">
              <span className="text-xs text-ink-faint md:hidden">Produces </span>
              <Paths paths={skill.produces} optional={skill.may_produce} />
            </td>
            <td className="md:!pr-5">
              <EffectsLabel effects={skill.effects} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
