/** All versions of a skill, the newest first. */
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/badge";
import { Panel } from "@/components/panel";
import { When } from "@/components/when";
import { cx } from "@/lib/class-names";
import type { components } from "@/lib/schema";

interface VersionsProps {
  name: string;
  shown: string;
  versions: components["schemas"]["SkillVersion"][];
}

export function Versions({ name, shown, versions }: VersionsProps) {
  return (
    <Panel title="Versions">
      <ul className="p-2">
        {versions.map(({ digest, created_at, current }) => (
          <li key={digest}>
            <Link
              to="/skills/$name"
              params={{ name }}
              search={current ? {} : { version: digest }}
              aria-current={digest === shown ? "true" : undefined}
              className={cx(
                "flex items-center gap-2 rounded-lg px-3 py-2 hover:bg-hover",
                digest === shown && "bg-accent-soft text-accent",
              )}
            >
              <code className="font-mono text-xs">{digest.slice(0, 12)}</code>
              <span className="grow text-right text-xs text-ink-faint">
                <When at={created_at} />
              </span>
              {current && <Badge tone="good">current</Badge>}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
