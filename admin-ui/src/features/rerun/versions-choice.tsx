/** Which skill versions the rerun uses: today's, those of the run, or one chosen for a skill. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Badge } from "@/components/badge";
import { VersionDiff } from "@/features/skills/version-diff";
import { absoluteTime } from "@/lib/time";
import { skillVersionsOptions } from "@/queries/skills";
import type { Choice } from "./choice";
import { Radios } from "./radios";
import { Select } from "./select";

/** A skill of the run, with the version that carried it out and today's. */
export interface UsedSkill {
  name: string;
  recorded: string;
  /** null: there is no such skill any more. */
  today: string | null;
}

interface VersionsChoiceProps {
  choice: Choice;
  skills: UsedSkill[];
  onChange: (part: Partial<Choice>) => void;
  error?: string;
}

export function VersionsChoice({ choice, skills, onChange, error }: VersionsChoiceProps) {
  const differing = skills.filter(({ recorded, today }) => recorded !== today);
  const all = choice.versions ?? (choice.preset === "audit-replay" ? "pinned" : "latest");
  const same = skills.filter((skill) => !differing.includes(skill));
  const put = (name: string, digest: string) => {
    const { [name]: _, ...rest } = choice.chosen;
    onChange({ chosen: digest === "" ? rest : { ...rest, [name]: digest } });
  };
  const one = (skill: UsedSkill) => (
    <OneSkill
      key={skill.name}
      skill={skill}
      chosen={choice.chosen[skill.name] ?? ""}
      used={choice.chosen[skill.name] ?? (all === "pinned" ? skill.recorded : skill.today)}
      onChoose={put}
    />
  );
  return (
    <div className="space-y-3">
      <Radios
        label="All skills"
        columns
        options={[
          { value: "latest", word: "Latest", meaning: "As the folders are when it starts" },
          { value: "pinned", word: "As in the run", meaning: "The versions it was carried out with" },
        ]}
        chosen={all}
        onChoose={(versions) => onChange({ versions })}
        error={error}
      />
      <p className="text-[0.8125rem] text-ink-soft">
        {differing.length === 0
          ? "No skill of this run has changed since."
          : `${differing.length} ${differing.length === 1 ? "skill has" : "skills have"} changed since.`}
      </p>
      {differing.map(one)}
      {same.length > 0 && (
        <details className="text-[0.8125rem]">
          <summary className="cursor-pointer text-ink-soft hover:text-ink">
            Choose a version of{" "}
            {same.length === 1 ? same[0]?.name : `one of ${same.length} skills that have not changed`}
          </summary>
          <div className="mt-2 space-y-3">{same.map(one)}</div>
        </details>
      )}
    </div>
  );
}

interface OneSkillProps {
  skill: UsedSkill;
  chosen: string;
  /** The version that would carry it out; null: there is none. */
  used: string | null;
  onChoose: (name: string, digest: string) => void;
}

function OneSkill({ skill, chosen, used, onChoose }: OneSkillProps) {
  const { name, recorded } = skill;
  return (
    <div className="space-y-1.5">
      <VersionOf skill={skill} chosen={chosen} onChoose={onChoose} />
      {used !== recorded && (
        <>
          <div className="flex flex-wrap items-center gap-2 text-xs text-ink-soft">
            <Badge tone="wait">another version than in the run</Badge>
            <code className="font-mono">{recorded.slice(0, 12)}</code> →{" "}
            {used ? <code className="font-mono">{used.slice(0, 12)}</code> : "gone"}
            <Link
              to="/skills/$name"
              params={{ name }}
              target="_blank"
              className="text-accent hover:underline"
            >
              Look at the skill
            </Link>
          </div>
          {used && <Difference key={used} name={name} left={recorded} right={used} />}
        </>
      )}
    </div>
  );
}

interface VersionOfProps {
  skill: UsedSkill;
  chosen: string;
  onChoose: (name: string, digest: string) => void;
}

/** What has changed between two versions; asked for only when somebody wants to see it. */
function Difference({ name, left, right }: { name: string; left: string; right: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="text-[0.8125rem]" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer text-accent">What has changed</summary>
      {open && <VersionDiff name={name} left={left} right={right} />}
    </details>
  );
}

function VersionOf({ skill, chosen, onChoose }: VersionOfProps) {
  const versions = useQuery(skillVersionsOptions(skill.name));
  const known = versions.data?.items ?? [];
  const said = (digest: string) =>
    [digest === skill.recorded && "of the run", digest === skill.today && "today's"]
      .filter(Boolean)
      .join(", ");
  return (
    <Select
      label={skill.name}
      value={chosen}
      onChange={(digest) => onChoose(skill.name, digest)}
      options={[
        { value: "", word: "as chosen for all" },
        ...known.map(({ digest, created_at }) => ({
          value: digest,
          word: [digest.slice(0, 12), absoluteTime(Date.parse(created_at)), said(digest)]
            .filter(Boolean)
            .join(" · "),
        })),
      ]}
    />
  );
}
