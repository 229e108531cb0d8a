/** What the pages ask about webhooks. */
import { client, data } from "../client";
import type { JsonObject } from "../json";
import type { components } from "../schema";

type Schemas = components["schemas"];

export type Webhook = Schemas["WebhookItem"];
export type WebhookSecret = Schemas["WebhookSecret"];
export type EventName = Webhook["events"][number];
export type DeliveryState = Schemas["DeliveryState"];
export type Delivery = Omit<Schemas["DeliveryItem"], "data"> & { data: JsonObject };
export type DeliveryPage = { items: Delivery[]; next_cursor: string | null };

export const listWebhooks = (cursor: string | undefined, signal?: AbortSignal) =>
  data(client.GET("/admin/webhooks", { params: { query: { cursor, limit: 50 } }, signal }));

export const getWebhook = (webhook_id: string, signal?: AbortSignal) =>
  data(client.GET("/admin/webhooks/{webhook_id}", { params: { path: { webhook_id } }, signal }));

export const createWebhook = (request: { url: string; events: EventName[] }, key: string) =>
  data(client.POST("/admin/webhooks", { params: { header: { "Idempotency-Key": key } }, body: request }));

export const editWebhook = (webhook_id: string, change: Schemas["WebhookEdit"]) =>
  data(client.PATCH("/admin/webhooks/{webhook_id}", { params: { path: { webhook_id } }, body: change }));

export const deleteWebhook = (webhook_id: string, reason?: string) =>
  data(client.DELETE("/admin/webhooks/{webhook_id}", { params: { path: { webhook_id } }, body: { reason } }));

/** A new secret; the old one signs beside it for a day. */
export const rotateSecret = (webhook_id: string, reason: string | undefined, key: string) =>
  data(
    client.POST("/admin/webhooks/{webhook_id}/rotate", {
      params: { path: { webhook_id }, header: { "Idempotency-Key": key } },
      body: { reason },
    }),
  );

export const testWebhook = (webhook_id: string, key: string) =>
  data(
    client.POST("/admin/webhooks/{webhook_id}/test", {
      params: { path: { webhook_id }, header: { "Idempotency-Key": key } },
    }),
  );

export const listDeliveries = (
  webhook_id: string,
  state: DeliveryState[],
  cursor: string | undefined,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/webhooks/{webhook_id}/deliveries", {
      params: { path: { webhook_id }, query: { state, cursor, limit: 50 } },
      signal,
    }),
  ) as Promise<DeliveryPage>;

export const resendDelivery = (webhook_id: string, delivery_id: number, key: string) =>
  data(
    client.POST("/admin/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", {
      params: { path: { webhook_id, delivery_id }, header: { "Idempotency-Key": key } },
    }),
  );
