/** The inbox as it stands in the URL: what is listed, and which of it is open. */
import type { Wait, WaitFilter } from "@/lib/api/waits";
import { oneOf, textsOf, wordsOf } from "@/lib/search";

export interface InboxSearch {
  /** `answered`: what was answered, instead of what waits. */
  state?: string;
  /** Why it waits, separated by commas. */
  reason?: string;
  skill?: string;
  q?: string;
  cursor?: string;
  /** The open item: its run and its step. */
  run?: string;
  step?: string;
}

export const REASONS = ["approval", "consent", "in_doubt"] as const;
export type InboxReason = (typeof REASONS)[number];

export const REASON: Record<InboxReason, { word: string; meaning: string }> = {
  approval: { word: "Approval", meaning: "Somebody has to agree, or fill in a form" },
  consent: { word: "Repetition", meaning: "It was done before: shall it be done again?" },
  in_doubt: { word: "In doubt", meaning: "Nobody can tell whether it happened" },
};

export function validInboxSearch(search: Record<string, unknown>): InboxSearch {
  const texts = textsOf(search, ["reason", "skill", "q", "cursor", "run", "step"]);
  return { ...texts, state: oneOf(search.state, ["answered"]) };
}

export function inboxFilter({ state, reason, skill, q }: InboxSearch): WaitFilter {
  const reasons = wordsOf(reason, REASONS);
  return {
    ...(state === "answered" ? { state: "answered" } : {}),
    ...(reasons.length > 0 ? { reason: reasons } : {}),
    ...(skill ? { skill } : {}),
    ...(q ? { q } : {}),
  };
}

export function hasInboxFilter({ reason, skill, q, cursor }: InboxSearch): boolean {
  return Boolean(reason || skill || q || cursor);
}

/** What tells one item from all others. */
export const keyOf = ({ thread_id, step }: Pick<Wait, "thread_id" | "step">) => `${thread_id}/${step}`;

/** The item that comes up when `gone` have been answered: the next one that is left, else the one before. */
export function nextAfter(keys: readonly string[], at: string, gone: readonly string[]): string | undefined {
  const place = Math.max(0, keys.indexOf(at));
  const left = (key: string) => !gone.includes(key);
  return keys.slice(place).find(left) ?? keys.slice(0, place).reverse().find(left);
}
