/** Who did something; rules and batches by their name, with a link. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { policyOptions } from "@/queries/policies";
import { scheduleOptions } from "@/queries/schedules";
import { type Actor, actorText } from "./actor";

const LOOK = "font-medium text-accent hover:underline";

/** Whether something did it by itself. */
export function isRule({ kind }: Actor): boolean {
  return kind === "schedule" || kind === "policy" || kind === "batch";
}

export function By({ actor }: { actor: Actor }) {
  if (actor.kind === "schedule" && actor.name) return <BySchedule id={actor.name} />;
  if (actor.kind === "policy" && actor.name) return <ByPolicy id={actor.name} />;
  if (actor.kind === "batch" && actor.name) {
    return (
      <>
        batch{" "}
        <Link to="/batches/$batchId" params={{ batchId: actor.name }} className={LOOK}>
          {actor.name}
        </Link>
      </>
    );
  }
  return actorText(actor);
}

/** The record holds its id; a deleted one keeps only that. */
function BySchedule({ id }: { id: string }) {
  const schedule = useQuery({ ...scheduleOptions(id), refetchInterval: false, staleTime: 60_000 });
  if (schedule.isError) return <>schedule {id}</>;
  return (
    <>
      schedule{" "}
      <Link to="/schedules/$scheduleId" params={{ scheduleId: id }} className={LOOK}>
        {schedule.data?.name ?? id}
      </Link>
    </>
  );
}

function ByPolicy({ id }: { id: string }) {
  const policy = useQuery({ ...policyOptions(id), refetchInterval: false, staleTime: 60_000 });
  if (policy.isError) return <>policy {id}</>;
  return (
    <>
      policy{" "}
      <Link to="/policies/$policyId" params={{ policyId: id }} className={LOOK}>
        {policy.data?.name ?? id}
      </Link>
    </>
  );
}
