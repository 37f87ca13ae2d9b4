import { LOCK_HEADER } from "@presign-once/core";

import { type AskedUrl, isTicket } from "../ask-for-url.ts";
import { CheckFailed } from "../check.ts";
import type { HttpCheck, Session } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";

/** What a new deployment shows until every edge location knows it. Not its name, which CloudFront serves before `sst deploy` ends. */
const OF_NEW_DEPLOYMENTS: ReadonlySet<string> = new Set(["edge-not-ready", "edge-function-failed"]);
const POLL_SECONDS = 10;

/** How to wait for a deployment that may be minutes old. */
export interface Patience {
  /** How long to ask again, in seconds. */
  readonly waitSeconds: number;
  /** Hears why it goes on waiting, and how much longer. */
  report(line: string): void;
}

/** Most that a viewer-request function may take. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const FUNCTION_LIMIT_MS = 5_000;

/**
 * Whether there are URLs at all, and what the first and a later request take.
 *
 * Waits for a new deployment: one request every {@link POLL_SECONDS} seconds.
 */
export function issueCheck(patience: Patience): HttpCheck {
  return {
    name: "issue",
    title: "the endpoint issues URLs",
    async run(session) {
      const first = await askPatiently(session, patience);
      const { answer, grant } = await session.ask();
      const signed = new URL(grant.url).searchParams.get("X-Amz-SignedHeaders")?.split(";") ?? [];
      if (!isTicket(grant) && !signed.includes(LOCK_HEADER))
        throw new CheckFailed(diagnosis("not-an-issue-endpoint"), `the URL does not sign ${LOCK_HEADER}`);
      return {
        status: "passed",
        note: `first ${first.answer.ms} ms, then ${answer.ms} ms; the function may take ${FUNCTION_LIMIT_MS} ms`,
      };
    },
  };
}

async function askPatiently(session: Session, { waitSeconds, report }: Patience): Promise<AskedUrl> {
  for (let leftSeconds = waitSeconds; ; leftSeconds -= POLL_SECONDS) {
    try {
      return await session.ask();
    } catch (error) {
      if (leftSeconds <= 0 || !(error instanceof CheckFailed) || !OF_NEW_DEPLOYMENTS.has(error.diagnosis.code))
        throw error;
      report(`waiting for the deployment, ${leftSeconds} s at most: ${error.diagnosis.symptom}`);
      await session.deployment.wait(Math.min(POLL_SECONDS, leftSeconds));
    }
  }
}
