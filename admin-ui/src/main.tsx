/** Starts the app. */
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asApiError } from "./lib/problem";
import { makeRouter } from "./router";
import "./styles.css";

const queries = new QueryClient({
  queryCache: new QueryCache({
    // A page that is there may hold a draft: it stays, and says that the session has ended.
    onError: (error, { state }) => {
      if (asApiError(error).status === 401 && state.data === undefined) signIn();
    },
  }),
  defaultOptions: {
    queries: {
      // What the server refuses stays refused; what did not answer is asked again.
      retry: (failures, error) => failures < 2 && [0, 502, 503, 504].includes(asApiError(error).status),
      retryDelay: (failures) => 400 * 2 ** failures,
      staleTime: 1000,
    },
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
