/** How a delivery and a webhook stand, as people read it. */
import { CircleCheck, CircleDot, CircleX, Hourglass, OctagonPause } from "lucide-react";
import { Pill, type PillLook } from "@/components/pill";
import type { DeliveryState } from "@/lib/api/webhooks";

export const DELIVERY_STATES: DeliveryState[] = ["pending", "delivered", "failed"];

export const DELIVERY: Record<DeliveryState, PillLook> = {
  pending: { word: "Pending", tone: "wait", icon: Hourglass, meaning: "On its way, or to be tried again" },
  delivered: { word: "Delivered", tone: "good", icon: CircleCheck, meaning: "The receiver has taken it" },
  failed: {
    word: "Failed",
    tone: "bad",
    icon: CircleX,
    meaning: "Not tried any more, until somebody resends it",
  },
};

export const SWITCH: Record<"on" | "off", PillLook> = {
  on: { word: "On", tone: "good", icon: CircleDot, meaning: "Events are delivered" },
  off: { word: "Off", tone: "idle", icon: OctagonPause, meaning: "Nothing is delivered until it is enabled" },
};

export function DeliveryPill({ state }: { state: DeliveryState }) {
  return <Pill look={DELIVERY[state]} state={state} />;
}
