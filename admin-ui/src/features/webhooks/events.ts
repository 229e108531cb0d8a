/** What a webhook can hear of, with a short meaning each. */
import type { EventName } from "@/lib/api/webhooks";

export const EVENTS: Record<EventName, string> = {
  "run.completed": "A run has ended well",
  "run.failed": "A run has failed; it may be rerun by itself yet",
  "run.failed_for_good": "A run has failed, and no policy reruns it any more",
  "run.cancelled": "A run was stopped by a person",
  "run.waiting": "A run waits: for a person, a service or a time",
  "batch.completed": "A batch is through",
  "batch.paused": "A batch was paused, or stopped by itself",
  "batch.aborted": "A batch was aborted",
  "schedule.fired": "A schedule has started a run",
  "schedule.skipped": "A due time was skipped",
  "schedule.failed": "A schedule could not start its run",
  "webhook.test": "Somebody has asked for a test",
};

export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];

/** What a new webhook hears of, unless told otherwise: what somebody may have to act on. */
export const USUAL: EventName[] = ["run.failed_for_good", "batch.paused", "schedule.failed"];
