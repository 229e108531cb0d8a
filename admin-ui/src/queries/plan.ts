/** The plan of a rerun, kept under the very request that it answers. */
import { queryOptions } from "@tanstack/react-query";
import { planRerun, planStart, type RerunRequest, type StartRequest } from "@/lib/api";
import { writeJson } from "@/lib/json";

export const planOptions = (id: string, request: RerunRequest) =>
  queryOptions({
    queryKey: ["plan", id, writeJson(request)] as const,
    queryFn: ({ signal }) => planRerun(id, request, signal),
    // What is agreed to must not change under the reader's eyes; the server checks it once more.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 10_000,
    gcTime: 60_000,
  });

/** What a run would begin with, kept under the very request that it answers. */
export const firstChoiceOptions = (request: StartRequest) =>
  queryOptions({
    queryKey: ["first-choice", writeJson(request)] as const,
    queryFn: ({ signal }) => planStart(request, signal),
    staleTime: 10_000,
    gcTime: 60_000,
  });
