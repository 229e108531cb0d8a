/** What the server said went wrong (RFC 9457), as an error with typed fields. */
import { parseJson } from "./json";
import type { components } from "./schema";

export type FieldProblem = components["schemas"]["FieldProblem"];
type Problem = components["schemas"]["Problem"];

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
    /** Stable name of the case, such as run-not-found. */
    readonly type: string,
    readonly detail: string,
    /** Which fields, by JSON pointer into the body. */
    readonly errors: FieldProblem[] = [],
    /** The whole problem document, with fields of this case. */
    readonly problem: Partial<Problem> & Record<string, unknown> = {},
  ) {
    super(detail);
  }

  /** What is wrong at this pointer or below it. */
  at(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))
      ?.message;
  }
}

/** Reads a problem document; whatever else came is put into the same form. */
export function problemFrom(status: number, text: string): ApiError {
  try {
    const problem = parseJson(text) as unknown as Problem;
    if (typeof problem?.type === "string") {
      const fields = problem as Problem & Record<string, unknown>;
      return new ApiError(
        status,
        problem.type,
        problem.detail ?? problem.title,
        problem.errors ?? [],
        fields,
      );
    }
  } catch {
    // A proxy's page, for instance.
  }
  return new ApiError(status, "unexpected-answer", `The server answered ${status} without saying why.`);
}

export function unreachable(): ApiError {
  return new ApiError(0, "unreachable", "The server can't be reached. It may be restarting.");
}

/** Any thrown value as an ApiError, so that pages show one kind of error. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, "ui-error", error instanceof Error ? error.message : String(error));
}

/** Whether no answer came, or one that only says that there is none for now. */
export function isAway(error: unknown): boolean {
  const { status, type } = asApiError(error);
  return type === "unreachable" || (type !== "narrow-the-filter" && [502, 503, 504].includes(status));
}
