/** What is asked before a webhook is changed. */
import { useQueryClient } from "@tanstack/react-query";
import { KeyRound, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { NoteDialog } from "@/components/note-dialog";
import { deleteWebhook, editWebhook, rotateSecret, type Webhook } from "@/lib/api/webhooks";
import { webhookKeys } from "@/queries/webhooks";
import { SecretDialog } from "./secret-dialog";
import { WebhookForm } from "./webhook-form";

export type Asked = "edit" | "enable" | "disable" | "rotate" | "delete";

interface WebhookDialogsProps {
  webhook: Webhook;
  asked: Asked | null;
  onClose: () => void;
  onDeleted: () => void;
}

export function WebhookDialogs({ webhook, asked, onClose, onDeleted }: WebhookDialogsProps) {
  const queries = useQueryClient();
  const [secret, setSecret] = useState<string | null>(null);
  const done = () => {
    void queries.invalidateQueries({ queryKey: webhookKeys.all });
    onClose();
  };
  if (secret !== null) return <SecretDialog rotated secret={secret} onClose={() => setSecret(null)} />;
  switch (asked) {
    case "edit":
      return <WebhookForm webhook={webhook} onSaved={done} onClose={onClose} />;
    case "enable":
      return (
        <NoteDialog
          title="Enable this webhook?"
          word="Enable"
          icon={<Power aria-hidden />}
          act={(reason) => editWebhook(webhook.id, { enabled: true, reason })}
          onDone={done}
          onClose={onClose}
        >
          Events are delivered again; what was held up while it was off goes out now.
        </NoteDialog>
      );
    case "disable":
      return (
        <NoteDialog
          title="Disable this webhook?"
          word="Disable"
          icon={<Power aria-hidden />}
          label="Note"
          hint="Stands beside it until it is enabled."
          act={(note) => editWebhook(webhook.id, { enabled: false, note })}
          onDone={done}
          onClose={onClose}
        >
          Nothing is delivered until somebody enables it. Events that happen meanwhile are not sent later.
        </NoteDialog>
      );
    case "rotate":
      return (
        <NoteDialog
          title="Replace the secret?"
          word="Replace secret"
          icon={<KeyRound aria-hidden />}
          act={(reason, key) => rotateSecret(webhook.id, reason, key)}
          onDone={(rotated) => {
            setSecret(rotated.secret);
            done();
          }}
          onClose={onClose}
        >
          The new one is shown once. For a day both sign, so that the receiver can change over without losing
          anything.
        </NoteDialog>
      );
    case "delete":
      return (
        <NoteDialog
          title="Delete this webhook?"
          word="Delete"
          danger
          icon={<Trash2 aria-hidden />}
          act={(reason) => deleteWebhook(webhook.id, reason)}
          onDone={() => {
            onClose();
            onDeleted();
          }}
          onClose={onClose}
        >
          It goes with the record of what was sent to it. What is on its way is not sent any more.
        </NoteDialog>
      );
    default:
      return null;
  }
}
