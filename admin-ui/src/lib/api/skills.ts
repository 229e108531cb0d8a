/** What the pages ask about what skills do. */
import { client, data } from "../client";
import type { components } from "../schema";

type Schemas = components["schemas"];
export type SkillActivity = Schemas["SkillActivity"];
export type SkillActivityItem = Schemas["SkillActivityItem"];
export type SkillVersion = Schemas["SkillVersion"];

/** What each skill did in the last 24 hours. */
export const getSkillActivity = (signal?: AbortSignal) =>
  data(client.GET("/admin/skills/activity", { signal }));
