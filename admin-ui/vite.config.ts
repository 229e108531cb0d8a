import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.ASF_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "/ui/",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  // The server puts a nonce of its own into each page.
  html: { cspNonce: "__nonce__" },
  build: {
    // The server serves what lies here, and the wheel carries it.
    outDir: "../src/agentskills/ui",
    emptyOutDir: true,
    target: "es2022",
    // Inline modules would need a looser CSP.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: Object.fromEntries(
      ["/admin", "/start", "/rerun", "/status", "/approve", "/health", "/session"].map((path) => [path, api]),
    ),
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
