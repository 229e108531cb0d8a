/** The inbox: what waits for people over all runs, with the open item beside it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Inbox, SearchX } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Empty, LoadingRows, Skeleton } from "@/components/empty";
import { Page } from "@/components/layout";
import { BY_POSITION, Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { BulkAnswer } from "@/features/inbox/bulk-answer";
import { InboxFilters } from "@/features/inbox/inbox-filters";
import { InboxItem } from "@/features/inbox/inbox-item";
import { InboxList } from "@/features/inbox/inbox-list";
import {
  hasInboxFilter,
  type InboxSearch,
  inboxFilter,
  keyOf,
  nextAfter,
} from "@/features/inbox/inbox-search";
import { type News, NewsNotice, newsOf } from "@/features/inbox/news";
import { useInboxKeys } from "@/features/inbox/use-inbox-keys";
import { useOpenItem } from "@/features/inbox/use-open-item";
import { isSelected, NONE, pageToggled, toggled } from "@/features/runs/selection";
import type { Wait } from "@/lib/api/waits";
import { cx } from "@/lib/class-names";
import { useTitle } from "@/lib/title";
import { dropWaits, waitCountOptions, waitListOptions } from "@/queries/waits";

const route = getRouteApi("/inbox");

export default function InboxPage() {
  useTitle("Inbox");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const waits = useQuery(waitListOptions(inboxFilter(search), search.cursor));
  const counts = useQuery(waitCountOptions(search.q ? { q: search.q } : {}));
  const [selection, setSelection] = useState(NONE);
  const [news, setNews] = useState<News | null>(null);
  const history = search.state === "answered";
  const items = waits.data?.items ?? [];
  const keys = items.map(keyOf);
  const chosen = search.run && search.step ? `${search.run}/${search.step}` : undefined;
  const { wait, isGone, hold } = useOpenItem(search, {
    items,
    by: JSON.stringify([inboxFilter(search), search.cursor]),
    isNew: waits.isSuccess && !waits.isPlaceholderData,
  });
  const openKey = wait && keyOf(wait);
  const place = openKey === undefined ? -1 : keys.indexOf(openKey);

  const change = (next: Partial<InboxSearch>) =>
    void navigate({
      search: (now) => ({ ...now, cursor: undefined, run: undefined, step: undefined, ...next }),
      replace: true,
      resetScroll: false,
    });
  const open = (key: string | undefined) => {
    const found = items.find((item) => keyOf(item) === key);
    void navigate({
      search: (now) => ({ ...now, run: found?.thread_id, step: found && String(found.step) }),
      replace: true,
      resetScroll: false,
    });
  };
  const toggle = (key: string, through = false) => setSelection(toggled(selection, key, keys, through));
  /** What has been answered leaves the list; where the open item went, the next one comes up. */
  const leave = (gone: readonly Wait[]) => {
    const left = gone.map(keyOf);
    if (openKey && left.includes(openKey)) {
      const next = nextAfter(keys, openKey, left);
      if (chosen) open(next);
      else hold(next);
    }
    setSelection((now) => ({ ...now, ids: now.ids.filter((key) => !left.includes(key)) }));
    void dropWaits(queries, [...gone]);
  };
  useInboxKeys({ keys, at: place, open, onSelect: history || !openKey ? undefined : () => toggle(openKey) });

  const filtered = hasInboxFilter(search);
  const selected = items.filter((item) => isSelected(selection, keyOf(item)));
  const nothing = waits.isSuccess && items.length === 0 && !waits.isPlaceholderData && !chosen;
  return (
    <Page title="Inbox" subtitle="What waits for people, over all runs.">
      <div className={cx(chosen && "max-lg:hidden")}>
        <InboxFilters search={search} counts={counts.data} onChange={change} />
      </div>
      {waits.isError && (
        <div className="mb-4">
          <ProblemNotice error={waits.error} onRetry={() => void waits.refetch()} />
        </div>
      )}
      {news && <NewsNotice news={news} onClose={() => setNews(null)} />}
      {waits.isPending && (
        <Panel>
          <LoadingRows />
        </Panel>
      )}
      {nothing && (
        <Panel>
          {filtered ? (
            <Empty
              icon={<SearchX aria-hidden />}
              title={history ? "No answer matches" : "Nothing like this waits"}
              actions={
                <Button onClick={() => void navigate({ search: history ? { state: "answered" } : {} })}>
                  Clear the filter
                </Button>
              }
            />
          ) : (
            <Empty
              icon={<Inbox aria-hidden />}
              title={history ? "Nothing has been answered yet" : "Nothing waits for you"}
            >
              {history
                ? "What people approve, reject and fill in is kept here: by whom, when and why."
                : "When a run needs somebody to agree, to fill in a form, or to say whether something happened, it stands here."}
            </Empty>
          )}
        </Panel>
      )}
      {(items.length > 0 || chosen) && (
        <div className="grid items-start gap-5 lg:grid-cols-[21rem_minmax(0,1fr)]">
          <Panel
            className={cx(
              "overflow-hidden lg:sticky lg:top-6 lg:flex lg:max-h-[calc(100dvh-3rem)] lg:flex-col",
              chosen && "max-lg:hidden",
              waits.isPlaceholderData && "opacity-60 transition-opacity",
            )}
          >
            {!history && items.length > 1 && (
              <SelectAll
                on={keys.every((key) => isSelected(selection, key))}
                some={selected.length > 0}
                onChange={(on) => setSelection(pageToggled(selection, keys, on))}
              />
            )}
            <div className="min-h-0 overflow-y-auto">
              <InboxList
                waits={items}
                open={openKey}
                isFirst={!chosen}
                selected={history ? undefined : selection.ids}
                onToggle={toggle}
              />
            </div>
            <Pager cursor={search.cursor} next={waits.data?.next_cursor ?? null} words={BY_POSITION} />
          </Panel>
          <div className={cx("min-w-0", !chosen && "max-lg:hidden")}>
            {wait && (
              <InboxItem
                wait={wait}
                place={place < 0 ? "" : `${place + 1} of ${items.length}`}
                onBack={place > 0 ? () => open(keys[place - 1]) : undefined}
                onOn={place < keys.length - 1 ? () => open(keys[place + 1]) : undefined}
                onAnswered={() => {
                  setNews(null);
                  leave([wait]);
                }}
                onTooLate={(error) => {
                  setNews(newsOf(error, wait));
                  if (error.type !== "out-of-date") leave([wait]);
                }}
              />
            )}
            {chosen && !wait && !isGone && <Skeleton className="h-64 rounded-xl" />}
            {isGone && (
              <Panel>
                <Empty
                  icon={<SearchX aria-hidden />}
                  title="This does not wait any more"
                  actions={<Button onClick={() => change({})}>To what waits</Button>}
                >
                  The run has gone on, was cancelled or was deleted.
                </Empty>
              </Panel>
            )}
          </div>
        </div>
      )}
      {!history && selected.length > 0 && (
        <BulkAnswer
          waits={selected}
          onClear={() => setSelection(NONE)}
          onAnswered={(outcome, gone) => {
            setNews(outcome);
            leave(gone);
          }}
        />
      )}
    </Page>
  );
}

interface SelectAllProps {
  on: boolean;
  some: boolean;
  onChange: (on: boolean) => void;
}

function SelectAll({ on, some, onChange }: SelectAllProps) {
  return (
    <label className="flex cursor-pointer items-center gap-2 border-b bg-sunken/60 px-3 py-2 text-xs max-md:pl-3.5 text-ink-soft">
      <input
        type="checkbox"
        checked={on}
        ref={(box) => {
          if (box) box.indeterminate = some && !on;
        }}
        onChange={() => onChange(!on)}
        className="size-4 accent-accent"
      />
      Select all on this page
    </label>
  );
}
