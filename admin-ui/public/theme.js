// Runs before the first paint, so that a chosen look never flashes. A file of its own: the CSP allows no inline scripts.
(() => {
  try {
    const theme = localStorage.getItem("asf-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (localStorage.getItem("asf-density") === "compact")
      document.documentElement.dataset.density = "compact";
  } catch {
    // Storage may be blocked; the system's theme is used then.
  }
})();
