/** What may be done with a run as it stands, by the rules of its state: undefined, or why not. */
import type { RunDetail } from "@/lib/api";
import { isFinal } from "@/lib/status";

/** Lists don't know more than the status. */
type Run = Pick<RunDetail, "status"> & Partial<Pick<RunDetail, "cancellable" | "cancel_requested">>;

export function cancelNot({ status, cancellable, cancel_requested: asked }: Run): string | undefined {
  if (cancellable) return undefined;
  if (isFinal(status)) return "It has ended";
  if (asked) return "It is being cancelled";
  if (status === "recorded") return "It was never started";
  return cancellable === undefined ? undefined : "It can't be cancelled now";
}

export function deleteNot({ status }: Run): string | undefined {
  return isFinal(status) || status === "recorded" ? undefined : "It has not ended; cancel it first";
}
