/** Light, dark, or as the system says; public/theme.js applies a stored choice before the first paint. */
import { useState } from "react";

export type Theme = "light" | "dark" | "system";

function stored(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored);
  const choose = (next: Theme) => {
    setTheme(next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === "system") localStorage.removeItem("asf-theme");
      else localStorage.setItem("asf-theme", next);
    } catch {
      // Storage may be blocked; the choice then lasts as long as the page.
    }
  };
  return [theme, choose];
}
