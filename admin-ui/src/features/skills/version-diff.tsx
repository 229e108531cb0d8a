/** What differs between two versions of a skill, file by file. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Badge } from "@/components/badge";
import { LoadingRows } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import type { FileDifference } from "@/lib/api";
import { cx } from "@/lib/class-names";
import type { Tone } from "@/lib/status";
import { skillDiffOptions } from "@/queries/skills";
import { linesOf } from "./hunks";

interface VersionDiffProps {
  name: string;
  /** Digests, or their beginnings from eight characters on. */
  left: string;
  right: string;
}

/** Asks for the difference and shows it; stands alone, so that any page or dialog can use it. */
export function VersionDiff({ name, left, right }: VersionDiffProps) {
  const diff = useQuery(skillDiffOptions(name, left, right));
  if (diff.isPending) return <LoadingRows rows={2} />;
  if (diff.isError) return <ProblemNotice error={diff.error} onRetry={() => void diff.refetch()} />;
  if (diff.data.files.length === 0) return <p className="text-ink-soft">The two versions are the same.</p>;
  return (
    <div className="space-y-3">
      {diff.data.files.map((file) => (
        <FileDiff key={file.path} file={file} />
      ))}
    </div>
  );
}

const CHANGES: Record<FileDifference["change"], Tone> = { added: "good", removed: "bad", changed: "idle" };

function FileDiff({ file }: { file: FileDifference }) {
  return (
    <section aria-label={file.path} className="overflow-hidden rounded-lg border">
      <header className="flex flex-wrap items-center gap-2 border-b bg-sunken px-3 py-2">
        <code className="min-w-0 font-mono text-xs font-medium break-all">{file.path}</code>
        <Badge tone={CHANGES[file.change]}>{file.change}</Badge>
        {file.executable !== null && (
          <Badge tone="wait">{file.executable ? "can be run now" : "can no longer be run"}</Badge>
        )}
        <span className="ml-auto text-xs tabular">
          {file.added !== null && <span className="text-good">+{file.added}</span>}{" "}
          {file.removed !== null && <span className="text-bad">−{file.removed}</span>}
        </span>
      </header>
      {file.text === null ? (
        <Unshown>
          {file.binary ? "Not a text" : "Too large to show"}: {sizesOf(file)}
        </Unshown>
      ) : file.text === "" ? (
        <Unshown>The text is the same.</Unshown>
      ) : (
        <Hunks text={file.text} />
      )}
    </section>
  );
}

function Unshown({ children }: { children: ReactNode }) {
  return <p className="px-3 py-2 text-[0.8125rem] text-ink-faint">{children}</p>;
}

function sizesOf({ left_size, right_size }: FileDifference): string {
  return [left_size, right_size]
    .filter((size) => size !== null)
    .map((size) => `${size.toLocaleString("en")} bytes`)
    .join(" → ");
}

/** The sign stands beside the colour, so that neither is needed alone. */
const LOOKS: Record<string, string> = {
  "+": "bg-good-soft text-good",
  "-": "bg-bad-soft text-bad",
  "@": "bg-busy-soft text-busy",
  "\\": "text-ink-faint italic",
};

const NUMBER = "w-9 shrink-0 pr-2 text-right text-ink-faint select-none";

function Hunks({ text }: { text: string }) {
  return (
    <pre className="max-h-[40rem] overflow-auto py-1 font-mono text-xs leading-5">
      <code className="block w-max min-w-full">
        {linesOf(text).map(({ sign, text: said, before, after }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines stand where they stand, and may be equal
          <span key={index} className={cx("flex pr-3", LOOKS[sign])}>
            <span className={NUMBER} aria-hidden>
              {before}
            </span>
            <span className={NUMBER} aria-hidden>
              {after}
            </span>
            <span>{sign === "@" || sign === "\\" ? said : `${sign} ${said}`}</span>
          </span>
        ))}
      </code>
    </pre>
  );
}
