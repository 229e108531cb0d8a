/** The record of what one thing did, narrowed by what came of it, a page at a time. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";
import { Choices } from "./choices";
import { LoadingRows } from "./empty";
import { Pager } from "./pager";
import { Panel } from "./panel";
import { ProblemNotice } from "./problem-notice";

interface RecordPanelProps<T, S extends string> {
  title: string;
  /** What the choices are about. */
  label: string;
  choices: { value: S; word: string; meaning?: string; count?: number }[];
  chosen: S[];
  onToggle: (value: S | null) => void;
  found: UseQueryResult<{ items: T[]; next_cursor: string | null }>;
  cursor: string | undefined;
  /** Said where nothing is there at all, and where nothing matches. */
  none: string;
  noMatch: string;
  children: (items: T[]) => ReactNode;
}

export function RecordPanel<T, S extends string>({ found, ...props }: RecordPanelProps<T, S>) {
  const items = found.data?.items ?? [];
  const none = found.isSuccess && items.length === 0 && !found.isPlaceholderData;
  return (
    <Panel
      title={props.title}
      className={cx("min-w-0", found.isPlaceholderData && "opacity-60 transition-opacity")}
    >
      <div className="border-b px-4 py-1.5">
        <Choices
          label={props.label}
          all
          choices={props.choices}
          chosen={props.chosen}
          onToggle={props.onToggle}
        />
      </div>
      {found.isPending && <LoadingRows rows={3} />}
      {found.isError && items.length === 0 && (
        <div className="p-4">
          <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
        </div>
      )}
      {none && (
        <p className="px-5 py-8 text-center text-ink-soft">
          {props.chosen.length > 0 ? props.noMatch : props.none}
        </p>
      )}
      {items.length > 0 && props.children(items)}
      <Pager cursor={props.cursor} next={found.data?.next_cursor ?? null} />
    </Panel>
  );
}
