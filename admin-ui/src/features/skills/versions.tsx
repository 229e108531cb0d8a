/** All versions of a skill, the newest first, each with the way to its runs. */
import { Link } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { Badge } from "@/components/badge";
import { Panel } from "@/components/panel";
import { When } from "@/components/when";
import type { SkillVersion } from "@/lib/api/skills";
import { cx } from "@/lib/class-names";

interface VersionsProps {
  name: string;
  shown: string;
  versions: SkillVersion[];
}

export function Versions({ name, shown, versions }: VersionsProps) {
  return (
    <Panel title={versions.length === 1 ? "1 version" : `${versions.length} versions`}>
      <ul className="max-h-[32rem] overflow-y-auto p-2">
        {versions.map(({ digest, created_at, current }) => (
          <li
            key={digest}
            className={cx(
              "flex items-center gap-1 rounded-lg pr-1 hover:bg-hover",
              digest === shown && "bg-accent-soft",
            )}
          >
            <Link
              to="/skills/$name"
              params={{ name }}
              search={current ? { part: "versions" } : { part: "versions", version: digest }}
              aria-current={digest === shown ? "true" : undefined}
              className={cx(
                "flex min-w-0 grow items-center gap-2 px-3 py-2",
                digest === shown && "text-accent",
              )}
            >
              <code className="font-mono text-xs">{digest.slice(0, 12)}</code>
              {current && <Badge tone="good">current</Badge>}
              <span className="grow text-right text-xs text-ink-faint">
                <When at={created_at} />
              </span>
            </Link>
            <Link
              to="/skills/$name"
              params={{ name }}
              search={{ part: "runs", used: digest }}
              title="Runs that used this version"
              aria-label={`Runs that used ${digest.slice(0, 12)}`}
              className="rounded-md p-1.5 text-ink-faint hover:bg-surface hover:text-accent"
            >
              <ListChecks className="size-4" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
