/** What is asked about webhooks, and under which key it is kept. */
import { queryOptions } from "@tanstack/react-query";
import { type DeliveryState, getWebhook, listDeliveries, listWebhooks } from "@/lib/api/webhooks";

const EVERY_MS = 3000;

export const webhookKeys = {
  all: ["webhooks"] as const,
  webhook: (id: string) => ["webhooks", "webhook", id] as const,
};

export const webhookListOptions = (cursor?: string) =>
  queryOptions({
    queryKey: ["webhooks", "list", cursor ?? null] as const,
    queryFn: ({ signal }) => listWebhooks(cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const webhookOptions = (id: string) =>
  queryOptions({
    queryKey: [...webhookKeys.webhook(id), "detail"] as const,
    queryFn: ({ signal }) => getWebhook(id, signal),
    refetchInterval: EVERY_MS,
  });

export const deliveriesOptions = (id: string, states: DeliveryState[], cursor?: string) =>
  queryOptions({
    queryKey: [...webhookKeys.webhook(id), "deliveries", states, cursor ?? null] as const,
    queryFn: ({ signal }) => listDeliveries(id, states, cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });
