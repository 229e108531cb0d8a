/** The routes; what a page shows is loaded when it is first opened. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  redirect,
  stringifySearchWith,
} from "@tanstack/react-router";
import { PageError } from "./components/page-error";
import { validBacktestSearch } from "./features/backtests/backtest-search";
import { itemStatesOf, validBatchesSearch, validBatchSearch } from "./features/batches/batch-search";
import { effectFilter, validEffectSearch } from "./features/effects/effect-search";
import { failureFilter, validFailureSearch } from "./features/failures/failure-search";
import { inboxFilter, validInboxSearch } from "./features/inbox/inbox-search";
import { columnsOf, pathsShown } from "./features/runs/columns";
import { runsAsked, validRunSearch } from "./features/runs/run-search";
import { validSkillsSearch } from "./features/skills/catalogue";
import { validSkillSearch } from "./features/skills/skill-search";
import { oneOf, textsOf } from "./lib/search";
import { backtestListOptions, backtestOptions } from "./queries/backtests";
import { batchItemsOptions, batchListOptions, batchOptions } from "./queries/batches";
import { comparisonOptions } from "./queries/comparison";
import { effectListOptions } from "./queries/effects";
import { failureListOptions } from "./queries/failures";
import { policyListOptions, policyOptions } from "./queries/policies";
import { runOptions, runPagesOptions, runStepsOptions } from "./queries/runs";
import { scheduleListOptions, scheduleOptions } from "./queries/schedules";
import {
  setUpOptions,
  skillActivityOptions,
  skillListOptions,
  skillOptions,
  sopsOptions,
} from "./queries/skills";
import { waitListOptions } from "./queries/waits";
import { webhookListOptions, webhookOptions } from "./queries/webhooks";
import { NotFoundPage, RootPage } from "./routes/root";

interface Context {
  queries: QueryClient;
}

const rootRoute = createRootRouteWithContext<Context>()({
  component: RootPage,
  notFoundComponent: NotFoundPage,
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/runs", replace: true });
  },
});

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs",
  validateSearch: validRunSearch,
  loaderDeps: ({ search: { rerun: _, ...search } }) => search,
  loader: ({ context, deps }) =>
    void context.queries.prefetchInfiniteQuery(
      runPagesOptions(runsAsked(deps, pathsShown(columnsOf(deps.cols)))),
    ),
  component: lazyRouteComponent(() => import("./routes/runs")),
});

export type RunTab = "steps" | "data" | "effects" | "request" | "family" | "history" | "raw";
const RUN_TABS: readonly RunTab[] = ["steps", "data", "effects", "request", "family", "history", "raw"];

export interface RunPageSearch {
  tab?: RunTab;
  /** How the family is drawn; a tree where nothing is said. */
  family?: "graph";
  /** The step that is looked at. */
  at?: number;
  /** Which steps, or which data, are shown: those with this text. */
  find?: string;
  /** Which steps are shown: one of STEP_KINDS. */
  only?: string;
  /** The rerun dialog is open, with this preset where there is one of that name. */
  rerun?: string;
  /** The step to rerun from. */
  step?: number;
  /** The produced value to correct. */
  correct?: string;
}

const isSeq = (value: unknown) => Number(value) >= 1 && Number.isInteger(Number(value));

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$threadId",
  validateSearch: (search): RunPageSearch => ({
    tab: oneOf(search.tab, RUN_TABS),
    family: oneOf(search.family, ["graph"]),
    at: isSeq(search.at) ? Number(search.at) : undefined,
    ...textsOf(search, ["find", "only"]),
    ...(search.rerun ? { rerun: String(search.rerun) } : {}),
    step: isSeq(search.step) ? Number(search.step) : undefined,
    ...(search.correct ? { correct: String(search.correct) } : {}),
  }),
  loader: ({ context: { queries }, params: { threadId } }) => {
    void queries.prefetchQuery(runOptions(threadId));
    void queries.prefetchQuery(runStepsOptions(threadId));
  },
  component: lazyRouteComponent(() => import("./routes/run")),
});

const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/compare",
  validateSearch: (search): { left?: string; right?: string; only?: "differences" } => ({
    ...(search.left ? { left: String(search.left) } : {}),
    ...(search.right ? { right: String(search.right) } : {}),
    only: oneOf(search.only, ["differences"]),
  }),
  loaderDeps: ({ search: { left, right } }) => ({ left, right }),
  loader: ({ context, deps: { left, right } }) => {
    if (left && right) void context.queries.prefetchQuery(comparisonOptions(left, right));
  },
  component: lazyRouteComponent(() => import("./routes/compare")),
});

const effectsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/effects",
  validateSearch: validEffectSearch,
  loaderDeps: ({ search }) => ({ filter: effectFilter(search), cursor: search.cursor }),
  loader: ({ context, deps }) =>
    void context.queries.prefetchQuery(effectListOptions(deps.filter, deps.cursor)),
  component: lazyRouteComponent(() => import("./routes/effects")),
});

const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: validInboxSearch,
  loaderDeps: ({ search }) => ({ filter: inboxFilter(search), cursor: search.cursor }),
  loader: ({ context, deps }) =>
    void context.queries.prefetchQuery(waitListOptions(deps.filter, deps.cursor)),
  component: lazyRouteComponent(() => import("./routes/inbox")),
});

const failuresRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/failures",
  validateSearch: validFailureSearch,
  loaderDeps: ({ search }) => ({ filter: failureFilter(search), cursor: search.cursor }),
  loader: ({ context, deps }) =>
    void context.queries.prefetchQuery(failureListOptions(deps.filter, deps.cursor)),
  component: lazyRouteComponent(() => import("./routes/failures")),
});

const batchesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/batches",
  validateSearch: validBatchesSearch,
  loaderDeps: ({ search: { status, cursor } }) => ({ status, cursor }),
  loader: ({ context, deps }) =>
    void context.queries.prefetchQuery(batchListOptions(deps.status, deps.cursor)),
  component: lazyRouteComponent(() => import("./routes/batches")),
});

const batchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/batches/$batchId",
  validateSearch: validBatchSearch,
  // What a backtest has started names it as its batch.
  beforeLoad: ({ params: { batchId } }) => {
    if (batchId.startsWith("backtest_"))
      throw redirect({ to: "/backtests/$backtestId", params: { backtestId: batchId }, replace: true });
  },
  loaderDeps: ({ search: { state, cursor } }) => ({ state, cursor }),
  loader: ({ context: { queries }, params: { batchId }, deps: { state, cursor } }) => {
    void queries.prefetchQuery(batchOptions(batchId));
    void queries.prefetchQuery(batchItemsOptions(batchId, itemStatesOf(state), cursor));
  },
  component: lazyRouteComponent(() => import("./routes/batch")),
});

const backtestsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/backtests",
  validateSearch: validBatchesSearch,
  loaderDeps: ({ search: { status, cursor } }) => ({ status, cursor }),
  loader: ({ context, deps }) =>
    void context.queries.prefetchQuery(backtestListOptions(deps.status, deps.cursor)),
  component: lazyRouteComponent(() => import("./routes/backtests")),
});

const backtestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/backtests/$backtestId",
  validateSearch: validBacktestSearch,
  loader: ({ context, params: { backtestId } }) =>
    void context.queries.prefetchQuery(backtestOptions(backtestId)),
  component: lazyRouteComponent(() => import("./routes/backtest")),
});

const newRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new",
  validateSearch: (search): { sop?: string; example?: number; run?: string } => ({
    ...textsOf(search, ["run"]),
    ...(search.sop !== undefined && search.sop !== "" ? { sop: String(search.sop) } : {}),
    example:
      search.example !== undefined && Number.isInteger(Number(search.example))
        ? Number(search.example)
        : undefined,
  }),
  loader: ({ context }) => void context.queries.prefetchQuery(sopsOptions),
  component: lazyRouteComponent(() => import("./routes/new")),
});

const skillsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/skills",
  validateSearch: validSkillsSearch,
  loader: ({ context: { queries } }) => {
    void queries.prefetchQuery(skillListOptions);
    void queries.prefetchQuery(skillActivityOptions);
  },
  component: lazyRouteComponent(() => import("./routes/skills")),
});

const skillRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/skills/$name",
  validateSearch: validSkillSearch,
  loaderDeps: ({ search: { version } }) => ({ version }),
  loader: ({ context, params, deps }) =>
    void context.queries.prefetchQuery(skillOptions(params.name, deps.version)),
  component: lazyRouteComponent(() => import("./routes/skill")),
});

const schedulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schedules",
  validateSearch: (search): { state?: "active" | "paused"; cursor?: string } => ({
    state: oneOf(search.state, ["active", "paused"]),
    ...textsOf(search, ["cursor"]),
  }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps: { state, cursor } }) =>
    void context.queries.prefetchQuery(scheduleListOptions(state && state === "paused", cursor)),
  component: lazyRouteComponent(() => import("./routes/schedules")),
});

const newScheduleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schedules/new",
  validateSearch: (search): { run?: string; sop?: string } => textsOf(search, ["run", "sop"]),
  loader: ({ context }) => void context.queries.prefetchQuery(sopsOptions),
  component: lazyRouteComponent(() => import("./routes/schedule-form")),
});

const scheduleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schedules/$scheduleId",
  validateSearch: (search): { state?: string; cursor?: string } => textsOf(search, ["state", "cursor"]),
  loader: ({ context, params }) => void context.queries.prefetchQuery(scheduleOptions(params.scheduleId)),
  component: lazyRouteComponent(() => import("./routes/schedule")),
});

const editScheduleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/schedules/$scheduleId/edit",
  loader: ({ context }) => void context.queries.prefetchQuery(sopsOptions),
  component: lazyRouteComponent(() => import("./routes/schedule-form")),
});

const policiesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/policies",
  validateSearch: (search): { cursor?: string } => textsOf(search, ["cursor"]),
  loaderDeps: ({ search: { cursor } }) => ({ cursor }),
  loader: ({ context, deps }) => void context.queries.prefetchQuery(policyListOptions(deps.cursor)),
  component: lazyRouteComponent(() => import("./routes/policies")),
});

const newPolicyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/policies/new",
  component: lazyRouteComponent(() => import("./routes/policy-form")),
});

const policyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/policies/$policyId",
  validateSearch: (search): { answer?: string; cursor?: string } => textsOf(search, ["answer", "cursor"]),
  loader: ({ context, params }) => void context.queries.prefetchQuery(policyOptions(params.policyId)),
  component: lazyRouteComponent(() => import("./routes/policy")),
});

const editPolicyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/policies/$policyId/edit",
  component: lazyRouteComponent(() => import("./routes/policy-form")),
});

const webhooksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/webhooks",
  validateSearch: (search): { cursor?: string; add?: string } => textsOf(search, ["cursor", "add"]),
  loaderDeps: ({ search: { cursor } }) => ({ cursor }),
  loader: ({ context, deps }) => void context.queries.prefetchQuery(webhookListOptions(deps.cursor)),
  component: lazyRouteComponent(() => import("./routes/webhooks")),
});

const webhookRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/webhooks/$webhookId",
  validateSearch: (search): { state?: string; cursor?: string } => textsOf(search, ["state", "cursor"]),
  loader: ({ context, params }) => void context.queries.prefetchQuery(webhookOptions(params.webhookId)),
  component: lazyRouteComponent(() => import("./routes/webhook")),
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  loader: ({ context }) => void context.queries.prefetchQuery(setUpOptions),
  component: lazyRouteComponent(() => import("./routes/settings")),
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: (search): { next?: string } => ({
    // Only pages of this app: the address may come from anybody. What is left out here comes
    // through as it was given, so it is overwritten.
    next: String(search.next ?? "").startsWith("/ui/") ? String(search.next) : undefined,
  }),
  component: lazyRouteComponent(() => import("./routes/login")),
});

const routes = rootRoute.addChildren([
  loginRoute,
  indexRoute,
  runsRoute,
  runRoute,
  compareRoute,
  inboxRoute,
  failuresRoute,
  batchesRoute,
  batchRoute,
  backtestsRoute,
  backtestRoute,
  effectsRoute,
  newRoute,
  skillsRoute,
  skillRoute,
  schedulesRoute,
  newScheduleRoute,
  scheduleRoute,
  editScheduleRoute,
  policiesRoute,
  newPolicyRoute,
  policyRoute,
  editPolicyRoute,
  webhooksRoute,
  webhookRoute,
  settingsRoute,
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: routes,
    basepath: "/ui",
    context: { queries },
    defaultErrorComponent: PageError,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    // Plain texts: a long number in the URL must not pass through a float.
    parseSearch: parseSearchWith((text) => text),
    stringifySearch: stringifySearchWith(String),
  });
}
