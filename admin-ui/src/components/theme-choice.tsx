/** Light, dark, or as the system: three small buttons. */
import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { usePreference } from "@/lib/preference";
import { type Theme, theme } from "@/lib/theme";

export const THEMES: { value: Theme; word: string; icon: LucideIcon }[] = [
  { value: "light", word: "Light", icon: Sun },
  { value: "system", word: "As the system", icon: Monitor },
  { value: "dark", word: "Dark", icon: Moon },
];

export function ThemeChoice() {
  const chosen = usePreference(theme);
  return (
    <fieldset aria-label="Theme" className="flex w-fit rounded-lg bg-sunken p-0.5">
      {THEMES.map(({ value, word, icon: Icon }) => (
        <button
          key={value}
          type="button"
          aria-label={word}
          title={word}
          aria-pressed={chosen === value}
          onClick={() => theme.set(value)}
          className="rounded-md p-1.5 text-ink-faint hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card"
        >
          <Icon className="size-3.5" aria-hidden />
        </button>
      ))}
    </fieldset>
  );
}
