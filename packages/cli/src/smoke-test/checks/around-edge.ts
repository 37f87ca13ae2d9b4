import { randomBytes } from "node:crypto";

import { TAG_PARAMETER } from "@presign-once/core";

import { isTicket } from "../ask-for-url.ts";
import { CheckFailed } from "../check.ts";
import { expectUnused, type HttpCheck, PASSED } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import { readErrorBody } from "../error-body.ts";
import { failedBy } from "../explain-answer.ts";
import { splitUrl } from "../http-message.ts";

const BODY_BYTES = 1_024;
/** How stores refuse a signature that lacks the lock. */
const REFUSALS: ReadonlySet<string> = new Set(["SignatureDoesNotMatch", "AccessDenied"]);

/** Whether S3 itself refuses what did not pass the edge. */
export const aroundEdgeCheck: HttpCheck = {
  name: "bucket",
  title: "the bucket itself refuses a URL, which stays unused",
  async run(session) {
    const { bucketUrl } = session.deployment;
    if (bucketUrl === undefined) return { status: "skipped", reason: "neither --bucket nor --aws said where it is" };
    const { grant } = await session.ask();
    const target = `${bucketUrl}${splitUrl(grant.url).target}`;
    // With the tag, S3 would refuse the parameter alone; without it, the signature lacks nothing but the lock. A ticket has none.
    for (const url of [target, target.replace(new RegExp(`&${TAG_PARAMETER}=[^&]*`), "")]) {
      const { request, answer } = await session.upload(grant, randomBytes(BODY_BYTES), { url });
      if (answer.status === 200) throw new CheckFailed(diagnosis("bucket-open"), "the bucket answered 200");
      if (!isTicket(grant) && !REFUSALS.has(readErrorBody(answer.body)?.code ?? ""))
        throw failedBy(answer, request, "upload");
    }
    await expectUnused(session, grant, randomBytes(BODY_BYTES), "burned-by-refusal");
    return PASSED;
  },
};
