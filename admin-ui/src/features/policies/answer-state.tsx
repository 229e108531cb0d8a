/** What a policy did about a failed run, and how a breaker stands, as people read it. */
import {
  CircleDot,
  CircleX,
  Hand,
  LoaderCircle,
  OctagonPause,
  RotateCcw,
  ShieldCheck,
  SkipForward,
} from "lucide-react";
import { Pill, type PillLook } from "@/components/pill";
import type { Breaker, PolicyAnswer } from "@/lib/api/policies";

export const ANSWERS: PolicyAnswer[] = ["rerun", "held_back", "given_up", "refused", "left"];

export const ANSWER: Record<PolicyAnswer, PillLook> = {
  rerun: { word: "Rerun", tone: "good", icon: RotateCcw, meaning: "It was rerun" },
  held_back: {
    word: "Held back",
    tone: "wait",
    icon: Hand,
    meaning: "Not now: the skill rests, or too many were rerun of late. It is looked at again",
  },
  given_up: {
    word: "Given up",
    tone: "bad",
    icon: CircleX,
    meaning: "It is not rerun by this policy any more",
  },
  refused: { word: "Refused", tone: "bad", icon: CircleX, meaning: "The rerun could not be made" },
  left: { word: "Left", tone: "idle", icon: SkipForward, meaning: "Something else reruns it, or has" },
};

export const BREAKER: Record<Breaker["state"], PillLook> = {
  open: {
    word: "Open",
    tone: "bad",
    icon: OctagonPause,
    meaning: "The skill rests: nothing is rerun because of it",
  },
  probing: {
    word: "Trying",
    tone: "busy",
    icon: LoaderCircle,
    meaning: "One rerun is under way to find out whether the skill is well again",
  },
  closed: { word: "Closed", tone: "good", icon: ShieldCheck, meaning: "Reruns go through" },
};

export const ENABLED: Record<"on" | "off", PillLook> = {
  on: { word: "On", tone: "good", icon: CircleDot, meaning: "It looks at failures" },
  off: { word: "Off", tone: "idle", icon: OctagonPause, meaning: "It rests; reruns it has made go on" },
};

export function AnswerPill({ answer }: { answer: PolicyAnswer }) {
  return <Pill look={ANSWER[answer]} state={answer} />;
}
