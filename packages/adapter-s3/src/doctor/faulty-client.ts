import type { S3Client } from "@aws-sdk/client-s3";
import type { StoreFault } from "@presign-once/core/testing";

/**
 * Makes one client suffer a fault of the laws, against whatever server it talks to.
 *
 * Requests that the fault lets through are real; answers that it makes up are of the form that the SDK gives S3's own.
 */
export function injectFault(s3: S3Client, fault: StoreFault): void {
  let answersToLose = 1;
  s3.middlewareStack.add(
    (next, context) => async (args) => {
      const writes = context.commandName === "PutObjectCommand";
      if (fault === "unavailable-storm") throw madeUpAnswer("SlowDown", 503);
      if (fault === "conflict-storm" && writes) throw madeUpAnswer("ConditionalRequestConflict", 409);
      const answer = await next(args);
      if (fault === "lost-answer" && writes && answersToLose-- > 0)
        throw Object.assign(new Error("the answer was lost"), { name: "TimeoutError", code: "ECONNRESET" });
      return answer;
    },
    { step: "finalizeRequest", name: "injectFault" },
  );
}

function madeUpAnswer(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(`made up: ${name}`), { name, $metadata: { httpStatusCode, attempts: 1 } });
}
