/** Why a run stands still: what it waits for, since when, until when, and who can make it go on. */
import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import type { ReactNode } from "react";
import { When } from "@/components/when";
import type { RunDetail, Waiting } from "@/lib/api";
import type { components } from "@/lib/schema";
import { WAITS_FOR } from "@/lib/status";

type Server = components["schemas"]["Server"];

interface WhyWaitingProps {
  run: RunDetail;
  server: Server | undefined;
  /** How many runs are queued, this one among them. */
  queued: number | undefined;
}

export function WhyWaiting({ run, server, queued }: WhyWaitingProps) {
  if (run.status === "queued") {
    return (
      <Frame title="Why is it waiting?">
        <Queue run={run} server={server} queued={queued} />
      </Frame>
    );
  }
  if (!run.waiting || run.waiting.length === 0) return null;
  return (
    <Frame title="Why is it waiting?">
      <ul className="space-y-1.5">
        {run.waiting.map((wait) => (
          <li key={`${wait.step} ${wait.reason}`} className="break-words">
            <One threadId={run.thread_id} wait={wait} />
          </li>
        ))}
      </ul>
    </Frame>
  );
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section
      data-why-waiting
      aria-label={title}
      className="mb-5 flex gap-2.5 rounded-xl border bg-surface px-5 py-3.5 shadow-card max-md:px-4"
    >
      <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0 text-wait" />
      <div className="min-w-0">
        <h2 className="font-medium">{title}</h2>
        <div className="mt-0.5 text-ink-soft">{children}</div>
      </div>
    </section>
  );
}

/** One wait in a sentence; how to answer it stands below. */
function One({ threadId, wait }: { threadId: string; wait: Waiting }) {
  return (
    <>
      <Link
        to="/runs/$threadId"
        params={{ threadId }}
        search={{ at: wait.step }}
        resetScroll={false}
        className="font-medium text-accent hover:underline"
      >
        Step {wait.step}
        {wait.skill && `, ${wait.skill}`}
      </Link>{" "}
      waits for {WAITS_FOR[wait.reason]}, asked <When at={wait.since} />
      {wait.until && (
        <>
          , {UNTIL[wait.reason] ?? "looks again"} <When at={wait.until} />
        </>
      )}
      <span className="block">{WHO[wait.reason] ?? "It goes on by itself."}</span>
    </>
  );
}

const UNTIL: Partial<Record<Waiting["reason"], string>> = {
  approval: "expires",
  consent: "expires",
  in_doubt: "expires",
  callback: "expires",
  retry: "which is due",
  time: "which is due",
};

const WHO: Partial<Record<Waiting["reason"], string>> = {
  approval: "A person answers, here, in the inbox or through the API.",
  consent: "A person agrees or not, here, in the inbox or through the API.",
  in_doubt: "A person who can find out says whether it happened.",
  callback: "The service answers by calling back.",
  effect_elsewhere: "It goes on when the other run has settled it.",
  slot: "It goes on when another run gives a place back.",
};

function Queue({ run, server, queued }: WhyWaitingProps) {
  if (run.not_before && Date.parse(run.not_before) > Date.now()) {
    return (
      <p>
        It is not to start before <When at={run.not_before} />. Then a worker takes it by itself.
      </p>
    );
  }
  if (server?.workers === 0) {
    return (
      <p>
        No worker is alive. Start one on the server with <code className="font-mono text-xs">asf worker</code>
        ; it takes the run within seconds.
      </p>
    );
  }
  const others = queued === undefined ? 0 : queued - 1;
  return (
    <p>
      It was due <When at={run.not_before ?? run.created_at} />; a worker takes it as soon as one is free.
      {server && ` ${server.workers} ${server.workers === 1 ? "worker is" : "workers are"} alive`}
      {server &&
        (others > 0
          ? `, ${others.toLocaleString("en")} other ${others === 1 ? "run is" : "runs are"} queued.`
          : ".")}
    </p>
  );
}
