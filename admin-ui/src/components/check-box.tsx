/** A box to tick, with what it means. */
import type { ReactNode } from "react";

interface CheckBoxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  meaning?: ReactNode;
}

export function CheckBox({ checked, onChange, children, meaning }: CheckBoxProps) {
  return (
    <label className="flex cursor-pointer items-start gap-2.5 text-[0.8125rem]">
      <input
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="min-w-0 break-words">
        {children}
        {meaning !== undefined && <span className="block text-xs text-ink-faint">{meaning}</span>}
      </span>
    </label>
  );
}
