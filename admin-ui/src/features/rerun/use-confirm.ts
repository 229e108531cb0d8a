/** Starts just the plan that was shown; where it is another one by now, it is shown and asked for again. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Plan, RerunRequest } from "@/lib/api";
import { type ApiError, asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { planOptions } from "@/queries/plan";
import { skillKeys } from "@/queries/skills";
import { planChanges } from "./plan-difference";
import type { RerunOf, useRerun } from "./rerun-state";
import type { ShownPlan } from "./use-plan";

/** Two plans, of which the second has not been agreed to yet. */
export interface ChangedPlan {
  before: Plan;
  after: Plan;
}

export interface Confirm {
  confirm: (request: RerunRequest) => void;
  /** Being planned or sent, or done. */
  busy: boolean;
  changed: ChangedPlan | null;
  problem: ApiError | null;
}

export function useConfirm(of: RerunOf, shown: ShownPlan, rerun: ReturnType<typeof useRerun>): Confirm {
  const queries = useQueryClient();
  const keyFor = useRequestKey();
  const [changed, setChanged] = useState<ChangedPlan | null>(null);
  const [planning, setPlanning] = useState(false);
  const [unplanned, setUnplanned] = useState<ApiError | null>(null);
  const running = useRef(false);
  const closed = useRef(false);
  useEffect(() => {
    closed.current = false;
    return () => {
      closed.current = true;
    };
  }, []);

  /** Shows both plans; whatever made the second another one may have changed the skills beside it too. */
  const tell = (before: Plan, after: Plan) => {
    setChanged({ before, after });
    void queries.invalidateQueries({ queryKey: skillKeys.all });
  };

  /** The plan to start; null where it has to be looked at first. */
  const agreed = async (request: RerunRequest): Promise<Plan | null> => {
    if (shown.current && shown.plan) return shown.plan;
    // What was typed last has not been planned yet.
    const plan = await queries.fetchQuery(planOptions(of.thread_id, request));
    if (shown.plan && planChanges(shown.plan, plan).length > 0) {
      tell(shown.plan, plan);
      return null;
    }
    return plan;
  };

  const send = (request: RerunRequest, plan: Plan) => {
    const planned = { ...request, plan_token: plan.plan_token };
    rerun.mutate(
      { of, request: planned, key: keyFor(planned) },
      {
        onError: (error) => {
          const after = changedPlan(error);
          if (!after) return;
          queries.setQueryData(planOptions(of.thread_id, request).queryKey, after);
          tell(plan, after);
        },
      },
    );
  };

  const confirm = async (request: RerunRequest) => {
    if (running.current || rerun.isPending || rerun.isSuccess) return;
    running.current = true;
    setPlanning(true);
    setUnplanned(null);
    setChanged(null);
    try {
      const plan = await agreed(request);
      // Whoever has closed the dialog meanwhile does not want it any more.
      if (plan && !closed.current) send(request, plan);
    } catch (error) {
      setUnplanned(asApiError(error));
    } finally {
      running.current = false;
      setPlanning(false);
    }
  };

  const refused = rerun.isError && changedPlan(rerun.error) === null ? asApiError(rerun.error) : null;
  return {
    confirm: (request) => void confirm(request),
    busy: planning || rerun.isPending || rerun.isSuccess,
    // Editing on makes another plan, of which this says nothing.
    changed: changed?.after.plan_token === shown.plan?.plan_token ? changed : null,
    problem: unplanned ?? refused,
  };
}

/** The plan as it is now, out of the refusal of one that has changed. */
export function changedPlan(error: unknown): Plan | null {
  const { type, problem } = asApiError(error);
  return type === "plan-changed" ? ((problem.plan as Plan | undefined) ?? null) : null;
}
