/** Choices that this browser keeps: each one text, the same in all its tabs. */
import { useSyncExternalStore } from "react";
import { store, stored } from "./stored";

export interface Preference<T extends string> {
  get: () => T;
  /** The fallback is not kept: who never chose follows it where it changes. */
  set: (value: T) => void;
  subscribe: (tell: () => void) => () => void;
}

interface Options<T extends string> {
  key: string;
  fallback: T;
  /** Whether a kept text is one of the choices; anything may stand in the storage. */
  valid: (text: string) => text is T;
  /** Called with each choice, for instance to mark the document. */
  apply?: (value: T) => void;
}

export function preference<T extends string>({ key, fallback, valid, apply }: Options<T>): Preference<T> {
  const listeners = new Set<() => void>();
  const kept = () => {
    const text = stored(key);
    return text !== null && valid(text) ? text : fallback;
  };
  let value = kept();
  const take = (next: T) => {
    value = next;
    apply?.(next);
    for (const tell of listeners) tell();
  };
  globalThis.addEventListener?.("storage", (event) => {
    if (event.key === key || event.key === null) take(kept());
  });
  return {
    get: () => value,
    set: (next) => {
      store(key, next === fallback ? null : next);
      take(next);
    },
    subscribe: (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}

export function usePreference<T extends string>(of: Preference<T>): T {
  return useSyncExternalStore(of.subscribe, of.get);
}
