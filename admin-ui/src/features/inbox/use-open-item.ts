/**
 * The open item: of the page in sight, or else what its link leads to, answered by now or not. Without a link the
 * first of the list; it stays open when somebody else answers it, so that nobody answers another one by mistake.
 */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Wait } from "@/lib/api/waits";
import { waitListOptions } from "@/queries/waits";
import { keyOf } from "./inbox-search";

interface Link {
  run?: string | undefined;
  step?: string | undefined;
}

/** What is listed. */
interface Listed {
  items: readonly Wait[];
  /** By which filter, and which page of it. */
  by: string;
  /** Whether it is that already, and not still what was listed before. */
  isNew: boolean;
}

interface OpenItem {
  wait: Wait | undefined;
  /** Its link leads to something that neither waits nor was answered. */
  isGone: boolean;
  /** Another one, or again the first, comes up where no link says which. */
  hold: (key: string | undefined) => void;
}

export function useOpenItem({ run, step }: Link, { items, by, isNew }: Listed): OpenItem {
  const [held, setHeld] = useState<{ by: string; key: string | undefined }>();
  const hold = (key: string | undefined) => setHeld({ by, key });
  const linked = run !== undefined && step !== undefined;
  const first = items[0] && keyOf(items[0]);
  const mine = held?.by === by ? held.key : undefined;
  if (!linked && isNew && mine === undefined && first !== undefined) hold(first);
  const wanted = linked ? keyOf({ thread_id: run, step: Number(step) }) : (mine ?? first);
  const is = (wait: Wait) => keyOf(wait) === wanted;
  const here = items.find(is);
  const elsewhere = wanted !== undefined && !here;
  const filter = { thread_id: wanted?.slice(0, wanted.lastIndexOf("/")) ?? "" };
  const open = useQuery({ ...waitListOptions(filter), placeholderData: undefined, enabled: elsewhere });
  const answered = useQuery({
    ...waitListOptions({ ...filter, state: "answered" }),
    placeholderData: undefined,
    enabled: elsewhere,
  });
  if (!elsewhere) return { wait: here, isGone: false, hold };
  const wait = open.data?.items.find(is) ?? answered.data?.items.find(is);
  return { wait, isGone: !wait && open.isSuccess && answered.isSuccess, hold };
}
