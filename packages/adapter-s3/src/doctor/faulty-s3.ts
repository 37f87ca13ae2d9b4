import type { StoreFault } from "@presign-once/core/testing";

import type { IndexS3 } from "../s3/index-s3.ts";

/** What {@link injectFault} can do to a handle. */
export const INJECTED_FAULTS = [
  "lost-request",
  "lost-answer",
  "conflict-storm",
  "unavailable-storm",
] as const satisfies readonly StoreFault[];

/**
 * Makes one handle suffer a fault of the laws, against whatever server it talks to.
 *
 * Requests that the fault lets through are real; answers that it makes up are of the form that S3's own have.
 */
export function injectFault(s3: IndexS3, fault: StoreFault): IndexS3 {
  switch (fault) {
    case "unavailable-storm": {
      const unavailable = async () => Promise.reject(madeUpAnswer("SlowDown", 503));
      return {
        putObject: unavailable,
        getObject: unavailable,
        headObject: unavailable,
        listObjectVersions: unavailable,
        getBucketVersioning: unavailable,
      };
    }
    case "conflict-storm":
      return { ...s3, putObject: async () => Promise.reject(madeUpAnswer("ConditionalRequestConflict", 409)) };
    case "lost-request":
    case "lost-answer": {
      let isFirst = true;
      return {
        ...s3,
        async putObject(...request) {
          const isLost = isFirst;
          isFirst = false;
          const answer = isLost && fault === "lost-request" ? undefined : await s3.putObject(...request);
          if (isLost || answer === undefined)
            throw Object.assign(new Error("the answer was lost"), { name: "TimeoutError", code: "ECONNRESET" });
          return answer;
        },
      };
    }
  }
}

function madeUpAnswer(name: string, status: number): Error {
  return Object.assign(new Error(`made up: ${name}`), { name, status });
}
