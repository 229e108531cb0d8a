/** Starts the app. */
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./lib/nonce";
import { PART_MISSING } from "./components/page-error";
import { asApiError, isAway } from "./lib/problem";
import { serverOptions } from "./queries/skills";
import { makeRouter } from "./router";
import "./styles.css";

const queries = new QueryClient({
  queryCache: new QueryCache({
    // A page that is there may hold a draft: it stays, and says that the session has ended.
    onError: (error, { state, queryKey }) => {
      // Every page says so then, until there is an answer again.
      if (isAway(error) && queryKey !== serverOptions.queryKey)
        void queries.invalidateQueries({ queryKey: serverOptions.queryKey });
      if (asApiError(error).status === 401 && state.data === undefined) signIn();
    },
  }),
  defaultOptions: {
    queries: {
      // What the server refuses stays refused; what did not answer is asked again.
      // Where the browser thinks that it is offline, the server may still be there: it is asked.
      networkMode: "always",
      retry: (failures, error) => failures < 2 && [0, 502, 503, 504].includes(asApiError(error).status),
      retryDelay: (failures) => 400 * 2 ** failures,
      staleTime: 1000,
    },
    // What somebody has asked for is refused now rather than done at some later time.
    mutations: { networkMode: "always" },
  },
});
const router = makeRouter(queries);

/** Leads to the page for signing in, and back from there. */
function signIn(): void {
  const { pathname, search } = window.location;
  if (pathname !== "/ui/login") void router.navigate({ to: "/login", search: { next: pathname + search } });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

// A part that can't be loaded is named, so that the router does not reload a page that the server may not give.
window.addEventListener("vite:preloadError", ({ payload }) => {
  payload.name = PART_MISSING;
  payload.message = "A part of the pages could not be loaded.";
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
