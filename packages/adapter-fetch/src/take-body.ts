import { PresignOnceError } from "@presign-once/core";

/** Reads the bytes of a body. While it is held, no other code can read them. */
export type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Takes the body of a request for itself, without reading from it.
 *
 * A body that other code has read, is reading, or has removed cannot be stored whole. Taking the reader here, before the
 * claim, leaves no moment between this check and the upload in which that could still happen.
 *
 * @returns `reader`: to be released or read; `undefined` where the request brings no body. `fault`: what happened to it
 */
export function takeBody(
  request: Request,
): { readonly reader: BodyReader | undefined } | { readonly fault: PresignOnceError } {
  if (request.bodyUsed) return fault("other code has read it");
  const { body, headers } = request;
  if (body === null) {
    const announced = headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) > 0;
    return announced ? fault("the headers announce one, and the request has none") : { reader: undefined };
  }
  return body.locked ? fault("other code is reading it") : { reader: body.getReader() };
}

function fault(what: string): { readonly fault: PresignOnceError } {
  return { fault: new PresignOnceError("BODY_REFUSED", `body: ${what}`) };
}
