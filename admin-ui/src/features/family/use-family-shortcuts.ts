/** `p` leads to the run that this one repeats, `t` to the first of its family. */
import { useNavigate } from "@tanstack/react-router";
import { useShortcut } from "@/lib/shortcut";

interface OfAFamily {
  thread_id: string;
  parent_thread_id: string | null;
  root_thread_id: string;
}

/** For the page of a run; before it is loaded nothing is registered. */
export function useFamilyShortcuts(run: OfAFamily | undefined): void {
  const navigate = useNavigate();
  const parent = run?.parent_thread_id ?? null;
  const root = run && run.root_thread_id !== run.thread_id ? run.root_thread_id : null;
  const open = (threadId: string | null) => {
    if (threadId !== null) void navigate({ to: "/runs/$threadId", params: { threadId } });
  };
  useShortcut("p", "Open the run that this one repeats", () => open(parent), parent !== null);
  useShortcut("t", "Open the first run of the family", () => open(root), root !== null);
}
