/** What the pages ask about policies. */
import { client, data } from "../client";
import type { Json, JsonObject } from "../json";
import type { components } from "../schema";

type Schemas = components["schemas"];

export type PolicyAnswer = Schemas["PolicyAnswer"];
export type PolicyAnswerItem = Schemas["PolicyAnswerItem"];
export type Breaker = Schemas["BreakerItem"];
export type Matches = { sop_name?: string | null; metadata?: JsonObject | null; skill?: string | null };
/** Numbers that were typed are sent digit for digit, so they are `Json` here. */
export type Backoff = { first_seconds: number; factor: Json; most_seconds: number; jitter: Json };
export type Policy = Omit<Schemas["PolicyItem"], "matches" | "rerun" | "backoff"> & {
  matches: Matches;
  rerun: JsonObject;
  backoff: Backoff;
};
export type PolicyPage = { items: Policy[]; next_cursor: string | null };

export interface PolicyRequest {
  name: string;
  matches: Matches | null;
  rerun: JsonObject;
  attempts: number;
  backoff: Backoff;
  error_types: string[] | null;
  family_cap: number | null;
  window_cap: Schemas["WindowCap"] | null;
  breaker: Schemas["BreakerRule"];
  manual_too: boolean;
}

export const listPolicies = (cursor: string | undefined, signal?: AbortSignal) =>
  data(
    client.GET("/admin/policies", { params: { query: { cursor, limit: 50 } }, signal }),
  ) as Promise<PolicyPage>;

export const getPolicy = (policy_id: string, signal?: AbortSignal) =>
  data(
    client.GET("/admin/policies/{policy_id}", { params: { path: { policy_id } }, signal }),
  ) as Promise<Policy>;

export const createPolicy = (request: PolicyRequest, key: string) =>
  data(
    client.POST("/admin/policies", {
      params: { header: { "Idempotency-Key": key } },
      body: request as Schemas["PolicyRequest"],
    }),
  ) as Promise<Policy>;

export const editPolicy = (policy_id: string, request: PolicyRequest) =>
  data(
    client.PATCH("/admin/policies/{policy_id}", {
      params: { path: { policy_id } },
      body: request as Schemas["PolicyEdit"],
    }),
  ) as Promise<Policy>;

export const enablePolicy = (policy_id: string, note?: string) =>
  data(
    client.POST("/admin/policies/{policy_id}/enable", { params: { path: { policy_id } }, body: { note } }),
  );

export const disablePolicy = (policy_id: string, note?: string) =>
  data(
    client.POST("/admin/policies/{policy_id}/disable", { params: { path: { policy_id } }, body: { note } }),
  );

export const deletePolicy = (policy_id: string, reason?: string) =>
  data(client.DELETE("/admin/policies/{policy_id}", { params: { path: { policy_id } }, body: { reason } }));

export const listPolicyAnswers = (
  policy_id: string,
  answer: PolicyAnswer[],
  cursor: string | undefined,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/policies/{policy_id}/answers", {
      params: { path: { policy_id }, query: { answer, cursor, limit: 50 } },
      signal,
    }),
  );

/** `skill` null: failures in which no skill failed. */
export const closeBreaker = (policy_id: string, skill: string | null, note?: string) =>
  data(
    client.POST("/admin/policies/{policy_id}/breakers/{skill}/close", {
      params: { path: { policy_id, skill: skill ?? "-" } },
      body: { note },
    }),
  );
