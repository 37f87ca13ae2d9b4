import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { Fault } from "./fault.ts";
import { headBytes, type HttpAnswer, s3Error } from "./http-answer.ts";

/**
 * Lets one request have its fault: asks the server, unless the fault strikes before, and gives the client what is left
 * of the answer.
 *
 * @param way.ask       sends the request to the server; called at most once
 * @param way.response  the client's side
 * @param way.signal    cuts waiting short
 */
export async function deliver(
  fault: Fault,
  way: { ask: () => Promise<HttpAnswer>; response: ServerResponse; signal: AbortSignal },
): Promise<void> {
  const { ask, response, signal } = way;
  const { socket } = response.req;
  switch (fault.kind) {
    case "pass":
      return pass(await ask(), response);
    case "delay": {
      const wait = () => sleep(fault.milliseconds, undefined, { signal });
      if (fault.leg === "request") await wait();
      const answer = await ask();
      if (fault.leg === "answer") await wait();
      return pass(answer, response);
    }
    case "reset":
      if (fault.leg === "answer") await ask();
      socket.resetAndDestroy();
      return;
    case "hang":
      if (fault.leg === "answer") await ask();
      return;
    case "status":
      if (fault.leg === "answer") await ask();
      return pass(s3Error(fault.status, fault.code), response);
    case "truncate": {
      const { head, body } = onTheWire(await ask());
      socket.end(fault.part === "head" ? firstHalf(head) : Buffer.concat([head, firstHalf(body)]));
      return;
    }
    case "trickle": {
      const { head, body } = onTheWire(await ask());
      for (const byte of Buffer.concat([head, body])) {
        if (socket.destroyed) return;
        socket.write(Buffer.of(byte));
        await sleep(fault.millisecondsPerByte, undefined, { signal });
      }
      socket.end();
      return;
    }
    case "corrupt": {
      const { head, body } = onTheWire(await ask());
      socket.end(Buffer.concat(fault.part === "head" ? [flipped(head), body] : [head, flipped(body)]));
      return;
    }
    default:
      fault satisfies never;
  }
}

function pass({ status, reason, rawHeaders, body }: HttpAnswer, response: ServerResponse): void {
  response.sendDate = false; // the server has sent its own
  response.writeHead(status, reason, [...rawHeaders]).end(body);
}

/** The bytes of an answer past Node's own handling of it, which would not let it be wrong. */
function onTheWire(answer: HttpAnswer): { head: Buffer; body: Buffer } {
  return { head: headBytes(answer), body: answer.body };
}

const firstHalf = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);
const flipped = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 1));
