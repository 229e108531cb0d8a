/** Another run of the family to measure the right one by: the one it repeats, the first, or any other. */
import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown } from "lucide-react";
import { Menu, MenuItem } from "@/components/menu";
import { StatusIcon, TONE_INK } from "@/components/status-pill";
import { presetWord, shortName } from "@/features/family/naming";
import type { ComparedRun, LineageItem } from "@/lib/api";
import { STATUS } from "@/lib/status";
import { relativeTime } from "@/lib/time";
import { lineageOptions } from "@/queries/runs";
import type { Pair } from "./compared-heads";

/** The newest so many; the family of the run shows all. */
const MOST = 15;

interface BaselineMenuProps {
  left: ComparedRun;
  right: ComparedRun;
  onChoose: (pair: Pair) => void;
}

export function BaselineMenu({ left, right, onChoose }: BaselineMenuProps) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          title="Measure the right run by another run of its family"
          className="inline-flex items-center gap-1 rounded font-medium text-accent hover:underline"
        >
          Other baseline <ChevronsUpDown aria-hidden className="size-3" />
        </button>
      }
    >
      <Family right={right} left={left.thread_id} onChoose={onChoose} />
    </Menu>
  );
}

function Family({
  right,
  left,
  onChoose,
}: {
  right: ComparedRun;
  left: string;
  onChoose: (pair: Pair) => void;
}) {
  const lineage = useQuery(lineageOptions(right.thread_id));
  if (!lineage.data) {
    return (
      <p className="px-2.5 py-1.5 text-[0.8125rem]">
        {lineage.isError ? "The family can't be read now" : "…"}
      </p>
    );
  }
  const { items, root_thread_id: root } = lineage.data;
  const others = items.filter((run) => !run.deleted_at && run.thread_id !== right.thread_id);
  const first = others.filter(({ thread_id }) => thread_id === right.parent_thread_id || thread_id === root);
  const rest = others
    .filter((run) => !first.includes(run))
    .reverse()
    .slice(0, MOST);
  if (others.length === 0) {
    return <p className="px-2.5 py-1.5 text-[0.8125rem] text-ink-soft">It has no other run in its family</p>;
  }
  return [...first.reverse(), ...rest].map((run) => (
    <MenuItem
      key={run.thread_id}
      icon={<Status run={run} />}
      not={run.thread_id === left ? "It stands on the left now" : undefined}
      onChoose={() => onChoose({ left: run.thread_id, right: right.thread_id })}
    >
      <span className="flex min-w-0 grow items-baseline justify-between gap-4">
        <span className="font-medium">
          {run.parent_thread_id ? shortName(run.thread_id, root) : "First run"}
          {run.thread_id === right.parent_thread_id && <span className="text-ink-soft">, its parent</span>}
        </span>
        <span className="text-xs text-ink-soft">
          {run.parent_thread_id && `${presetWord(run)}, `}
          {relativeTime(Date.parse(run.created_at), Date.now())}
        </span>
      </span>
    </MenuItem>
  ));
}

function Status({ run: { status } }: { run: LineageItem }) {
  if (!status) return null;
  const { word, tone } = STATUS[status];
  return (
    <span title={word} className={TONE_INK[tone]}>
      <StatusIcon status={status} />
      <span className="sr-only">{word}</span>
    </span>
  );
}
