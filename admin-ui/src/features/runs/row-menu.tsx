/** What can be done with one run beside opening and rerunning it. */
import { useNavigate } from "@tanstack/react-router";
import { Ban, Copy, Ellipsis, ExternalLink, GitCompareArrows, Link2, Network } from "lucide-react";
import { Menu, MenuItem, MenuSeparator } from "@/components/menu";
import { cancelNot } from "@/features/run/may";
import type { RunItem } from "@/lib/api";
import { copyText } from "@/lib/copy";

interface RowMenuProps {
  run: RunItem;
  onCancel: (run: RunItem) => void;
}

export function RowMenu({ run, onCancel }: RowMenuProps) {
  const navigate = useNavigate();
  const { thread_id, parent_thread_id } = run;
  const params = { threadId: thread_id };
  const copy = (text: string) => void copyText(text);
  const address = () => `${window.location.origin}/ui/runs/${encodeURIComponent(thread_id)}`;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`More about ${run.run_name}`}
          className="inline-flex size-8 items-center justify-center rounded-md text-ink-faint transition-opacity hover:bg-hover hover:text-ink focus-visible:opacity-100 aria-expanded:opacity-100 md:opacity-0 md:group-focus-within:opacity-100 md:group-hover:opacity-100 max-md:size-9"
        >
          <Ellipsis className="size-4" aria-hidden />
        </button>
      }
    >
      <MenuItem
        icon={<ExternalLink aria-hidden />}
        onChoose={() => void navigate({ to: "/runs/$threadId", params })}
      >
        Open
      </MenuItem>
      <MenuItem
        icon={<Network aria-hidden />}
        onChoose={() => void navigate({ to: "/runs/$threadId", params, search: { tab: "family" } })}
      >
        Its family
      </MenuItem>
      <MenuItem
        icon={<GitCompareArrows aria-hidden />}
        not={parent_thread_id ? undefined : "It is the first run of its family"}
        onChoose={() =>
          void navigate({ to: "/compare", search: { left: parent_thread_id ?? "", right: thread_id } })
        }
      >
        Compare with parent
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Copy aria-hidden />} onChoose={() => copy(thread_id)}>
        Copy the id
      </MenuItem>
      <MenuItem icon={<Link2 aria-hidden />} onChoose={() => copy(address())}>
        Copy the link
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Ban aria-hidden />} danger not={cancelNot(run)} onChoose={() => onCancel(run)}>
        Cancel…
      </MenuItem>
    </Menu>
  );
}
