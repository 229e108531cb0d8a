/** Who did something; rules and batches by their name, with a link. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { policyListOptions } from "@/queries/policies";
import { scheduleOptions } from "@/queries/schedules";
import { type Actor, actorText } from "./actor";

const LOOK = "font-medium text-accent hover:underline";

/** Whether something did it by itself. */
export function isRule({ kind }: Actor): boolean {
  return kind === "schedule" || kind === "policy" || kind === "batch";
}

export function By({ actor }: { actor: Actor }) {
  if (actor.kind === "schedule" && actor.name) return <BySchedule id={actor.name} />;
  if (actor.kind === "policy" && actor.name) return <ByPolicy name={actor.name} />;
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

/** The record holds its name of then, or its id. */
function ByPolicy({ name }: { name: string }) {
  const policies = useQuery({ ...policyListOptions(), refetchInterval: false, staleTime: 60_000 });
  const found = policies.data?.items.find((policy) => policy.id === name || policy.name === name);
  if (!found) return <>policy {name}</>;
  return (
    <>
      policy{" "}
      <Link to="/policies/$policyId" params={{ policyId: found.id }} className={LOOK}>
        {found.name}
      </Link>
    </>
  );
}
