/**
 * Where on the way a fault strikes: on the request, before the server has seen it, or on the answer, when whatever the
 * request asked for has been done.
 */
type Leg = "request" | "answer";

/** What goes wrong with one request on its way through `startFaultProxy`; plain data, so that a seed can make it. */
export type Fault =
  /** Nothing. */
  | { kind: "pass" }
  /** It arrives late. A late request reaches the server even if the client has given up by then. */
  | { kind: "delay"; leg: Leg; milliseconds: number }
  /** The connection is reset (RST); the other side of the leg never hears of it. */
  | { kind: "reset"; leg: Leg }
  /** Silence on an open connection, until the client or the proxy closes it. */
  | { kind: "hang"; leg: Leg }
  /** This answer, with S3's XML around `code`: instead of asking the server, or instead of what it answered. */
  | { kind: "status"; leg: Leg; status: number; code: string }
  /** The connection ends in the middle of the head, or of the body; an answer without a body is then whole. */
  | { kind: "truncate"; part: "head" | "body" }
  /** The whole answer, one byte at a time. */
  | { kind: "trickle"; millisecondsPerByte: number }
  /** The lowest bit of each byte is flipped: the head is no HTTP then, or the body of the right length nonsense. */
  | { kind: "corrupt"; part: "head" | "body" };
