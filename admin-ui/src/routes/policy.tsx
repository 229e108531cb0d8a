/** One policy: its rule in words, its breakers, and what it did about each failed run. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Pencil, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { BackLink } from "@/components/back-link";
import { Button, buttonLook } from "@/components/button";
import { Notice } from "@/components/notice";
import { NounPage } from "@/components/noun-page";
import { RecordPanel } from "@/components/record-panel";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import { ANSWER, ANSWERS } from "@/features/policies/answer-state";
import { AnswersTable } from "@/features/policies/answers-table";
import { Breakers } from "@/features/policies/breakers";
import { type Asked, PolicyDialogs } from "@/features/policies/policy-dialogs";
import { policyLimits, policySentence } from "@/features/policies/sentence";
import type { Policy } from "@/lib/api/policies";
import { switched, wordsOf } from "@/lib/search";
import { useTitle } from "@/lib/title";
import { policyAnswersOptions, policyOptions } from "@/queries/policies";

const route = getRouteApi("/policies/$policyId");

export default function PolicyPage() {
  const { policyId } = route.useParams();
  const policy = useQuery(policyOptions(policyId));
  useTitle(policy.data?.name ?? "Policy");
  return (
    <NounPage
      back={<BackLink to="/policies">Policies</BackLink>}
      name={policy.data?.name ?? "Policy"}
      found={policy}
    >
      {(found) => <Filled policy={found} />}
    </NounPage>
  );
}

function Filled({ policy }: { policy: Policy }) {
  const navigate = route.useNavigate();
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <div className="mb-5 flex flex-wrap gap-2">
        <Button
          look={policy.enabled ? "secondary" : "primary"}
          icon={<Power aria-hidden />}
          onClick={() => setAsked(policy.enabled ? "disable" : "enable")}
        >
          {policy.enabled ? "Disable" : "Enable"}
        </Button>
        <Link
          to="/policies/$policyId/edit"
          params={{ policyId: policy.id }}
          className={buttonLook("secondary")}
        >
          <Pencil aria-hidden /> Edit
        </Link>
        <Button look="ghost" icon={<Trash2 aria-hidden />} onClick={() => setAsked("delete")}>
          Delete
        </Button>
      </div>
      {!policy.enabled && (
        <Notice kind="wait" title="Off" className="mb-5">
          {policy.note ? `“${policy.note}”` : "It does not look at failures until somebody enables it."}
        </Notice>
      )}
      <section className="mb-5 space-y-1 rounded-xl border bg-surface px-5 py-4 shadow-card max-md:px-4">
        <p data-sentence className="font-medium break-words">
          {policySentence(policy)}
        </p>
        {policyLimits(policy).map((limit) => (
          <p key={limit} className="text-[0.8125rem] text-ink-soft">
            {limit}
          </p>
        ))}
        <p className="pt-1 text-xs text-ink-faint">
          Made <When at={policy.created_at} /> by {actorText(policy.requested_by)}
        </p>
      </section>
      <Breakers breakers={policy.breakers} onClose={(close) => setAsked({ close })} />
      <Answers policy={policy} />
      <PolicyDialogs
        policy={policy}
        asked={asked}
        onClose={() => setAsked(null)}
        onDeleted={() => void navigate({ to: "/policies", search: {}, replace: true })}
      />
    </>
  );
}

function Answers({ policy }: { policy: Policy }) {
  const { answer, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = wordsOf(answer, ANSWERS);
  const answers = useQuery(policyAnswersOptions(policy.id, chosen, cursor));
  return (
    <RecordPanel
      title="What it did about failed runs"
      label="Answer"
      choices={ANSWERS.map((value) => ({
        value,
        word: ANSWER[value].word,
        meaning: ANSWER[value].meaning,
        count: policy.answers[value] ?? 0,
      }))}
      chosen={chosen}
      onToggle={(next) =>
        void navigate({ search: { answer: switched(chosen, next) }, replace: true, resetScroll: false })
      }
      found={answers}
      cursor={cursor}
      none="No failed run has come its way yet. What it does about each stands here."
      noMatch="It has answered no failed run so."
    >
      {(items) => <AnswersTable answers={items} />}
    </RecordPanel>
  );
}
