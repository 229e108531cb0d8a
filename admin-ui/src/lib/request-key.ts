/** Idempotency keys: one for each thing that somebody means to do once. */
import { useRef } from "react";
import { writeJson } from "./json";

/** A random key; crypto.randomUUID exists on HTTPS and loopback only. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Gives the same key for the same request while the form is open, and a new one once it was edited. */
export function useRequestKey(): (request: unknown) => string {
  const last = useRef({ body: "", key: "" });
  return (request) => {
    const body = writeJson(request);
    if (last.current.key === "" || last.current.body !== body) last.current = { body, key: newKey() };
    return last.current.key;
  };
}

/** The key of a button that may be used again: the same until its call has come back, then a new one. */
export function useActionKey(): { current: () => string; renew: () => void } {
  const key = useRef(newKey());
  return {
    current: () => key.current,
    renew: () => {
      key.current = newKey();
    },
  };
}
