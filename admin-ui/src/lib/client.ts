/** The HTTP client: typed by openapi.json, exact numbers both ways, problems as ApiError. */
import createClient from "openapi-fetch";
import { parseJson, writeJson } from "./json";
import { problemFrom, unreachable } from "./problem";
import type { paths } from "./schema";

/** A Response whose json() keeps every digit; openapi-fetch asks it where Content-Length is set. */
class ExactResponse extends Response {
  override async json(): Promise<unknown> {
    const text = await this.text();
    return text === "" ? undefined : parseJson(text);
  }
}

async function exactFetch(request: Request): Promise<Response> {
  let text: string;
  let response: Response;
  try {
    response = await fetch(request);
    text = await response.text();
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw unreachable();
  }
  if (!response.ok) throw problemFrom(response.status, text);
  const headers = new Headers(response.headers);
  headers.set("Content-Length", String(Math.max(1, text.length)));
  return new ExactResponse(text, { status: 200, headers });
}

export const client = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  fetch: exactFetch,
  bodySerializer: (body) => writeJson(body),
});

/** The data of a call; errors have been thrown before. */
export async function data<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}
