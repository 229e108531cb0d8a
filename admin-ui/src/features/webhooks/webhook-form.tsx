/** The form of a webhook, in a dialog: where to, and which events. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Webhook as Icon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { CheckBox } from "@/components/check-box";
import { Dialog, DialogBody, DialogFooter } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import {
  createWebhook,
  type EventName,
  editWebhook,
  type Webhook,
  type WebhookSecret,
} from "@/lib/api/webhooks";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { webhookKeys } from "@/queries/webhooks";
import { EVENT_NAMES, EVENTS, USUAL } from "./events";

interface WebhookFormProps {
  /** The one to change; none: a new one. */
  webhook?: Webhook;
  onSaved: (webhook: Webhook | WebhookSecret) => void;
  onClose: () => void;
}

export function WebhookForm({ webhook, onSaved, onClose }: WebhookFormProps) {
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [events, setEvents] = useState<EventName[]>(webhook?.events ?? USUAL);
  const keyFor = useRequestKey();
  const queries = useQueryClient();
  const save = useMutation<Webhook | WebhookSecret>({
    mutationFn: () => {
      const asked = { url: url.trim(), events };
      return webhook ? editWebhook(webhook.id, asked) : createWebhook(asked, keyFor(asked));
    },
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: webhookKeys.all });
      onSaved(saved);
    },
  });
  const problem = save.isError ? asApiError(save.error) : null;
  const placed = problem?.at("/url") ?? problem?.at("/events");
  const ready = url.trim() !== "" && events.length > 0;
  const busy = save.isPending || save.isSuccess;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      locked={save.isPending}
      title={webhook ? "Edit webhook" : "New webhook"}
      description={
        webhook
          ? "The secret stays as it is."
          : "Events are signed as Standard Webhooks says; the secret is shown once."
      }
    >
      <form
        className="flex min-h-0 flex-col"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) save.mutate();
        }}
      >
        <DialogBody>
          <Field
            label="URL"
            hint="https://…; addresses in private networks only where the server allows them."
            error={problem?.at("/url")}
          >
            {(ids) => (
              <TextInput
                {...ids}
                type="url"
                value={url}
                maxLength={2000}
                autoComplete="off"
                spellCheck={false}
                placeholder="https://example.com/hooks/agentskills"
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
          <fieldset>
            <legend className="mb-2 text-[0.8125rem] font-medium">Events</legend>
            <div className="grid gap-x-4 gap-y-2.5 sm:grid-cols-2">
              {EVENT_NAMES.map((name) => (
                <CheckBox
                  key={name}
                  checked={events.includes(name)}
                  meaning={EVENTS[name]}
                  onChange={(on) =>
                    setEvents((now) =>
                      EVENT_NAMES.filter((other) => (other === name ? on : now.includes(other))),
                    )
                  }
                >
                  <code className="font-mono text-xs">{name}</code>
                </CheckBox>
              ))}
            </div>
            {(events.length === 0 || problem?.at("/events")) && (
              <p role="alert" className="mt-2 text-[0.8125rem] text-bad">
                {problem?.at("/events") ?? "Choose at least one."}
              </p>
            )}
          </fieldset>
        </DialogBody>
        <DialogFooter>
          {problem && !placed && (
            <p role="alert" className="mr-auto min-w-0 text-[0.8125rem] break-words text-bad">
              {problem.detail}
            </p>
          )}
          <Button onClick={onClose} disabled={save.isPending}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!ready} icon={<Icon aria-hidden />}>
            {webhook ? "Save" : "Create webhook"}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
