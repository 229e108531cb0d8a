/** What else can be done with a run; what can't be done now says why. */
import { useNavigate } from "@tanstack/react-router";
import {
  Ban,
  Braces,
  CalendarClock,
  CopyPlus,
  Ellipsis,
  GitCompareArrows,
  Link2,
  Trash2,
} from "lucide-react";
import type { ReactNode } from "react";
import { buttonLook } from "@/components/button";
import { Menu, MenuItem, MenuSeparator } from "@/components/menu";
import type { RunDetail } from "@/lib/api";
import { copyText } from "@/lib/copy";
import { cancelNot, deleteNot } from "./may";

interface RunMenuProps {
  run: RunDetail;
  onCancel: () => void;
  onDelete: () => void;
}

export function RunMenu({ run, onCancel, onDelete }: RunMenuProps) {
  const navigate = useNavigate();
  const { thread_id: threadId, parent_thread_id: parent } = run;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label="More actions"
          title="More actions"
          className={`${buttonLook()} w-9 px-0`}
        >
          <Ellipsis aria-hidden />
        </button>
      }
    >
      <Item
        icon={<GitCompareArrows aria-hidden />}
        not={parent ? undefined : "It is the first run of its family"}
        onChoose={() =>
          parent && void navigate({ to: "/compare", search: { left: parent, right: threadId } })
        }
      >
        Compare with parent
      </Item>
      <Item
        icon={<CopyPlus aria-hidden />}
        onChoose={() => void navigate({ to: "/new", search: { run: threadId } })}
      >
        Copy to new run
      </Item>
      <Item
        icon={<CalendarClock aria-hidden />}
        onChoose={() => void navigate({ to: "/schedules/new", search: { run: threadId } })}
      >
        Schedule this…
      </Item>
      <MenuSeparator />
      <Item icon={<Link2 aria-hidden />} onChoose={() => void copyText(linkTo(threadId))}>
        Copy the link
      </Item>
      <Item
        icon={<Braces aria-hidden />}
        onChoose={() =>
          void navigate({
            to: "/runs/$threadId",
            params: { threadId },
            search: { tab: "raw" },
            replace: true,
          })
        }
      >
        Raw JSON
      </Item>
      <MenuSeparator />
      <Item danger icon={<Ban aria-hidden />} not={cancelNot(run)} onChoose={onCancel}>
        Cancel run
      </Item>
      <Item danger icon={<Trash2 aria-hidden />} not={deleteNot(run)} onChoose={onDelete}>
        Delete
      </Item>
    </Menu>
  );
}

/** The run's own address, without what is looked at in it. */
function linkTo(threadId: string): string {
  return `${window.location.origin}/ui/runs/${encodeURIComponent(threadId)}`;
}

interface ItemProps {
  icon: ReactNode;
  onChoose: () => void;
  danger?: boolean;
  not?: string | undefined;
  children: ReactNode;
}

/** The reason stands under the word: who works without a pointer sees no tooltip. */
function Item({ not, children, ...rest }: ItemProps) {
  return (
    <MenuItem not={not} {...rest}>
      <span className="min-w-0">
        {children}
        {not !== undefined && <span className="block max-w-56 text-xs text-ink-soft">{not}</span>}
      </span>
    </MenuItem>
  );
}
