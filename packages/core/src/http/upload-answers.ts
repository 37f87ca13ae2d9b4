import type { RefusedUpload } from "../gate/refused-upload.ts";
import type { HeaderField } from "../ports/header-field.ts";
import { ALREADY_STORED_HEADER } from "./cors.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { wireErrorOf } from "./refusals.ts";
import { errorAnswer, type ErrorForm } from "./wire-error.ts";

/**
 * Answers an upload that is not passed on. A client that repeats an upload, and whose own object is certainly stored, gets
 * 200 with its ETag: the answer that it missed. Every other client gets the reason, by {@link wireErrorOf}.
 *
 * @param form     of the errors; default: S3's XML
 * @param methods  that are accepted besides OPTIONS
 */
export function refusalAnswer(
  refusal: RefusedUpload,
  requestId: string,
  cors: readonly HeaderField[],
  { form, methods }: { readonly form?: ErrorForm; readonly methods?: readonly string[] } = {},
): HttpAnswer {
  if (refusal.reason === "already-stored" && refusal.etag !== undefined)
    return storedAnswer(refusal.etag, cors, { alreadyStored: true });
  return errorAnswer(wireErrorOf(refusal, methods), requestId, cors, form);
}

/**
 * Answers an upload that is stored, as S3 does.
 *
 * @param alreadyStored  by an earlier request of the same client: nothing of this one was kept
 */
export function storedAnswer(
  etag: string | undefined,
  cors: readonly HeaderField[],
  { alreadyStored = false } = {},
): HttpAnswer {
  const tag: HeaderField[] = etag === undefined ? [] : [["ETag", etag]];
  const already: HeaderField[] = alreadyStored ? [[ALREADY_STORED_HEADER, "true"]] : [];
  return { status: 200, headers: [...tag, ...already, ["Cache-Control", "no-store"], ...cors], body: "" };
}
