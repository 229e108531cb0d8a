/** The open item: of the page in sight, or else what its link leads to, answered by now or not. */
import { useQuery } from "@tanstack/react-query";
import type { Wait } from "@/lib/api/waits";
import { waitListOptions } from "@/queries/waits";

interface OpenItem {
  wait: Wait | undefined;
  /** Its link leads to something that neither waits nor was answered. */
  isGone: boolean;
}

export function useOpenItem(
  items: readonly Wait[],
  run: string | undefined,
  step: string | undefined,
): OpenItem {
  const is = ({ thread_id, step: seq }: Wait) => thread_id === run && String(seq) === step;
  const linked = run !== undefined && step !== undefined;
  const here = linked ? items.find(is) : items[0];
  const elsewhere = linked && !here;
  const filter = { thread_id: run ?? "" };
  const open = useQuery({ ...waitListOptions(filter), placeholderData: undefined, enabled: elsewhere });
  const answered = useQuery({
    ...waitListOptions({ ...filter, state: "answered" }),
    placeholderData: undefined,
    enabled: elsewhere,
  });
  if (!elsewhere) return { wait: here, isGone: false };
  const wait = open.data?.items.find(is) ?? answered.data?.items.find(is);
  return { wait, isGone: !wait && open.isSuccess && answered.isSuccess };
}
