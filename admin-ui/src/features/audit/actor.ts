/** Who did something, as people read it. */
import type { components } from "@/lib/schema";

export type Actor = components["schemas"]["Actor"];

const KINDS: Record<string, string> = {
  person: "a person at the server",
  api_key: "the holder of a key",
  worker: "a worker",
  check: "the skill's check",
  callback: "the service's callback",
  server: "the server",
  retention: "the server, tidying up",
  sql: "somebody in SQL",
  schedule: "a schedule",
  policy: "a policy",
  batch: "a batch",
};

/** The name, or what kind of somebody it was; for whom, only as the caller said. */
export function actorText(actor: Actor | null | undefined): string {
  if (!actor) return "nobody known";
  const kind = KINDS[actor.kind] ?? actor.kind;
  const who = !actor.name ? kind : actor.kind === "api_key" ? `key ${actor.name}` : actor.name;
  return actor.on_behalf_of ? `${who}, on behalf of “${actor.on_behalf_of}”` : who;
}
