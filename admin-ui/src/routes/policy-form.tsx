/** Making or changing a policy. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { BackLink } from "@/components/back-link";
import { LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { ProblemNotice } from "@/components/problem-notice";
import { emptyPolicy, policyDraft } from "@/features/policies/draft";
import { PolicyForm } from "@/features/policies/policy-form";
import { useTitle } from "@/lib/title";
import { policyOptions } from "@/queries/policies";

export default function PolicyFormPage() {
  const { policyId } = useParams({ strict: false });
  const navigate = useNavigate();
  const title = policyId === undefined ? "New policy" : "Edit policy";
  useTitle(title);
  const saved = useQuery({ ...policyOptions(policyId ?? ""), enabled: policyId !== undefined });
  return (
    <Page
      title={
        <>
          {policyId === undefined ? (
            <BackLink to="/policies">Policies</BackLink>
          ) : (
            <BackLink to="/policies/$policyId" params={{ policyId }}>
              {saved.data?.name ?? "Policy"}
            </BackLink>
          )}
          <span className="block">{title}</span>
        </>
      }
      subtitle="Which failed runs are rerun by themselves, how often and when."
    >
      {policyId !== undefined && !saved.data ? (
        saved.isError ? (
          <ProblemNotice error={saved.error} onRetry={() => void saved.refetch()} />
        ) : (
          <LoadingRows rows={5} />
        )
      ) : (
        <PolicyForm
          key={policyId}
          first={saved.data ? policyDraft(saved.data) : emptyPolicy()}
          id={policyId}
          onSaved={({ id }) => void navigate({ to: "/policies/$policyId", params: { policyId: id } })}
          onCancel={() =>
            void navigate(
              policyId === undefined
                ? { to: "/policies", search: {} }
                : { to: "/policies/$policyId", params: { policyId } },
            )
          }
        />
      )}
    </Page>
  );
}
