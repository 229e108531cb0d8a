/** What is asked about policies, and under which key it is kept. */
import { queryOptions } from "@tanstack/react-query";
import { getPolicy, listPolicies, listPolicyAnswers, type PolicyAnswer } from "@/lib/api/policies";

const EVERY_MS = 3000;

export const policyKeys = {
  all: ["policies"] as const,
  policy: (id: string) => ["policies", "policy", id] as const,
};

export const policyListOptions = (cursor?: string) =>
  queryOptions({
    queryKey: ["policies", "list", cursor ?? null] as const,
    queryFn: ({ signal }) => listPolicies(cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const policyOptions = (id: string) =>
  queryOptions({
    queryKey: [...policyKeys.policy(id), "detail"] as const,
    queryFn: ({ signal }) => getPolicy(id, signal),
    refetchInterval: EVERY_MS,
  });

export const policyAnswersOptions = (id: string, answers: PolicyAnswer[], cursor?: string) =>
  queryOptions({
    queryKey: [...policyKeys.policy(id), "answers", answers, cursor ?? null] as const,
    queryFn: ({ signal }) => listPolicyAnswers(id, answers, cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });
