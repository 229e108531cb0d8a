/** Chooses two versions of a skill and shows what differs. */
import { Panel } from "@/components/panel";
import type { components } from "@/lib/schema";
import { shortTime } from "@/lib/time";
import { VersionDiff } from "./version-diff";

type Version = components["schemas"]["SkillVersion"];

interface CompareVersionsProps {
  name: string;
  /** The newest first, at least two. */
  versions: Version[];
  /** The version that the page shows. */
  shown: string;
  left: string | undefined;
  right: string | undefined;
  onChoose: (chosen: { left: string; right: string }) => void;
}

export function CompareVersions({ name, versions, shown, left, right, onChoose }: CompareVersionsProps) {
  const after = right ?? shown;
  const before = left ?? earlier(versions, after);
  return (
    <Panel title="What has changed">
      <div className="space-y-4 p-5 max-md:p-4">
        <div className="grid items-center gap-2 text-[0.8125rem] md:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
          <Choice
            label="From version"
            versions={versions}
            chosen={before}
            onChoose={(digest) => onChoose({ left: digest, right: after })}
          />
          <span className="text-ink-faint">to</span>
          <Choice
            label="To version"
            versions={versions}
            chosen={after}
            onChoose={(digest) => onChoose({ left: before, right: digest })}
          />
        </div>
        <VersionDiff name={name} left={before} right={after} />
      </div>
    </Panel>
  );
}

/** The version before one; of the first, the one after it. */
function earlier(versions: Version[], digest: string): string {
  const at = versions.findIndex((version) => version.digest === digest);
  return (versions[at + 1] ?? versions[at - 1])?.digest ?? digest;
}

interface ChoiceProps {
  label: string;
  versions: Version[];
  chosen: string;
  onChoose: (digest: string) => void;
}

function Choice({ label, versions, chosen, onChoose }: ChoiceProps) {
  const full = versions.find(({ digest }) => digest.startsWith(chosen))?.digest ?? chosen;
  return (
    <select
      aria-label={label}
      value={full}
      onChange={(event) => onChoose(event.target.value)}
      className="h-9 min-w-0 rounded-lg border bg-surface px-2 font-mono text-xs shadow-card hover:border-line-strong/60"
    >
      {versions.every(({ digest }) => digest !== full) && <option value={full}>{full}</option>}
      {versions.map(({ digest, created_at, current }) => (
        <option key={digest} value={digest}>
          {digest.slice(0, 8)} · {current ? "current · " : ""}
          {shortTime(Date.parse(created_at))}
        </option>
      ))}
    </select>
  );
}
