/** What the pages ask about failures by kind. */
import { client, data } from "../client";
import type { components, operations } from "../schema";

type Schemas = components["schemas"];

export type FailureGroup = Schemas["FailureGroup"];
export type FailurePage = Schemas["FailurePage"];
export type FailureFilter = Omit<NonNullable<operations["listFailures"]["parameters"]["query"]>, "cursor">;

export const listFailures = (filter: FailureFilter, cursor: string | undefined, signal?: AbortSignal) =>
  data(client.GET("/admin/failures", { params: { query: { ...filter, cursor, limit: 50 } }, signal }));

/** All failures of one kind are dismissed, or taken back. */
export const changeFailures = (
  action: "dismiss" | "restore",
  { skill, signature }: Pick<FailureGroup, "skill" | "signature">,
  note: string,
  key: string,
) => {
  const asked = {
    params: { header: { "Idempotency-Key": key } },
    body: { skill, signature, ...(note ? { note } : {}) },
  };
  return action === "dismiss"
    ? data(client.POST("/admin/failures/dismiss", asked))
    : data(client.POST("/admin/failures/restore", asked));
};
