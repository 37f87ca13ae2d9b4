import type { Fault } from "../servers/fault.ts";
import type { Chance } from "./seeded.ts";

/** Error answers of S3, and of what stands in front of it. */
const ANSWERS = [
  [500, "InternalError"],
  [503, "SlowDown"],
  [503, "ServiceUnavailable"],
  [503, ""],
  [502, "BadGateway"],
  [504, "GatewayTimeout"],
  [409, "ConditionalRequestConflict"],
  [412, "PreconditionFailed"],
  [400, "RequestTimeout"],
  [400, "InvalidRequest"],
  [403, "AccessDenied"],
  [404, "NoSuchKey"],
  [404, "NoSuchBucket"],
  [429, "TooManyRequests"],
  [501, "NotImplemented"],
  [307, "TemporaryRedirect"],
] as const satisfies readonly (readonly [number, string])[];

/** Answers that are to be met more often than the others, since S3 gives them often. */
const FREQUENT = ANSWERS.slice(0, 7) as unknown as typeof ANSWERS;

/**
 * Draws one fault of any kind.
 *
 * @param requestMs  what a request may take; delays are drawn around it, so that some arrive after the client has timed out
 */
export function drawFault(chance: Chance, requestMs: number): Fault {
  const leg = chance.pick(["request", "answer"]);
  const part = chance.pick(["head", "body"]);
  switch (
    chance.pick([
      "delay",
      "delay",
      "reset",
      "reset",
      "hang",
      "status",
      "status",
      "status",
      "truncate",
      "trickle",
      "corrupt",
    ])
  ) {
    case "delay":
      return { kind: "delay", leg, milliseconds: Math.round(requestMs * (0.1 + 2 * chance.next())) };
    case "reset":
      return { kind: "reset", leg };
    case "hang":
      return { kind: "hang", leg };
    case "status": {
      const [status, code] = chance.pick(chance.happens(0.7) ? FREQUENT : ANSWERS);
      return { kind: "status", leg, status, code };
    }
    case "truncate":
      return { kind: "truncate", part };
    case "trickle":
      return { kind: "trickle", millisecondsPerByte: chance.pick([0, 0, 1, 5]) };
    case "corrupt":
      return { kind: "corrupt", part };
  }
}

/**
 * Tells whether a fault is a wrong answer: the request was executed, but the answer says that it was not or never will be;
 * or the answer says that an existing key is missing. A HEAD has no body for a code, so every 404 to it says that.
 *
 * A 3xx or 4xx, and S3's codes for throttling and for an operation that it does not have, mean that nothing was executed. If
 * that is wrong, at most one upload must still pass, but the reported outcome may be wrong.
 *
 * @param request.what  the operation, as in `RoundPlan.faultOf`
 */
export function isWrongAnswer({ what, fault }: { readonly what: string; readonly fault: Fault }): boolean {
  if (fault.kind !== "status") return false;
  const saysNoKey = fault.code === "NoSuchKey" || (fault.status === 404 && what.startsWith("HEAD"));
  if (saysNoKey) return true;
  const meansNothingWasDone =
    fault.status < 500 || ["SlowDown", "ServiceUnavailable", "NotImplemented"].includes(fault.code);
  return fault.leg === "answer" && meansNothingWasDone;
}

/** Tells whether a request with this fault reaches the server, sooner or later. */
export function reachesTheServer(fault: Fault): boolean {
  return fault.kind === "pass" || !("leg" in fault) || fault.leg === "answer" || fault.kind === "delay";
}
