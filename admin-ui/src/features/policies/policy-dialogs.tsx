/** What is asked before a policy is turned on or off or deleted, or a breaker closed. */
import { useQueryClient } from "@tanstack/react-query";
import { Power, ShieldCheck, Trash2 } from "lucide-react";
import { NoteDialog } from "@/components/note-dialog";
import {
  type Breaker,
  closeBreaker,
  deletePolicy,
  disablePolicy,
  enablePolicy,
  type Policy,
} from "@/lib/api/policies";
import { policyKeys } from "@/queries/policies";

export type Asked = "enable" | "disable" | "delete" | { close: Breaker };

interface PolicyDialogsProps {
  policy: Policy;
  asked: Asked | null;
  onClose: () => void;
  onDeleted: () => void;
}

export function PolicyDialogs({ policy: { id, name }, asked, onClose, onDeleted }: PolicyDialogsProps) {
  const queries = useQueryClient();
  const done = () => {
    void queries.invalidateQueries({ queryKey: policyKeys.all });
    onClose();
  };
  if (asked === null) return null;
  if (asked === "enable") {
    return (
      <NoteDialog
        title={`Enable ${name}?`}
        word="Enable"
        icon={<Power aria-hidden />}
        act={(note) => enablePolicy(id, note)}
        onDone={done}
        onClose={onClose}
      >
        It looks at failures from now on; older ones are left as they are.
      </NoteDialog>
    );
  }
  if (asked === "disable") {
    return (
      <NoteDialog
        title={`Disable ${name}?`}
        word="Disable"
        icon={<Power aria-hidden />}
        label="Note"
        hint="Stands beside it until it is enabled."
        act={(note) => disablePolicy(id, note)}
        onDone={done}
        onClose={onClose}
      >
        Nothing more is rerun by it until somebody enables it. Reruns that it has made go on.
      </NoteDialog>
    );
  }
  if (asked === "delete") {
    return (
      <NoteDialog
        title={`Delete ${name}?`}
        word="Delete"
        danger
        icon={<Trash2 aria-hidden />}
        act={(reason) => deletePolicy(id, reason)}
        onDone={() => {
          onClose();
          onDeleted();
        }}
        onClose={onClose}
      >
        The policy goes, with the record of what it did. The reruns that it has made stay.
      </NoteDialog>
    );
  }
  const { skill, held_back: held } = asked.close;
  return (
    <NoteDialog
      title={`Close the breaker${skill ? ` of ${skill}` : ""}?`}
      word="Close breaker"
      icon={<ShieldCheck aria-hidden />}
      act={(note) => closeBreaker(id, skill, note)}
      onDone={done}
      onClose={onClose}
    >
      {held === 0
        ? "Reruns go through again."
        : `What it held back (${held.toLocaleString("en")}) is looked at again at once, and rerun where the policy says so.`}
    </NoteDialog>
  );
}
