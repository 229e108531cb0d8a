/** Idempotency keys: one for each thing that somebody means to do once. */
import { useRef } from "react";
import { writeJson } from "./json";
import { isAway } from "./problem";

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

/**
 * The key of a button that may be used again: the same until the server has answered, then a new one. Where no
 * answer came, what was asked may have been done: asked once more with the same key, it is not done twice.
 */
export function useActionKey(): { of: (request?: unknown) => string; settled: (error: unknown) => void } {
  const keyFor = useRequestKey();
  const turn = useRef(0);
  return {
    of: (request = null) => keyFor([String(turn.current), request]),
    settled: (error) => {
      if (!error || !isAway(error)) turn.current += 1;
    },
  };
}
