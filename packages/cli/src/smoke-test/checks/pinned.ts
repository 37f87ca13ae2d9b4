import { createHash } from "node:crypto";

import { CheckFailed } from "../check.ts";
import { expectRefused, expectStored, expectUnused, type HttpCheck, PASSED } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import { answererOf, failedBy } from "../explain-answer.ts";

const BODY = Buffer.from("presign-once smoke test\n");
/** As long, and otherwise. */
const OTHER_BODY = Buffer.from("presign-once smoke tesT\n");
const SHA256 = { sha256: createHash("sha256").update(BODY).digest("hex") };
const PINNED = { "content-type": "text/plain", "content-length": String(BODY.length), ...SHA256 };
const FILENAME = "Prüfung 測試 📎.txt";

/** Whether a URL takes what it was granted for, and nothing else. */
export const pinnedChecks: readonly HttpCheck[] = [
  {
    name: "filename",
    title: "a name that is not ASCII is stored",
    async run(session) {
      const { grant } = await session.ask({ filename: FILENAME });
      expectStored(await session.upload(grant, BODY));
      return PASSED;
    },
  },

  {
    name: "pinned",
    title: "another type, length or SHA-256 than granted is refused, and leaves the URL unused",
    async run(session) {
      const { grant } = await session.ask(PINNED);
      const otherDigest = createHash("sha256").update(OTHER_BODY).digest("base64");
      const wrong = [
        session.upload(grant, BODY, { headers: [["content-type", "text/html"]] }),
        session.upload(grant, BODY.subarray(1)),
        session.upload(grant, BODY, { headers: [["x-amz-checksum-sha256", otherDigest]] }),
      ];
      for (const sent of await Promise.all(wrong)) expectRefused(sent, "header-refused", "pin-ignored");
      await expectUnused(session, grant, BODY, "burned-by-refusal");
      return PASSED;
    },
  },

  {
    name: "digest",
    title: "S3 refuses a body of another SHA-256",
    async run(session) {
      const { grant } = await session.ask(SHA256);
      const { request, answer } = await session.upload(grant, OTHER_BODY);
      if (answer.status === 400 && answererOf(answer) === "s3" && /Digest|Checksum/i.test(answer.body)) return PASSED;
      if (answer.status !== 200) throw failedBy(answer, request, "upload");
      if (answer.headers["server"] === "AmazonS3")
        throw new CheckFailed(diagnosis("pin-ignored"), "S3 stored another body");
      return { status: "skipped", reason: "this store is not AWS S3, and does not compare a body with its SHA-256" };
    },
  },
];
