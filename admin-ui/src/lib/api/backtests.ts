/** What the pages ask about backtests. */
import { client, data } from "../client";
import type { Json, JsonObject } from "../json";
import type { components } from "../schema";
import type { Batch, BatchStatus } from "./batches";

type Schemas = components["schemas"];
/** A backtest is a batch with verdicts; its plain JSON is typed like that of a batch. */
type AsBatch<T> = Omit<T, keyof Batch> & Batch;

export type Verdict = Schemas["Verdict"];
export type Backtest = AsBatch<Schemas["Backtest"]>;
export type BacktestReport = AsBatch<Schemas["BacktestReport"]>;
export type BacktestItem = Schemas["BacktestItem"];
export type ItemReport = Schemas["ItemReport"];
export type ChangedPath = Schemas["ChangedPath"];
export type Untold = Schemas["Untold"];
export type BacktestPage = { items: Backtest[]; next_cursor: string | null };

/** Numbers that were typed are sent digit for digit, so they are `Json` here. */
export interface BacktestRequest {
  ids?: string[];
  filter?: JsonObject;
  most?: Json;
  skills?: string | Record<string, string>;
  sop?: string;
  model?: string;
  name?: string;
  reason?: string;
  budget?: JsonObject;
}

export const startBacktest = (request: BacktestRequest, key: string) =>
  data(
    client.POST("/admin/backtests", {
      params: { header: { "Idempotency-Key": key } },
      body: request as Schemas["BacktestRequest"],
    }),
  ) as Promise<BacktestReport>;

export const listBacktests = (
  status: BatchStatus | undefined,
  cursor: string | undefined,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/backtests", { params: { query: { status, cursor, limit: 50 } }, signal }),
  ) as Promise<BacktestPage>;

export const getBacktest = (backtest_id: string, signal?: AbortSignal) =>
  data(
    client.GET("/admin/backtests/{backtest_id}", { params: { path: { backtest_id } }, signal }),
  ) as Promise<BacktestReport>;

export const listBacktestItems = (
  backtest_id: string,
  verdict: Verdict | undefined,
  cursor: string | undefined,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/backtests/{backtest_id}/items", {
      params: { path: { backtest_id }, query: { verdict, cursor, limit: 50 } },
      signal,
    }),
  );
