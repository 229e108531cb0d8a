/** Shows a secret, once. */

import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy-button";
import { Dialog, DialogBody, DialogFooter } from "@/components/dialog";
import { Notice } from "@/components/notice";

interface SecretDialogProps {
  secret: string;
  /** It takes the place of another one, which goes on signing for a day. */
  rotated?: boolean;
  onClose: () => void;
}

export function SecretDialog({ secret, rotated, onClose }: SecretDialogProps) {
  return (
    <Dialog open locked onClose={onClose} title={rotated ? "The new secret" : "The webhook's secret"}>
      <DialogBody>
        <Notice kind="wait" title="It is shown only now">
          Copy it into the receiver, which checks the signatures with it.
          {rotated && " For a day the old secret signs as well."}
        </Notice>
        <div className="flex items-center gap-2 rounded-lg border bg-sunken/60 px-3 py-2">
          <code data-secret className="min-w-0 grow font-mono text-xs break-all">
            {secret}
          </code>
          <CopyButton text={secret} label="Copy the secret" />
        </div>
      </DialogBody>
      <DialogFooter>
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
