/** JSON as it is, every digit of it. */
import { type Json, writeJson } from "@/lib/json";

export function JsonText({ value, tall }: { value: Json; tall?: boolean }) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach that
      tabIndex={0}
      className={`overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs leading-5 ${tall ? "max-h-[70dvh]" : "max-h-96"}`}
    >
      {writeJson(value, 2)}
    </pre>
  );
}
