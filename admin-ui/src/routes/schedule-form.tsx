/** Making or changing a schedule. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { BackLink } from "@/components/back-link";
import { LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { ProblemNotice } from "@/components/problem-notice";
import { draftFrom, emptyDraft, type ScheduleDraft } from "@/features/schedules/draft";
import { ScheduleForm } from "@/features/schedules/schedule-form";
import { useTitle } from "@/lib/title";
import { runOptions } from "@/queries/runs";
import { scheduleOptions } from "@/queries/schedules";
import { sopsOptions } from "@/queries/skills";

export default function ScheduleFormPage() {
  const { scheduleId } = useParams({ strict: false });
  const { run, sop } = useSearch({ strict: false }) as { run?: string; sop?: string };
  const navigate = useNavigate();
  const title = scheduleId === undefined ? "New schedule" : "Edit schedule";
  useTitle(title);
  const sops = useQuery(sopsOptions);
  const saved = useQuery({ ...scheduleOptions(scheduleId ?? ""), enabled: scheduleId !== undefined });
  const source = useQuery({
    ...runOptions(run ?? ""),
    enabled: scheduleId === undefined && run !== undefined,
  });
  const waits =
    (scheduleId !== undefined && saved.isPending) ||
    (run !== undefined && source.isPending) ||
    sops.isPending;
  const broken = [saved, sops].find(({ isError, data }) => isError && data === undefined);
  const first = (): ScheduleDraft => {
    if (saved.data) return draftFrom(saved.data);
    const empty = emptyDraft();
    if (run !== undefined) {
      const name = source.data?.run_name.replace(/ \(Rerun #\d+\)$/, "");
      return { ...empty, starts: "rerun", threadId: run, name: name ?? "" };
    }
    return { ...empty, sopName: sop ?? "" };
  };
  return (
    <Page
      title={
        <>
          {scheduleId === undefined ? (
            <BackLink to="/schedules">Schedules</BackLink>
          ) : (
            <BackLink to="/schedules/$scheduleId" params={{ scheduleId }}>
              {saved.data?.name ?? "Schedule"}
            </BackLink>
          )}
          <span className="block">{title}</span>
        </>
      }
      subtitle="A procedure to start or a run to repeat, and when."
    >
      {broken ? (
        <ProblemNotice error={broken.error} onRetry={() => void broken.refetch()} />
      ) : waits ? (
        <LoadingRows rows={5} />
      ) : (
        <ScheduleForm
          key={`${scheduleId ?? ""} ${run ?? ""} ${sop ?? ""}`}
          first={first()}
          id={scheduleId}
          sops={sops.data?.items ?? []}
          onSaved={({ id }) => void navigate({ to: "/schedules/$scheduleId", params: { scheduleId: id } })}
          onCancel={() =>
            void navigate(
              scheduleId === undefined
                ? { to: "/schedules", search: {} }
                : { to: "/schedules/$scheduleId", params: { scheduleId } },
            )
          }
        />
      )}
    </Page>
  );
}
