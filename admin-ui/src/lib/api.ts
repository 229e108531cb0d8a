/** Everything the pages ask of the server, one function per button or page. */
import { client, data } from "./client";
import type { Json, JsonObject } from "./json";
import type { components, operations } from "./schema";

type Schemas = components["schemas"];
/** Generated types say `unknown` where any JSON stands; the client parses it to `Json`. */
type WithData<T, K extends keyof T> = Omit<T, K> & { [P in K]: JsonObject | Extract<T[P], null> };

export type RunStatus = Schemas["RunStatus"];
export type RunItem = WithData<Schemas["RunItem"], "metadata" | "shown">;
export type RunPage = { items: RunItem[]; next_cursor: string | null };
export type Waiting = WithData<Schemas["Waiting"], "asks">;
export type RunDetail = Omit<WithData<Schemas["RunDetail"], "initial_data">, "waiting"> & {
  waiting: Waiting[] | null;
};
export type RunMetadata = WithData<Schemas["RunMetadata"], "initial_data">;
export type RunState = WithData<Schemas["RunState"], "data_store">;
export type Step = WithData<Schemas["Step"], "inputs" | "outputs">;
export type StepStatus = Schemas["StepStatus"];
export type StepRecord = Omit<Schemas["StepDetailItem"], "content"> & { content: Json };
export type StepDetail = Omit<Schemas["StepDetail"], "details"> & { details: StepRecord[] };
export type RunError = Schemas["RunError"];
export type RunEvent = Schemas["RunEvent"];
export type RerunItem = Schemas["RerunItem"];
export type LineageItem = Schemas["LineageItem"];
export type RerunStarted = Schemas["RerunStarted"];
export type Plan = Schemas["Plan"];
export type PlanStep = Schemas["PlanStep"];
export type PlanEffect = Schemas["PlanEffect"];
export type Reused = Schemas["Reused"];
export type Skill = Schemas["SkillItem"];
export type SkillDetail = Schemas["SkillDetail"];
export type Diagnostic = Schemas["DiagnosticItem"];
export type Sop = Schemas["SopItem"];
export type DataDifference = Omit<Schemas["DataDifference"], "left" | "right"> & { left: Json; right: Json };
export type DataDifferences = { items: DataDifference[]; more: boolean };
export type Ingredient = Omit<Schemas["Ingredient"], "left" | "right"> & { left: Json; right: Json };
export type Origin = Ingredient & Pick<Schemas["Origin"], "steps">;
export type ComparedSide = Schemas["ComparedSide"];
export type ComparedStep = Omit<Schemas["ComparedStep"], "origin" | "data"> & {
  origin: Ingredient[] | null;
  data: DataDifferences;
};
export type ComparedRun = Schemas["ComparedRun"];
export type StepPair = Schemas["StepPair"];
export type Tried = Schemas["Tried"];
export type TotalsPair = Schemas["TotalsPair"];
export type RunComparison = Omit<Schemas["RunComparison"], "origins" | "steps" | "data"> & {
  origins: Origin[];
  steps: ComparedStep[];
  data: DataDifferences;
};
export type RunFilter = NonNullable<operations["countRuns"]["parameters"]["query"]>;

export interface StartRequest {
  sop?: string;
  sop_name?: string;
  initial_data?: JsonObject;
  run_name?: string;
  /** The run is limited to these. */
  skills?: string[];
  model?: string;
  priority?: "interactive" | "batch";
  metadata?: JsonObject;
  /** Numbers that were typed are sent digit for digit. */
  limits?: JsonObject;
}

type RerunFields = Omit<Schemas["RerunRequest"], "changes" | "initial_data" | "metadata">;

export interface RerunRequest extends RerunFields {
  changes?: JsonObject;
  initial_data?: JsonObject;
  metadata?: JsonObject;
}

export interface Decision {
  step?: number;
  decision?: "approve" | "reject" | "happened" | "not_happened" | "stop";
  data?: JsonObject;
  note?: string;
  digest?: string;
}

export type RunQuery = NonNullable<operations["listRuns"]["parameters"]["query"]>;
export type RunActivity = Schemas["RunActivity"];

/** A page of runs, the newest first; `more`: data paths to show, or ids of which runs alone. */
export const listRuns = (
  filter: RunFilter,
  cursor: string | undefined,
  signal?: AbortSignal,
  more: Pick<RunQuery, "show" | "thread_id" | "limit"> = {},
) =>
  data(
    client.GET("/admin/runs", { params: { query: { ...filter, cursor, limit: 50, ...more } }, signal }),
  ) as Promise<RunPage>;

/** When the runs that a filter finds were created, in equal parts of a time. */
export const getRunActivity = (
  query: NonNullable<operations["getRunActivity"]["parameters"]["query"]>,
  signal?: AbortSignal,
) => data(client.GET("/admin/runs/activity", { params: { query }, signal }));

export const countRuns = (filter: RunFilter, signal?: AbortSignal) =>
  data(client.GET("/admin/runs/count", { params: { query: filter }, signal }));

export const getRun = (thread_id: string, signal?: AbortSignal) =>
  data(
    client.GET("/admin/runs/{thread_id}", { params: { path: { thread_id } }, signal }),
  ) as Promise<RunDetail>;

/** What was asked for when the run was started: SOP, initial data, parent, counters. */
export const getRunMetadata = (thread_id: string, signal?: AbortSignal) =>
  data(
    client.GET("/admin/runs/{thread_id}/metadata", { params: { path: { thread_id } }, signal }),
  ) as Promise<RunMetadata>;

export const getStatus = (thread_id: string, signal?: AbortSignal) =>
  data(client.GET("/status/{thread_id}", { params: { path: { thread_id } }, signal })) as Promise<RunState>;

/** So few that a page is read in one go without the browser standing still. */
const STEPS_A_PAGE = 100;

/** All steps of a run, page after page; `onPage` is told of each but the last. */
export async function listSteps(
  thread_id: string,
  signal?: AbortSignal,
  onPage?: (steps: Step[]) => void,
): Promise<Step[]> {
  const steps: Step[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await data(
      client.GET("/admin/runs/{thread_id}/steps", {
        params: { path: { thread_id }, query: { cursor, limit: STEPS_A_PAGE } },
        signal,
      }),
    );
    const items = page.items as Step[];
    steps.push(...items);
    cursor = page.next_cursor ?? undefined;
    if (!cursor) return steps;
    onPage?.(items);
  }
}

export const getStep = (thread_id: string, seq: number, signal?: AbortSignal) =>
  data(
    client.GET("/admin/runs/{thread_id}/steps/{seq}", { params: { path: { thread_id, seq } }, signal }),
  ) as Promise<StepDetail>;

export const compareRuns = (left: string, right: string, signal?: AbortSignal) =>
  data(
    client.GET("/admin/runs/compare", { params: { query: { left, right } }, signal }),
  ) as Promise<RunComparison>;

/** Reruns the left run once for each ingredient that differs, with only that one. */
export const attributeDifferences = (left: string, right: string, key: string) =>
  data(
    client.POST("/admin/runs/compare/attribute", {
      params: { header: { "Idempotency-Key": key } },
      body: { left, right },
    }),
  );

export const startRun = (request: StartRequest, key: string) =>
  data(
    client.POST("/start", {
      params: { header: { "Idempotency-Key": key } },
      body: request as Schemas["StartRequest"],
    }),
  );

export type FirstChoice = Schemas["FirstChoice"];
export type Prospect = Schemas["Prospect"];

/** What a run would begin with and what it lacks; nothing is started. */
export const planStart = (request: StartRequest, signal?: AbortSignal): Promise<FirstChoice> =>
  data(client.POST("/start/plan", { body: request as Schemas["StartRequest"], signal }));

/** Starts a rerun; the same key with the same request gives the same run, however often it is sent. */
export const rerunWorkflow = (thread_id: string, request: RerunRequest, key: string): Promise<RerunStarted> =>
  data(
    client.POST("/rerun/{thread_id}", {
      params: { path: { thread_id }, header: { "Idempotency-Key": key } },
      body: request,
    }),
  );

/** What a rerun would do, and why; nothing is started. */
export const planRerun = (thread_id: string, request: RerunRequest, signal?: AbortSignal): Promise<Plan> =>
  data(client.POST("/rerun/{thread_id}/plan", { params: { path: { thread_id } }, body: request, signal }));

export const answerWait = (thread_id: string, decision: Decision) =>
  data(client.POST("/approve/{thread_id}", { params: { path: { thread_id } }, body: decision }));

export const cancelRun = (thread_id: string, reason?: string) =>
  data(
    client.POST("/admin/runs/{thread_id}/cancel", {
      params: { path: { thread_id } },
      body: reason ? { reason } : {},
    }),
  );

export const getLineage = (thread_id: string, signal?: AbortSignal) =>
  data(client.GET("/admin/runs/{thread_id}/lineage", { params: { path: { thread_id } }, signal }));

export const deleteRun = (thread_id: string, reason?: string) =>
  data(
    client.DELETE("/admin/runs/{thread_id}", {
      params: { path: { thread_id } },
      body: reason ? { reason } : {},
    }),
  );

export const listSkills = (signal?: AbortSignal) => data(client.GET("/admin/skills", { signal }));
export const reloadSkills = () => data(client.POST("/admin/skills/reload", {}));

export const getSkill = (name: string, signal?: AbortSignal) =>
  data(client.GET("/admin/skills/{name}", { params: { path: { name } }, signal }));

export const listSkillVersions = (name: string, signal?: AbortSignal) =>
  data(client.GET("/admin/skills/{name}/versions", { params: { path: { name } }, signal }));

export const getSkillVersion = (name: string, digest: string, signal?: AbortSignal) =>
  data(client.GET("/admin/skills/{name}/versions/{digest}", { params: { path: { name, digest } }, signal }));

export const listSops = (signal?: AbortSignal) => data(client.GET("/admin/sops", { signal }));
export const getSession = (signal?: AbortSignal) => data(client.GET("/session", { signal }));
export const openSession = (api_key: string) => data(client.POST("/session", { body: { api_key } }));
export const closeSession = () => data(client.DELETE("/session", {}));
export const getServer = (signal?: AbortSignal) => data(client.GET("/admin/server", { signal }));
export type SetUp = Schemas["SetUp"];
/** The settings in force, the workers, and how much of each limit is taken. */
export const getServerSettings = (signal?: AbortSignal) =>
  data(client.GET("/admin/server/settings", { signal }));

export type EffectState = Schemas["EffectState"];
export type Effect = WithData<Schemas["EffectItem"], "key" | "inputs" | "output">;
export type EffectFilter = Omit<NonNullable<operations["listEffects"]["parameters"]["query"]>, "cursor">;
export type EffectPage = { items: Effect[]; next_cursor: string | null };

/** What went out, the latest news first. */
export const listEffects = (filter: EffectFilter, cursor: string | undefined, signal?: AbortSignal) =>
  data(
    client.GET("/admin/effects", { params: { query: { ...filter, cursor, limit: 50 } }, signal }),
  ) as Promise<EffectPage>;

export type AuditEntry = WithData<Schemas["AuditItem"], "detail">;
export type AuditPage = { items: AuditEntry[]; next_cursor: string | null };

/** Who did what to a run, when and why, the newest first. */
export const listAudit = (thread_id: string, cursor: string | undefined, signal?: AbortSignal) =>
  data(
    client.GET("/admin/audit", { params: { query: { thread_id, cursor, limit: 100 } }, signal }),
  ) as Promise<AuditPage>;

export type SkillDifference = Schemas["SkillDifference"];
export type FileDifference = Schemas["FileDifference"];

/** What differs between two versions of a skill. */
export const diffSkill = (name: string, left: string, right: string, signal?: AbortSignal) =>
  data(
    client.GET("/admin/skills/{name}/diff", {
      params: { path: { name }, query: { left, right } },
      signal,
    }),
  );
