import type { Grant, HeaderField } from "@presign-once/core";

import { explainAnswer, explainNoAnswer } from "./explain-answer.ts";
import type { Explanation } from "./explain-s3-error.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "./http-message.ts";

/** What the endpoint handed out, and its whole answer. */
export interface AskedUrl {
  readonly status: "issued";
  readonly grant: IssuedGrant;
  readonly answer: HttpAnswer;
}

/** Why there is no URL; `answer` is missing where none came. */
export interface NoUrl {
  readonly status: "failed";
  readonly explanation: Explanation;
  readonly answer?: HttpAnswer;
}

/** A grant as it stands in the answer of `/url`. */
export type IssuedGrant = Pick<Grant, "id" | "url" | "key"> & { readonly headers: Readonly<Record<string, string>> };

/** Whether a URL is a ticket, which carries no signature of S3: the verify function signs when it is used. */
export function isTicket({ url }: Pick<IssuedGrant, "url">): boolean {
  return !url.includes("?");
}

/** Sent with every request: a rule of AWS WAF's blocks those without it. */
export const USER_AGENT: HeaderField = ["user-agent", "presign-once-smoke-test"];

/**
 * Asks the endpoint for one URL.
 *
 * @param endpoint    may have a query of its own
 * @param headers     for its authorizer
 * @param parameters  of the grant, by the names of `/url`
 */
export async function askForUrl(
  http: HttpClient,
  endpoint: string,
  headers: readonly HeaderField[],
  parameters: Readonly<Record<string, string>> = {},
): Promise<AskedUrl | NoUrl> {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const request: HttpRequest = {
    method: "GET",
    url: url.href,
    headers: [USER_AGENT, ["accept", "application/json"], ...headers],
  };
  let answer: HttpAnswer;
  try {
    answer = await http.send(request);
  } catch (error) {
    return { status: "failed", explanation: explainNoAnswer(error) };
  }
  if (answer.status !== 200) return { status: "failed", explanation: explainAnswer(answer, request, "issue"), answer };
  const grant = readGrant(answer.body);
  if (grant !== undefined) return { status: "issued", grant, answer };
  return { status: "failed", explanation: { code: "not-an-issue-endpoint", seen: "200 without a grant" }, answer };
}

function readGrant(body: string): IssuedGrant | undefined {
  let grant: Partial<Readonly<Record<keyof IssuedGrant, unknown>>>;
  try {
    grant = JSON.parse(body) as typeof grant;
  } catch {
    return undefined;
  }
  // A link for a download has no headers.
  const { id, url, key, headers = {} } = grant ?? {};
  if (typeof id !== "string" || typeof key !== "string" || typeof url !== "string") return undefined;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url) || typeof headers !== "object" || headers === null)
    return undefined;
  return { id, url, key, headers: headers as IssuedGrant["headers"] };
}
