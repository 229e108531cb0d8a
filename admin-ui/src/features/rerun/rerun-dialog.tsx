/** Asks before a rerun: what is to differ, and what would happen then. Loaded when it is first opened. */
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { Button } from "@/components/button";
import { Dialog, DialogBody } from "@/components/dialog";
import { Skeleton } from "@/components/empty";
import { Notice } from "@/components/notice";
import { ProblemNotice } from "@/components/problem-notice";
import type { RerunStarted, Step } from "@/lib/api";
import { runOptions, runStepsOptions } from "@/queries/runs";
import { skillListOptions } from "@/queries/skills";
import { type Opened, RerunForm } from "./rerun-form";
import { useRerun } from "./rerun-state";
import type { UsedSkill } from "./versions-choice";

interface RerunDialogProps {
  threadId: string;
  opened: Opened;
  onOpened: (opened: Opened) => void;
  onClose: () => void;
  onStarted: (started: RerunStarted) => void;
}

export default function RerunDialog({ threadId, opened, onOpened, onClose, onStarted }: RerunDialogProps) {
  const run = useQuery(runOptions(threadId));
  const steps = useQuery(runStepsOptions(threadId));
  const skills = useQuery(skillListOptions);
  const rerun = useRerun(onStarted);
  const missing = [run, steps].find(({ data }) => data === undefined);
  return (
    <Dialog
      open
      wide="full"
      locked={rerun.isPending}
      onClose={onClose}
      title={
        <span className="flex items-center gap-2">
          <RotateCcw className="size-4 shrink-0 text-accent" aria-hidden /> Rerun {run.data?.run_name ?? ""}
        </span>
      }
      description="A new run. The original stays as it is."
    >
      {run.data?.rerunnable === "no" ? (
        <DialogBody>
          <Notice
            kind="wait"
            title="This run can't be rerun"
            actions={
              <Button size="sm" onClick={onClose}>
                Back to the run
              </Button>
            }
          >
            {run.data.rerunnable_why}
          </Notice>
        </DialogBody>
      ) : run.data && steps.data ? (
        <RerunForm
          run={run.data}
          steps={steps.data}
          skills={usedSkills(steps.data, skills.data?.items)}
          opened={opened}
          onOpened={onOpened}
          rerun={rerun}
          onCancel={onClose}
        />
      ) : (
        <DialogBody>
          {missing?.isError ? (
            <ProblemNotice error={missing.error} onRetry={() => void missing.refetch()} />
          ) : (
            <div role="status" aria-label="Loading" className="space-y-3">
              <Skeleton className="h-4 w-28" />
              <Skeleton className="h-40" />
            </div>
          )}
        </DialogBody>
      )}
    </Dialog>
  );
}

/** The skills that the run used, with the version that carried each out last; unknown today's count as equal. */
function usedSkills(steps: Step[], today: { name: string; digest: string }[] | undefined): UsedSkill[] {
  const recorded = new Map<string, string>();
  for (const { skill, skill_digest } of steps) if (skill && skill_digest) recorded.set(skill, skill_digest);
  return [...recorded].map(([name, digest]) => ({
    name,
    recorded: digest,
    today: today === undefined ? digest : (today.find((skill) => skill.name === name)?.digest ?? null),
  }));
}
