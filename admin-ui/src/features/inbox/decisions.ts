/** Decisions as people read them, and which of them many items can take at once. */
import type { Decision } from "@/lib/api";
import type { Wait } from "@/lib/api/waits";

export type DecisionName = NonNullable<Decision["decision"]>;

/** What somebody did who decided so. */
export const DID: Record<string, string> = {
  approve: "Approved",
  reject: "Rejected",
  happened: "It had happened",
  not_happened: "It had not happened",
  stop: "The run was stopped",
};

export interface Shared {
  decision: DecisionName;
  word: string;
  danger: boolean;
}

/** The answers that all these items can take without more being said; none, with the reason, where they differ. */
export function sharedDecisions(waits: Wait[]): { shared: Shared[]; why?: string } {
  const [first] = waits;
  if (!first) return { shared: [] };
  if (waits.some(({ reason }) => reason !== first.reason))
    return { shared: [], why: "They wait for different reasons; select those that are alike." };
  if (first.reason === "in_doubt") {
    const why = "What did happen needs its result: open them one by one.";
    return {
      shared: [
        { decision: "not_happened", word: "None of it happened", danger: false },
        { decision: "stop", word: "Stop the runs", danger: true },
      ],
      why,
    };
  }
  const no: Shared = { decision: "reject", word: "Reject", danger: true };
  if (waits.some(({ asks }) => asks.form)) {
    return { shared: [no], why: "Some have a form: approve those one by one." };
  }
  const word = first.reason === "consent" ? "Do them again" : "Approve";
  return { shared: [{ decision: "approve", word, danger: false }, no] };
}
