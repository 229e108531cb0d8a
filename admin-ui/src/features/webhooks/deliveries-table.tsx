/** What was sent to a webhook: each with its tries, and a way to send it again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronRight, Send } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { ValueTable } from "@/components/value-table";
import { When } from "@/components/when";
import { type Delivery, resendDelivery, type Webhook } from "@/lib/api/webhooks";
import { cx } from "@/lib/class-names";
import { asApiError } from "@/lib/problem";
import { useActionKey } from "@/lib/request-key";
import { duration } from "@/lib/time";
import { webhookKeys } from "@/queries/webhooks";
import { DeliveryPill } from "./delivery-state";
import { EVENTS } from "./events";

export function DeliveriesTable({ webhook, deliveries }: { webhook: Webhook; deliveries: Delivery[] }) {
  return (
    <ul aria-label="Deliveries" className="divide-y">
      {deliveries.map((delivery) => (
        <Row key={delivery.id} webhook={webhook} delivery={delivery} />
      ))}
    </ul>
  );
}

function Row({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const [open, setOpen] = useState(false);
  const last = delivery.tries.at(-1);
  return (
    <li
      data-delivery={delivery.id}
      data-state={delivery.state}
      className="px-5 py-3 text-[0.8125rem] max-md:px-4"
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <button
          type="button"
          aria-expanded={open}
          aria-label={`${open ? "Close" : "Open"} delivery ${delivery.id}`}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 grow basis-56 items-start gap-1.5 text-left hover:text-accent"
        >
          <ChevronRight
            aria-hidden
            className={cx("mt-0.5 size-4 shrink-0 text-ink-faint transition-transform", open && "rotate-90")}
          />
          <span className="min-w-0">
            <code className="font-mono text-xs font-medium" title={EVENTS[delivery.type]}>
              {delivery.type}
            </code>
            <span className="block text-xs text-ink-faint">
              <When at={delivery.at} />
            </span>
          </span>
        </button>
        <span className="min-w-0 basis-56 break-words text-ink-soft max-md:basis-full">
          {last && <Outcome status={last.status} error={last.error} />}
          <Tries delivery={delivery} />
        </span>
        <DeliveryPill state={delivery.state} />
        <Resend webhook={webhook} delivery={delivery} />
      </div>
      {open && <Body delivery={delivery} />}
    </li>
  );
}

function Outcome({ status, error }: { status: number | null; error: string | null }) {
  return (
    <span className={error ? "text-bad" : undefined}>
      {status !== null && <span className="font-medium tabular">{status}</span>} {error}
    </span>
  );
}

/** How often it was tried, and when it is tried next. */
function Tries({ delivery: { tries, due_at: due } }: { delivery: Delivery }) {
  return (
    <span className="block text-xs text-ink-faint">
      {tries.length === 0 ? "not tried yet" : tries.length === 1 ? "1 try" : `${tries.length} tries`}
      {due && (
        <>
          , {tries.length === 0 ? "due" : "next"} <When at={due} />
        </>
      )}
    </span>
  );
}

function Resend({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const queries = useQueryClient();
  const key = useActionKey();
  const resend = useMutation({
    mutationFn: () => resendDelivery(webhook.id, delivery.id, key.of()),
    onSettled: (_, error) => {
      key.settled(error);
      return queries.invalidateQueries({ queryKey: webhookKeys.webhook(webhook.id) });
    },
  });
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-2">
      <Button
        size="sm"
        busy={resend.isPending}
        disabled={!webhook.enabled}
        title={webhook.enabled ? undefined : "The webhook is off; enable it first"}
        icon={<Send aria-hidden />}
        onClick={() => resend.mutate()}
      >
        Resend
      </Button>
      {resend.isError && (
        <span role="alert" className="text-xs text-bad">
          {asApiError(resend.error).detail}
        </span>
      )}
    </span>
  );
}

function Body({ delivery }: { delivery: Delivery }) {
  return (
    <div className="mt-3 space-y-3 pl-5.5">
      {delivery.tries.length > 0 && (
        <div className="overflow-x-auto rounded-lg border">
          <table className="w-full text-left text-xs">
            <thead>
              <tr className="border-b bg-sunken/60 text-ink-soft [&_th]:px-3 [&_th]:py-1.5 [&_th]:font-normal">
                <th scope="col">Tried</th>
                <th scope="col">Status</th>
                <th scope="col">Took</th>
                <th scope="col">Error</th>
              </tr>
            </thead>
            <tbody className="divide-y">
              {delivery.tries.map((tried) => (
                <tr key={tried.at} className="[&_td]:px-3 [&_td]:py-1.5">
                  <td>
                    <When at={tried.at} />
                  </td>
                  <td className="tabular">{tried.status ?? "none"}</td>
                  <td className="tabular whitespace-nowrap">{duration(tried.ms)}</td>
                  <td className="[overflow-wrap:anywhere] text-bad">{tried.error}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div>
        <p className="mb-1 text-xs text-ink-faint">
          What is sent, as message <code className="font-mono break-all">{delivery.message_id}</code>
        </p>
        <ValueTable data={delivery.data} />
      </div>
    </div>
  );
}
