import { createManualClock, type ManualClock } from "@presign-once/core/testing";

import type { Deployment } from "../src/smoke-test/deployment-session.ts";
import { connectionError, CUT, type HttpAnswer, type HttpRequest, splitUrl } from "../src/smoke-test/http-message.ts";

const HOST = "https://d111111abcdef8.cloudfront.net";
const ID = "6yxAa0a-example-id==";

/** A deployment without a network: URLs that are good once, until they expire. */
export interface InMemoryDeployment extends Deployment {
  readonly clock: ManualClock;
  /** Every request so far. */
  readonly requests: readonly HttpRequest[];
  /** How long each wait was, in seconds. */
  readonly waits: readonly number[];
}

/**
 * Makes one, on a clock that only {@link Deployment.wait} moves.
 *
 * @param answer  answers in its place, from what it would answer; may throw
 */
export function createInMemoryDeployment(
  answer: (request: HttpRequest, usual: HttpAnswer) => HttpAnswer = (_, usual) => usual,
): InMemoryDeployment {
  const clock = createManualClock();
  const requests: HttpRequest[] = [];
  const waits: number[] = [];
  const ends = new Map<string, number>();

  function issue(url: string): HttpAnswer {
    const key = `uploads/${ends.size + 1}`;
    const target = `/${key}?X-Amz-SignedHeaders=host%3Bx-once-lock`;
    ends.set(target, clock.now().getTime() + Number(new URL(url).searchParams.get("expires-in") ?? "900") * 1_000);
    return answerOf(200, JSON.stringify({ id: key, key, url: HOST + target, headers: {} }));
  }

  function use(target: string): HttpAnswer {
    const end = ends.get(target);
    if (end === undefined) return refusal(403, "UrlAlreadyUsed");
    if (clock.now().getTime() >= end) return refusal(403, "UrlExpired");
    ends.delete(target);
    return answerOf(200, "");
  }

  return {
    clock,
    requests,
    waits,
    endpoint: `${HOST}/url`,
    headers: [],
    origin: undefined,
    bucketUrl: undefined,
    onStored() {},
    async wait(seconds) {
      waits.push(seconds);
      clock.advance(seconds);
    },
    http: {
      async send(request) {
        requests.push(request);
        let sentBytes = 0;
        for await (const piece of request.body?.pieces() ?? []) sentBytes += piece.length;
        if (sentBytes !== (request.body?.lengthBytes ?? 0)) throw new Error("the body is not as long as it says");
        if (request.body?.cutAfterBytes !== undefined) throw connectionError(CUT);
        const { target } = splitUrl(request.url);
        return answer(request, target.startsWith("/url") ? issue(request.url) : use(target));
      },
      requestCount: () => requests.length,
    },
  };
}

/** An answer with the headers that CloudFront adds. */
export function answerOf(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { "x-amz-cf-id": ID, "x-amz-cf-pop": "FRA56-P1", ...headers }, body, ms: 5 };
}

function refusal(status: number, code: string): HttpAnswer {
  return answerOf(status, `<Error><Code>${code}</Code><Message>No.</Message><RequestId>${ID}</RequestId></Error>`);
}
