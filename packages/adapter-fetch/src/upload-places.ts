import type { NotAdmitted, SignatureHash } from "@presign-once/core";

import type { NotAdmittedReason } from "./relay-answers.ts";
import { type BodyReader, takeBody } from "./take-body.ts";

/** An upload that could claim its URL, and cannot be taken now. */
export interface UploadNotAdmitted extends NotAdmitted {
  readonly reason: NotAdmittedReason;
  readonly hash: SignatureHash;
  readonly cause?: unknown;
}

/** The place of one request among the uploads in progress. */
export interface UploadPlace {
  /** Takes a place and the body, without reading from it; to be called once, before the claim. */
  readonly admit: (hash: SignatureHash) => UploadNotAdmitted | undefined;
  /** What was taken; `undefined` where the request brings no body. */
  readonly body: BodyReader | undefined;
  /** Frees the place, if there is one. */
  leave(): void;
  /** Frees the place, and lets go of a body that nothing was read from. */
  dismiss(): void;
}

/**
 * Creates what counts the uploads in progress, each of which takes the sink's memory.
 *
 * @param most  as many places as there are
 */
export function createUploadPlaces(most: number): (request: Request) => UploadPlace {
  let uploads = 0;
  return (request) => {
    let body: BodyReader | undefined;
    let isAdmitted = false;

    function leave(): void {
      if (isAdmitted) uploads--;
      isAdmitted = false;
    }
    return {
      admit(hash) {
        if (uploads >= most) return { status: "not-admitted", reason: "busy", hash };
        if (request.signal.aborted) return { status: "not-admitted", reason: "client-gone", hash };
        const taken = takeBody(request);
        if ("fault" in taken) return { status: "not-admitted", reason: "body-taken", hash, cause: taken.fault };
        body = taken.reader;
        isAdmitted = true;
        uploads++;
        return undefined;
      },
      get body() {
        return body;
      },
      leave,
      dismiss() {
        body?.releaseLock();
        leave();
      },
    };
  };
}
