/** What is asked about skills, SOPs and the server, and under which key it is kept. */
import { queryOptions } from "@tanstack/react-query";
import {
  diffSkill,
  getServer,
  getServerSettings,
  getSkill,
  getSkillVersion,
  listSkills,
  listSkillVersions,
  listSops,
} from "@/lib/api";
import { getSkillActivity } from "@/lib/api/skills";

export const skillKeys = {
  all: ["skills"] as const,
  list: ["skills", "list"] as const,
  activity: ["skills", "activity"] as const,
  skill: (name: string, digest?: string) => ["skills", "skill", name, digest ?? "current"] as const,
  versions: (name: string) => ["skills", "versions", name] as const,
  diff: (name: string, left: string, right: string) => ["skills", "diff", name, left, right] as const,
  sops: ["skills", "sops"] as const,
};

export const skillListOptions = queryOptions({
  queryKey: skillKeys.list,
  queryFn: ({ signal }) => listSkills(signal),
  refetchInterval: 10_000,
});

/** It is counted over many runs, so it is asked for less often. */
export const skillActivityOptions = queryOptions({
  queryKey: skillKeys.activity,
  queryFn: ({ signal }) => getSkillActivity(signal),
  refetchInterval: 15_000,
});

export const skillOptions = (name: string, digest?: string) =>
  queryOptions({
    queryKey: skillKeys.skill(name, digest),
    queryFn: ({ signal }) => (digest ? getSkillVersion(name, digest, signal) : getSkill(name, signal)),
    // The current version is another one as soon as its folder has changed.
    refetchInterval: digest ? false : 10_000,
  });

export const skillVersionsOptions = (name: string) =>
  queryOptions({
    queryKey: skillKeys.versions(name),
    queryFn: ({ signal }) => listSkillVersions(name, signal),
    refetchInterval: 10_000,
  });

export const skillDiffOptions = (name: string, left: string, right: string) =>
  queryOptions({
    queryKey: skillKeys.diff(name, left, right),
    queryFn: ({ signal }) => diffSkill(name, left, right, signal),
    staleTime: Number.POSITIVE_INFINITY, // versions never change
  });

export const sopsOptions = queryOptions({
  queryKey: skillKeys.sops,
  queryFn: ({ signal }) => listSops(signal),
  staleTime: 10_000,
});

export const serverOptions = queryOptions({
  queryKey: ["server"],
  queryFn: ({ signal }) => getServer(signal),
  // A worker that has just begun, or gone, should show soon; so should a server that answers again.
  refetchInterval: ({ state }) => (state.status === "error" || state.data?.workers === 0 ? 2000 : 15_000),
});

export const setUpOptions = queryOptions({
  queryKey: ["server", "settings"],
  queryFn: ({ signal }) => getServerSettings(signal),
  refetchInterval: 5000,
});
