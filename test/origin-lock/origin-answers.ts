import type { RawAnswer } from "../hostile/raw-exchange.ts";

/** Codes of refusals for the bytes of the body, which are not known before they have arrived. */
const ABOUT_THE_BODY = new Set(["BadDigest", "IncompleteBody", "RequestTimeout"]);

/** Tells whether an answer repeats what S3 computed the signature over, the values of headers included. */
export function echoesTheRequest({ body }: Pick<RawAnswer, "body">): boolean {
  return /CanonicalRequest|StringToSign|SignatureProvided|x-once-lock/i.test(body);
}

/**
 * Tells whether a request that the edge passed on was answered as it may be: taken, or refused for a reason that repeats
 * nothing of it.
 */
export function isAsPromised(answer: RawAnswer): boolean {
  if (echoesTheRequest(answer)) return false;
  return answer.status < 400 || answer.status >= 500 || ABOUT_THE_BODY.has(answer.code);
}
