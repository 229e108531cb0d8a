/** Saved views: open one, save what is shown under a name, share it by its link. */
import { Link } from "@tanstack/react-router";
import { Bookmark, Check, Link2, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { TextInput } from "@/components/field";
import { Popover } from "@/components/popover";
import { cx } from "@/lib/class-names";
import type { RunSearch } from "./run-search";
import { isView, readViews, removeView, saveView } from "./views";

interface ViewsMenuProps {
  /** What is shown, with its columns. */
  now: RunSearch;
  onCopyLink: () => Promise<void>;
}

export function ViewsMenu({ now, onCopyLink }: ViewsMenuProps) {
  const [open, setOpen] = useState(false);
  const [views, setViews] = useState(readViews);
  const [name, setName] = useState("");
  const [copied, setCopied] = useState(false);
  const current = views.find((view) => isView(view, now));
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    setViews(saveView({ name: name.trim(), search: now }));
    setName("");
  };
  return (
    <Popover
      label="Views"
      open={open}
      onOpen={(next) => {
        setOpen(next);
        setCopied(false);
        // Another tab may have saved some.
        if (next) setViews(readViews());
      }}
      trigger={
        <Button icon={<Bookmark aria-hidden />} className="max-w-48 text-[0.8125rem]">
          <span className="min-w-0 truncate">{current?.name ?? "Views"}</span>
        </Button>
      }
    >
      <h2 className="text-[0.8125rem] font-semibold">Saved views</h2>
      {views.length === 0 && (
        <p className="mt-0.5 text-xs text-ink-faint">
          Save a filter with its columns under a name. This browser keeps it; the link works for everybody.
        </p>
      )}
      <ul className="-mx-1.5 mt-1.5">
        {views.map((view) => (
          <li key={view.name} className="flex items-center gap-1">
            <Link
              to="/runs"
              search={view.search}
              onClick={() => setOpen(false)}
              className="flex min-w-0 grow items-center gap-2 rounded-lg px-2 py-1.5 text-[0.8125rem] hover:bg-hover"
            >
              <Check
                className={cx("size-4 shrink-0 text-accent", view !== current && "invisible")}
                aria-hidden
              />
              <span className="min-w-0 truncate">{view.name}</span>
            </Link>
            <button
              type="button"
              aria-label={`Forget ${view.name}`}
              title={`Forget ${view.name}`}
              onClick={() => setViews(removeView(view.name))}
              className="rounded-md p-1.5 text-ink-faint hover:bg-hover hover:text-bad"
            >
              <Trash2 className="size-3.5" aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={save} className="mt-3 flex gap-2 border-t pt-3">
        <TextInput
          size="sm"
          aria-label="Name of the view"
          placeholder="Save this view as…"
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
          className="min-w-0 text-[0.8125rem]"
        />
        <Button type="submit" size="sm" disabled={name.trim() === ""}>
          Save
        </Button>
      </form>
      <Button
        size="sm"
        look="ghost"
        className="mt-2 w-full"
        icon={copied ? <Check className="text-good" aria-hidden /> : <Link2 aria-hidden />}
        onClick={() => void onCopyLink().then(() => setCopied(true))}
      >
        {copied ? "Link copied" : "Copy link"}
      </Button>
    </Popover>
  );
}
