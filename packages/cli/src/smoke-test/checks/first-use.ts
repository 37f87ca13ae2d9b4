import { randomBytes } from "node:crypto";

import { CheckFailed, type CheckResult } from "../check.ts";
import { expectStored, type HttpCheck, PASSED, type Sent } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import { describeAnswerer, failedBy } from "../explain-answer.ts";
import { bytes, NO_HTTP2 } from "../http-message.ts";

const KILOBYTE = 1_024;
/** Beside 1 KB, which {@link firstUseCheck} sends. */
const SIZES_BYTES = [0, 9 * KILOBYTE, KILOBYTE ** 2];
/** Most that a rule of AWS WAF takes. @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html */
const WAF_BODY_LIMIT_BYTES = 8 * KILOBYTE;

/** The plainest upload of all. Where it fails, no other check could say anything. */
export const firstUseCheck: HttpCheck = {
  name: "first-use",
  title: "a first use is stored",
  async run(session) {
    const { grant } = await session.ask();
    const sent = await session.upload(grant, randomBytes(KILOBYTE));
    expectStored(sent);
    return { status: "passed", note: `1 KB in ${sent.answer.ms} ms` };
  },
};

/** Uploads as clients send them. */
export const clientChecks: readonly HttpCheck[] = [
  {
    name: "sizes",
    title: "uploads of 0 B, 9 KB and 1 MB are stored",
    async run(session) {
      const ms: number[] = [];
      for (const size of SIZES_BYTES) {
        const { grant } = await session.ask();
        const sent = await session.upload(grant, randomBytes(size));
        if (size > WAF_BODY_LIMIT_BYTES) expectNoBodyLimit(sent, size);
        expectStored(sent);
        ms.push(sent.answer.ms);
      }
      return { status: "passed", note: `0 B in ${ms[0]} ms, 1 MB in ${ms.at(-1)} ms` };
    },
  },

  {
    name: "http2",
    title: "an upload over HTTP/2 is stored",
    async run(session) {
      const { grant } = await session.ask();
      try {
        expectStored(await session.upload(grant, randomBytes(KILOBYTE), { protocol: "HTTP/2" }));
        return PASSED;
      } catch (error) {
        return skippedWithoutHttp2(error);
      }
    },
  },

  {
    name: "http3",
    title: "an upload over HTTP/3 is stored",
    run: () => Promise.resolve({ status: "skipped", reason: "Node has no HTTP/3; try curl --http3-only" }),
  },

  {
    name: "expect-continue",
    title: "an upload that waits for 100 Continue is stored",
    async run(session) {
      const { grant } = await session.ask();
      expectStored(await session.upload(grant, bytes(randomBytes(KILOBYTE), "after-continue")));
      return PASSED;
    },
  },

  {
    name: "cookie",
    title: "an upload with a cookie is stored",
    async run(session) {
      const { grant } = await session.ask();
      const headers = [["cookie", "smoke=test"]] as const;
      expectCookieDropped(await session.upload(grant, randomBytes(KILOBYTE), { headers }));
      return PASSED;
    },
  },
];

/**
 * Expects that an upload with a cookie is stored, where the same without one is.
 *
 * @throws {CheckFailed} `cookies-forwarded` where S3 finds another signature: CloudFront takes `If-None-Match` off a request
 *                       whose cookies it forwards
 */
export function expectCookieDropped({ request, answer }: Sent): void {
  if (answer.status === 200) return;
  const failure = failedBy(answer, request, "upload");
  const altered = ["header-altered", "signature-refused"].includes(failure.diagnosis.code);
  throw altered ? new CheckFailed(diagnosis("cookies-forwarded"), failure.seen) : failure;
}

function expectNoBodyLimit({ request, answer }: Sent, size: number): void {
  if (answer.status !== 403) return;
  const { code } = failedBy(answer, request, "upload").diagnosis;
  if (code === "waf-blocked" || code === "edge-refused")
    throw new CheckFailed(diagnosis("waf-body-limit"), `${describeAnswerer(answer)} to ${size} bytes`);
}

function skippedWithoutHttp2(error: unknown): CheckResult {
  const cause = error instanceof CheckFailed ? error.cause : undefined;
  if (!(cause instanceof Error && "code" in cause && cause.code === NO_HTTP2)) throw error;
  return { status: "skipped", reason: "the endpoint does not offer HTTP/2" };
}
