import type { HeaderField } from "@presign-once/core";
import type { Outcome } from "@presign-once/core/http";

import { askForUrl, type AskedUrl, type IssuedGrant, USER_AGENT } from "./ask-for-url.ts";
import { type Check, CheckFailed, type CheckResult, type Trace } from "./check.ts";
import { diagnosis, type DiagnosisCode } from "./diagnoses.ts";
import { answererOf, explainNoAnswer, failedBy, isRefusal } from "./explain-answer.ts";
import { bytes, type HttpAnswer, type HttpBody, type HttpClient, type HttpRequest } from "./http-message.ts";

/** The deployment under test, as its caller describes it. */
export interface Deployment {
  readonly http: HttpClient;
  /** Where URLs are issued. */
  readonly endpoint: string;
  /** For the authorizer. Never sent with an upload. */
  readonly headers: readonly HeaderField[];
  /** A page that `cors.origins` allows. */
  readonly origin: string | undefined;
  /** Where the bucket itself answers, without a `/` at its end. */
  readonly bucketUrl: string | undefined;
  /** Hears of each object that was stored. */
  onStored(key: string): void;
  /** Waits; so that tests need not. */
  wait(seconds: number): Promise<void>;
}

/** How an upload differs from the plain one. */
export interface UploadChanges {
  readonly headers?: readonly HeaderField[];
  readonly protocol?: HttpRequest["protocol"];
  /** Another URL than the grant's. */
  readonly url?: string;
}

/** What one check does with a deployment; everything that is answered goes into its trace. */
export interface Session {
  readonly deployment: Deployment;
  /** Asks for a URL. @param added  headers besides those for the authorizer @throws {CheckFailed} where there is none */
  ask(parameters?: Readonly<Record<string, string>>, added?: readonly HeaderField[]): Promise<AskedUrl>;
  /** Sends an upload with the headers of its grant. @throws {CheckFailed} when no answer came */
  upload(grant: IssuedGrant, body: Uint8Array | HttpBody, changes?: UploadChanges): Promise<Sent>;
  /** Sends a request without a body. @throws {CheckFailed} when no answer came */
  send(method: string, url: string, headers?: readonly HeaderField[]): Promise<Sent>;
}

/** A request and its answer. */
export interface Sent {
  readonly request: HttpRequest;
  readonly answer: HttpAnswer;
}

/** A check that passed, and nothing more to say about it. */
export const PASSED: CheckResult = { status: "passed" };

/** A check over HTTP, of any deployment. */
export interface HttpCheck extends Pick<Check, "name" | "title"> {
  /** Asks its question. @throws {CheckFailed} */
  run(session: Session): Promise<CheckResult>;
}

/** The check of one deployment. */
export function checkOf(deployment: Deployment, { name, title, run }: HttpCheck): Check {
  return { name, title, run: (trace) => run(openSession(deployment, trace)) };
}

function openSession(deployment: Deployment, trace: Trace): Session {
  const { http, endpoint, headers, bucketUrl, onStored } = deployment;
  async function exchange(request: HttpRequest): Promise<Sent> {
    try {
      const answer = await http.send(request);
      const isAroundEdge = bucketUrl !== undefined && request.url.startsWith(`${bucketUrl}/`);
      if (!isAroundEdge) trace.push(traced(answer));
      return { request, answer };
    } catch (error) {
      const { code, seen } = explainNoAnswer(error);
      throw new CheckFailed(diagnosis(code), seen, { cause: error });
    }
  }

  return {
    deployment,
    async ask(parameters, added = []) {
      const asked = await askForUrl(http, endpoint, [...headers, ...added], parameters);
      if (asked.answer !== undefined) trace.push(traced(asked.answer));
      if (asked.status === "issued") return asked;
      throw new CheckFailed(diagnosis(asked.explanation.code), asked.explanation.seen);
    },
    async upload(grant, body, { headers: added = [], protocol, url = grant.url } = {}) {
      const granted = Object.entries(grant.headers).filter(([name]) => name !== "content-length");
      // A later header replaces an earlier one of the same name.
      const fields = [...new Map([USER_AGENT, ...granted, ...added])];
      const content = body instanceof Uint8Array ? bytes(body) : body;
      const request: HttpRequest = { method: "PUT", url, headers: fields, body: content };
      const sent = await exchange(protocol === undefined ? request : { ...request, protocol });
      if (sent.answer.status === 200) onStored(grant.key);
      return sent;
    },
    send: (method, url, added = []) => exchange({ method, url, headers: [USER_AGENT, ...added] }),
  };
}

function traced({ status, headers, ms }: HttpAnswer): Trace[number] {
  const { "x-cache": xCache, "x-amz-cf-pop": pop, "x-amz-cf-id": requestId } = headers;
  return { status, xCache, pop, requestId, ms };
}

/** Expects that S3 stored the upload. @throws {CheckFailed} with what the answer means */
export function expectStored({ request, answer }: Sent): void {
  if (answer.status !== 200) throw failedBy(answer, request, "upload");
}

/**
 * Expects a refusal of presign-once's.
 *
 * @param instead  what it means where S3 stored the upload
 * @throws {CheckFailed} with that, or with what another answer means
 */
export function expectRefused({ request, answer }: Sent, outcome: Outcome, instead: DiagnosisCode): void {
  if (isRefusal(answer, outcome)) return;
  if (answer.status === 200) throw new CheckFailed(diagnosis(instead), "the upload was stored");
  throw failedBy(answer, request, "upload");
}

/** Expects that a URL was still unused, by using it. @throws {CheckFailed} with `burned` where it was not */
export async function expectUnused(
  session: Session,
  grant: IssuedGrant,
  body: Uint8Array,
  burned: DiagnosisCode,
): Promise<void> {
  const sent = await session.upload(grant, body);
  if (isRefusal(sent.answer, "already-claimed"))
    throw new CheckFailed(diagnosis(burned), "the upload after it was refused as a second use");
  expectStored(sent);
}

/** Whether presign-once made this answer; S3 and CloudFront did not. */
export function isOwnAnswer({ answer }: Sent): boolean {
  return answererOf(answer) === "presign-once";
}
