/** Follows a run by server-sent events: resumes where a cut connection stopped, ends with the run. */
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { RunEvent, Step } from "./api";
import { parseJson } from "./json";
import { isFinal } from "./status";

export interface Follower {
  onStep(step: Step): void;
  onRun(run: RunEvent): void;
  /** Whether events arrive right now. */
  onLive(live: boolean): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The server says something at least every 15 s; a connection that is silent for longer is dead. */
const SILENCE_MS = 45_000;

/** Passes bytes on, and ends the stream with an error when none have come for `SILENCE_MS`. */
function watchdog(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (controller: TransformStreamDefaultController) => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.error(new Error("silent")), SILENCE_MS);
  };
  return new TransformStream({
    start: wait,
    transform(chunk, controller) {
      wait(controller);
      controller.enqueue(chunk);
    },
    flush: () => clearTimeout(timer),
  });
}

/** Reads until the run has ended or `signal` is aborted. EventSource is not used: it gives up after a 503. */
export async function followRun(threadId: string, follower: Follower, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const response = await fetch(`/admin/runs/${encodeURIComponent(threadId)}/events`, {
        headers: {
          Accept: "text/event-stream",
          ...(lastId === undefined ? {} : { "Last-Event-ID": lastId }),
        },
        signal,
      });
      if (response.status === 404 || response.status === 401) return;
      if (response.ok && response.body) {
        const reader = response.body
          .pipeThrough(watchdog())
          .pipeThrough(new TextDecoderStream())
          .pipeThrough(new EventSourceParserStream())
          .getReader();
        follower.onLive(true);
        pause = FIRST_PAUSE_MS;
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          if (value.id !== undefined) lastId = value.id;
          if (value.event === "step") follower.onStep(parseJson(value.data) as unknown as Step);
          if (value.event === "run") {
            const run = parseJson(value.data) as unknown as RunEvent;
            follower.onRun(run);
            if (isFinal(run.status)) return;
          }
        }
      }
    } catch {
      if (signal.aborted) return;
    }
    follower.onLive(false);
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
