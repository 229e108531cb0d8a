import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, it, vi } from "vitest";
import { useGeneralShortcut, useShortcut } from "./shortcut";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
const root = createRoot(document.body.appendChild(document.createElement("div")));
const done = vi.fn();

function Page({ own }: { own: boolean }) {
  useShortcut("/", "Filter", () => done("filter"), own);
  useShortcut("r", "Rerun", () => done("rerun"));
  return null;
}

function Frame({ own }: { own: boolean }) {
  useGeneralShortcut("/", "Search", () => done("search"));
  useGeneralShortcut("g r", "Go to runs", () => done("runs"));
  return createElement(Page, { own });
}

function List() {
  useShortcut("a", "Approve", () => done("approve"));
  useShortcut("j", "Next", () => done("next"));
  return null;
}

const show = (own: boolean) => act(() => root.render(createElement(Frame, { own })));
const press = (key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

afterEach(() => {
  done.mockClear();
  document.querySelector("input")?.remove();
});

it("takes the page's shortcut before the general one", async () => {
  await show(true);
  press("/");
  await show(false);
  press("/");
  expect(done.mock.calls.flat()).toEqual(["filter", "search"]);
});

it("knows two keys, one after the other, and the second one alone", async () => {
  await show(false);
  press("g");
  press("r");
  press("r");
  expect(done.mock.calls.flat()).toEqual(["runs", "rerun"]);
});

it("rests while somebody types, or holds another key", async () => {
  await show(false);
  press("r", { ctrlKey: true });
  press("r", {}, document.body.appendChild(document.createElement("input")));
  expect(done).not.toHaveBeenCalled();
});

it("acts once while a key is held down, unless it walks through a list", async () => {
  await act(() => root.render(createElement(List)));
  for (const key of ["a", "j"]) {
    press(key);
    press(key, { repeat: true });
  }
  expect(done.mock.calls.flat()).toEqual(["approve", "next", "next"]);
});
