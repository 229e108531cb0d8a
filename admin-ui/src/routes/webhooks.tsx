/** The webhooks: receivers that are told of events. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus, Webhook } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { SecretDialog } from "@/features/webhooks/secret-dialog";
import { WebhookForm } from "@/features/webhooks/webhook-form";
import { WebhooksTable } from "@/features/webhooks/webhooks-table";
import { useShortcut } from "@/lib/shortcut";
import { useTitle } from "@/lib/title";
import { webhookListOptions } from "@/queries/webhooks";

const route = getRouteApi("/webhooks");

export default function WebhooksPage() {
  useTitle("Webhooks");
  const { cursor, add } = route.useSearch();
  const navigate = route.useNavigate();
  const webhooks = useQuery(webhookListOptions(cursor));
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const items = webhooks.data?.items ?? [];
  const adding = (on: boolean) =>
    void navigate({
      search: ({ add: _, ...rest }) => (on ? { ...rest, add: "true" } : rest),
      replace: !on,
      resetScroll: false,
    });
  useShortcut("n", "New webhook", () => adding(true), !add);
  const create = (
    <Button look="primary" icon={<Plus aria-hidden />} onClick={() => adding(true)}>
      New webhook
    </Button>
  );
  return (
    <Page title="Webhooks" subtitle="Receivers that are told when something happens." actions={create}>
      {webhooks.isError && (
        <div className="mb-4">
          <ProblemNotice error={webhooks.error} onRetry={() => void webhooks.refetch()} />
        </div>
      )}
      {!(webhooks.isError && items.length === 0) && (
        <Panel className={webhooks.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {webhooks.isPending && <LoadingRows rows={4} />}
          {webhooks.isSuccess && items.length === 0 && (
            <Empty icon={<Webhook aria-hidden />} title="Nobody is told yet" actions={create}>
              A webhook is sent events of runs, batches and schedules: signed, tried again while the receiver
              is away, and each with its record here.
            </Empty>
          )}
          {items.length > 0 && <WebhooksTable webhooks={items} />}
          <Pager cursor={cursor} next={webhooks.data?.next_cursor ?? null} />
        </Panel>
      )}
      {add && (
        <WebhookForm
          onClose={() => adding(false)}
          onSaved={(saved) => {
            if ("secret" in saved) setMade(saved);
            adding(false);
          }}
        />
      )}
      {made && (
        <SecretDialog
          secret={made.secret}
          onClose={() => {
            setMade(null);
            void navigate({ to: "/webhooks/$webhookId", params: { webhookId: made.id } });
          }}
        />
      )}
    </Page>
  );
}
