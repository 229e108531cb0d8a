/** The skills of the catalogue: a table on wide screens, cards on small ones. */
import { Link } from "@tanstack/react-router";
import type { SkillActivity } from "@/lib/api/skills";
import { Activity } from "./activity";
import type { CatalogueRow } from "./catalogue";
import { DiagnosticLine } from "./diagnostics";
import { EffectsLabel, ExecutorLabel, Flow } from "./labels";
import { PinButton } from "./pin-button";

const CELL = "px-3 py-3 align-top max-md:p-0";
const FEW = 2;

interface SkillsTableProps {
  rows: CatalogueRow[];
  /** Null while it is not known. */
  activity: SkillActivity | null;
  /** What the column of the activity is called: over which time it is. */
  since: string;
  pins: readonly string[];
  onPin: (name: string) => void;
}

export function SkillsTable({ rows, activity, since, pins, onPin }: SkillsTableProps) {
  const done = new Map(activity?.items.map((item) => [item.name, item]));
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-12">
            Skill
          </th>
          <th scope="col">Kind</th>
          <th scope="col">Effects</th>
          <th scope="col" className="!pr-5">
            {since}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {rows.map((row) => (
          <tr
            key={row.skill.name}
            data-skill={row.skill.name}
            className="transition-colors hover:bg-hover max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-4 max-md:gap-y-2 max-md:px-4 max-md:py-4"
          >
            <td className={`${CELL} md:w-full md:max-w-0 md:pl-3 max-md:w-full`}>
              <Named row={row} pinned={pins.includes(row.skill.name)} onPin={onPin} />
            </td>
            <td className={`${CELL} whitespace-nowrap`}>
              <ExecutorLabel executor={row.skill.executor} />
            </td>
            <td className={`${CELL} whitespace-nowrap`}>
              <EffectsLabel effects={row.skill.effects} />
            </td>
            <td className={`${CELL} md:min-w-44 md:pr-5 max-md:w-full`}>
              {activity && <span className="mb-1 block text-xs text-ink-faint md:hidden">{since}</span>}
              {activity && <Activity item={done.get(row.skill.name)} window={activity} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface NamedProps {
  row: CatalogueRow;
  pinned: boolean;
  onPin: (name: string) => void;
}

function Named({ row: { skill, problems }, pinned, onPin }: NamedProps) {
  return (
    <div className="flex items-start gap-2">
      <PinButton name={skill.name} on={pinned} onToggle={() => onPin(skill.name)} />
      <div className="min-w-0 grow">
        <Link
          to="/skills/$name"
          params={{ name: skill.name }}
          className="font-medium break-words hover:text-accent"
        >
          {skill.name}
        </Link>
        <p className="mt-0.5 line-clamp-2 text-[0.8125rem] text-ink-soft">{skill.description}</p>
        <Flow skill={skill} />
        {skill.source && (
          <p className="mt-1 truncate font-mono text-2xs text-ink-faint" title={skill.source} dir="rtl">
            <bdi>{skill.source}</bdi>
          </p>
        )}
        {problems.length > 0 && (
          <ul aria-label={`What the loader says about ${skill.name}`} className="mt-2 space-y-1.5">
            {problems.slice(0, FEW).map((item) => (
              <DiagnosticLine key={`${item.file}:${item.line}:${item.code}:${item.message}`} item={item} />
            ))}
            {problems.length > FEW && (
              <li className="pl-6 text-xs text-ink-faint">
                and{" "}
                <Link
                  to="/skills/$name"
                  params={{ name: skill.name }}
                  className="underline hover:text-accent"
                >
                  {problems.length - FEW} more
                </Link>
              </li>
            )}
          </ul>
        )}
      </div>
    </div>
  );
}
