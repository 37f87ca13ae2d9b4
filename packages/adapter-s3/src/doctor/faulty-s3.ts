import type { StoreFault } from "@presign-once/core/testing";

import type { IndexS3 } from "../s3/index-s3.ts";

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
    case "lost-answer": {
      let answersToLose = 1;
      return {
        ...s3,
        async putObject(...request) {
          const answer = await s3.putObject(...request);
          if (answersToLose-- > 0)
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
