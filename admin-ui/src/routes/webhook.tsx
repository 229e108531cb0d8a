/** One webhook: what it hears of, and what was sent to it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FlaskConical, KeyRound, Pencil, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { BackLink } from "@/components/back-link";
import { Button } from "@/components/button";
import { Fact, Facts } from "@/components/facts";
import { Notice } from "@/components/notice";
import { NounPage } from "@/components/noun-page";
import { ProblemNotice } from "@/components/problem-notice";
import { RecordPanel } from "@/components/record-panel";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import { DeliveriesTable } from "@/features/webhooks/deliveries-table";
import { DELIVERY, DELIVERY_STATES } from "@/features/webhooks/delivery-state";
import { type Asked, WebhookDialogs } from "@/features/webhooks/webhook-dialogs";
import { EventBadges } from "@/features/webhooks/webhooks-table";
import { testWebhook, type Webhook } from "@/lib/api/webhooks";
import { useActionKey } from "@/lib/request-key";
import { switched, wordsOf } from "@/lib/search";
import { useTitle } from "@/lib/title";
import { deliveriesOptions, webhookKeys, webhookOptions } from "@/queries/webhooks";

const route = getRouteApi("/webhooks/$webhookId");

export default function WebhookPage() {
  const { webhookId } = route.useParams();
  const webhook = useQuery(webhookOptions(webhookId));
  useTitle("Webhook");
  return (
    <NounPage
      back={<BackLink to="/webhooks">Webhooks</BackLink>}
      name={<span className="text-xl break-all">{webhook.data?.url ?? "Webhook"}</span>}
      found={webhook}
    >
      {(found) => <Filled webhook={found} />}
    </NounPage>
  );
}

function Filled({ webhook }: { webhook: Webhook }) {
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const key = useActionKey();
  const test = useMutation({
    mutationFn: () => testWebhook(webhook.id, key.of()),
    onSettled: (_, error) => {
      key.settled(error);
      return queries.invalidateQueries({ queryKey: webhookKeys.webhook(webhook.id) });
    },
  });
  const ask = (next: Asked) => () => setAsked(next);
  return (
    <>
      <div className="mb-5 flex flex-wrap gap-2">
        <Button
          icon={<FlaskConical aria-hidden />}
          busy={test.isPending}
          disabled={!webhook.enabled}
          onClick={() => test.mutate()}
        >
          Send a test
        </Button>
        <Button icon={<Pencil aria-hidden />} onClick={ask("edit")}>
          Edit
        </Button>
        <Button icon={<KeyRound aria-hidden />} onClick={ask("rotate")}>
          Replace secret
        </Button>
        <Button
          look={webhook.enabled ? "secondary" : "primary"}
          icon={<Power aria-hidden />}
          onClick={ask(webhook.enabled ? "disable" : "enable")}
        >
          {webhook.enabled ? "Disable" : "Enable"}
        </Button>
        <Button look="ghost" icon={<Trash2 aria-hidden />} onClick={ask("delete")}>
          Delete
        </Button>
      </div>
      {test.isError && (
        <div className="mb-5">
          <ProblemNotice error={test.error} />
        </div>
      )}
      {!webhook.enabled && (
        <Notice kind="wait" title="Off" className="mb-5">
          {webhook.note ?? "Nothing is delivered until somebody enables it."}
        </Notice>
      )}
      <Facts>
        <Fact name="Events">
          <EventBadges events={webhook.events} />
        </Fact>
        <Fact name="Made">
          <When at={webhook.created_at} />
          <span className="font-normal text-ink-soft"> by {actorText(webhook.requested_by)}</span>
        </Fact>
        {webhook.rotating_until && (
          <Fact name="Secret">
            <span className="font-normal text-wait">
              the old one signs as well, until <When at={webhook.rotating_until} />
            </span>
          </Fact>
        )}
      </Facts>
      <Deliveries webhook={webhook} />
      <WebhookDialogs
        webhook={webhook}
        asked={asked}
        onClose={() => setAsked(null)}
        onDeleted={() => void navigate({ to: "/webhooks", search: {}, replace: true })}
      />
    </>
  );
}

function Deliveries({ webhook }: { webhook: Webhook }) {
  const { state, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const states = wordsOf(state, DELIVERY_STATES);
  const deliveries = useQuery(deliveriesOptions(webhook.id, states, cursor));
  return (
    <RecordPanel
      title="Deliveries"
      label="State of the deliveries"
      choices={DELIVERY_STATES.map((value) => ({
        value,
        word: DELIVERY[value].word,
        meaning: DELIVERY[value].meaning,
        count: webhook.deliveries[value] ?? 0,
      }))}
      chosen={states}
      onToggle={(next) =>
        void navigate({ search: { state: switched(states, next) }, replace: true, resetScroll: false })
      }
      found={deliveries}
      cursor={cursor}
      none="Nothing has been sent yet. A test shows whether it arrives."
      noMatch="No delivery is in this state."
    >
      {(items) => <DeliveriesTable webhook={webhook} deliveries={items} />}
    </RecordPanel>
  );
}
