/** The webhooks: where events go, which, and how deliveries stand. */
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/badge";
import { type Mark, Marks } from "@/components/marks";
import { Pill } from "@/components/pill";
import type { Webhook } from "@/lib/api/webhooks";
import { absoluteTime } from "@/lib/time";
import { DELIVERY, DELIVERY_STATES, SWITCH } from "./delivery-state";
import { EVENTS } from "./events";

const CELL = "px-3 py-3 align-top max-md:p-0";

export function WebhooksTable({ webhooks }: { webhooks: Webhook[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Receiver
          </th>
          <th scope="col">State</th>
          <th scope="col">Events</th>
          <th scope="col" className="!pr-5">
            Deliveries
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {webhooks.map((webhook) => (
          <tr
            key={webhook.id}
            data-webhook={webhook.id}
            className="transition-colors hover:bg-hover max-md:grid max-md:gap-y-2 max-md:px-4 max-md:py-4"
          >
            <td className={`${CELL} md:w-[36%] md:pl-5`}>
              <Link
                to="/webhooks/$webhookId"
                params={{ webhookId: webhook.id }}
                className="font-medium break-all hover:text-accent"
              >
                {webhook.url}
              </Link>
            </td>
            <td className={`${CELL} md:w-40`}>
              <Pill look={SWITCH[webhook.enabled ? "on" : "off"]} state={webhook.enabled ? "on" : "off"} />
              {!webhook.enabled && webhook.note && (
                <p className="mt-1 text-xs break-words text-ink-soft">{webhook.note}</p>
              )}
            </td>
            <td className={CELL}>
              <EventBadges events={webhook.events} />
            </td>
            <td className={`${CELL} md:w-56 md:pr-5`}>
              <DeliveryCounts webhook={webhook} />
              <div className="mt-2">
                <Marks label="Last deliveries" marks={webhook.recent.map(markOf)} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function markOf({ id, type, at, state, error }: Webhook["recent"][number]): Mark {
  const said = `${absoluteTime(Date.parse(at))}: ${type}, ${DELIVERY[state].word.toLowerCase()}`;
  return { key: String(id), text: error ? `${said}: ${error}` : said, tone: DELIVERY[state].tone };
}

export function EventBadges({ events }: { events: Webhook["events"] }) {
  return (
    <ul className="flex flex-wrap gap-1">
      {events.map((event) => (
        <li key={event}>
          <Badge title={EVENTS[event]}>{event}</Badge>
        </li>
      ))}
    </ul>
  );
}

function DeliveryCounts({ webhook }: { webhook: Webhook }) {
  const known = DELIVERY_STATES.filter((state) => (webhook.deliveries[state] ?? 0) > 0);
  if (known.length === 0) return <span className="text-[0.8125rem] text-ink-faint">nothing sent yet</span>;
  return (
    <ul className="flex flex-wrap gap-1">
      {known.map((state) => (
        <li key={state}>
          <Badge tone={DELIVERY[state].tone} title={DELIVERY[state].meaning}>
            {(webhook.deliveries[state] ?? 0).toLocaleString("en")} {DELIVERY[state].word.toLowerCase()}
          </Badge>
        </li>
      ))}
    </ul>
  );
}
