/** What the pages ask about waits, and the answers to them. */
import type { Decision } from "../api";
import { client, data } from "../client";
import type { Json, JsonObject } from "../json";
import type { components, operations } from "../schema";

type Schemas = components["schemas"];

export type GivenAnswer = Omit<Schemas["GivenAnswer"], "data"> & { data: Json };
export type GoesOut = Omit<Schemas["GoesOut"], "query" | "body"> & { query: JsonObject; body: Json };
export type Wait = Omit<Schemas["WaitItem"], "asks" | "answered" | "goes_out"> & {
  asks: JsonObject;
  answered: GivenAnswer | null;
  goes_out: GoesOut | null;
};
export type WaitPage = { items: Wait[]; next_cursor: string | null };
export type WaitCount = Schemas["WaitCount"];
export type WaitFilter = Omit<
  NonNullable<operations["listWaits"]["parameters"]["query"]>,
  "cursor" | "limit"
>;
export type AnswerOutcome = Schemas["AnswerOutcome"];
export type AnsweredMany = Schemas["AnsweredMany"];

/** Open waits, the oldest first; or answered ones, the last answer first. */
export const listWaits = (filter: WaitFilter, cursor: string | undefined, signal?: AbortSignal) =>
  data(
    client.GET("/admin/waits", { params: { query: { ...filter, cursor, limit: 50 } }, signal }),
  ) as Promise<WaitPage>;

export const countWaits = (filter: WaitFilter, signal?: AbortSignal) =>
  data(client.GET("/admin/waits/count", { params: { query: filter }, signal }));

/** One answer to many; each is taken or refused by itself. */
export const answerMany = (
  waits: Pick<Wait, "thread_id" | "step" | "digest">[],
  decision: NonNullable<Decision["decision"]>,
  note?: string,
) =>
  data(
    client.POST("/admin/answers", {
      body: {
        answers: waits.map(({ thread_id, step, digest }) => ({ thread_id, step, digest })),
        decision,
        ...(note ? { note } : {}),
      },
    }),
  );
