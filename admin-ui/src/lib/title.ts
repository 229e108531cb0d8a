/** The browser tab's title, with how much waits for people in front. */
import { useEffect } from "react";

let page = "AgentSkills";
let waiting = 0;

function write(): void {
  document.title = `${waiting > 0 ? `(${waiting.toLocaleString("en")}) ` : ""}${page}`;
}

export function useTitle(title: string): void {
  useEffect(() => {
    page = `${title} · AgentSkills`;
    write();
  }, [title]);
}

/** On every page: what waits for people. */
export function useTitleCount(count: number): void {
  useEffect(() => {
    waiting = count;
    write();
    // Where nobody is signed in, nothing is told.
    return () => {
      waiting = 0;
      write();
    };
  }, [count]);
}
