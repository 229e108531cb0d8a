/** Where a result comes from that a run has not produced itself: a badge, and what to know of it. */
import { Link } from "@tanstack/react-router";
import {
  Archive,
  Bookmark,
  FlaskConical,
  type LucideIcon,
  PenLine,
  Repeat2,
  ShieldCheck,
} from "lucide-react";
import { Badge } from "@/components/badge";
import type { Reused } from "@/lib/api";
import type { Tone } from "@/lib/status";

interface Source {
  icon: LucideIcon;
  tone: Tone;
  word: string;
  meaning: string;
}

const SOURCES: Record<Reused["why"], Source> = {
  kept: { icon: Bookmark, tone: "idle", word: "kept", meaning: "It stands before the chosen start" },
  reused: {
    icon: Repeat2,
    tone: "busy",
    word: "reused",
    meaning: "Nothing that it depends on has changed",
  },
  receipt: {
    icon: ShieldCheck,
    tone: "good",
    word: "not repeated",
    meaning: "Its effect has happened; the receipt stands here",
  },
  stand_in: {
    icon: FlaskConical,
    tone: "wait",
    word: "stand-in",
    meaning: "Nothing goes out in this run; a recording or the skill's sample stands in",
  },
  recorded: { icon: Archive, tone: "idle", word: "recorded", meaning: "Only recordings answer in this run" },
  given: { icon: PenLine, tone: "wait", word: "given", meaning: "A person has set it" },
};

/** In a word where a result comes from. */
export function sourceWord(why: Reused["why"]): string {
  return SOURCES[why].word;
}

/** Why a step stands as it does, without what its badge and its warnings say. */
export function reasonBeside(reason: string, from: Reused | null): string {
  if (from?.why === "given" && reason.startsWith("given by ")) return "";
  return from?.stale?.length ? reason.replace(/; stale receipt: .*$/s, "") : reason;
}

export function SourceBadge({ from }: { from: Reused }) {
  const { icon: Icon, tone, word, meaning } = SOURCES[from.why];
  const by = from.why === "given" && from.by ? ` by ${from.by.name ?? from.by.kind}` : "";
  const place = from.thread_id ? `, from ${from.thread_id}, step ${from.seq}` : "";
  return (
    <Badge tone={tone} title={`${meaning}${place}`}>
      <Icon aria-hidden /> {word}
      {by}
    </Badge>
  );
}

function warningsOf({ stale, warnings }: Reused): string[] {
  const told = stale?.length ? [`Stale receipt: other values now at ${stale.join(", ")}`] : [];
  return [...told, ...(warnings ?? [])];
}

/** Whether there is anything to say beside its badge. */
export function saysMore(from: Reused): boolean {
  return Boolean(from.thread_id) || warningsOf(from).length > 0;
}

/** What does not fit any more: values that went out then, and what a kept result was made of. */
export function SourceWarnings({ from }: { from: Reused }) {
  return warningsOf(from).map((text) => (
    <span key={text} className="block text-wait">
      {text}
    </span>
  ));
}

export function SourceLink({ from }: { from: Reused }) {
  if (!from.thread_id) return null;
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: from.thread_id }}
      search={from.seq ? { at: from.seq } : {}}
      className="text-accent hover:underline"
    >
      Result of {from.thread_id}, step {from.seq}
    </Link>
  );
}
