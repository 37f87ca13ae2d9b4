import { PresignOnceError } from "../ports/presign-once-error.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import type { SignatureIndex } from "../ports/signature-index.ts";
import { undecidedReason } from "./refused-upload.ts";

/**
 * Records the hash of a grant as issued, and hands the grant out only when that is certain.
 *
 * @param index  `undefined`: it records nothing at issue, so that there is nothing to wait for
 * @throws {PresignOnceError} `LAW_BROKEN`: the hash was claimed before, so an id was not new
 */
export async function registerHash<G extends { readonly expiresAt: Date }>(
  index: SignatureIndex | undefined,
  hash: SignatureHash,
  grant: G,
): Promise<
  | { readonly status: "issued"; readonly grant: G; readonly hash: SignatureHash }
  | { readonly status: ReturnType<typeof undecidedReason>; readonly cause: unknown }
> {
  const registration = (await index?.register(hash, { expiresAt: grant.expiresAt })) ?? { status: "registered" };
  switch (registration.status) {
    case "registered":
      return { status: "issued", hash, grant };
    case "already-registered":
      throw new PresignOnceError("LAW_BROKEN", "ids: objectId() returned a value that was used before");
    case "indeterminate":
      return { status: undecidedReason(registration.cause), cause: registration.cause };
  }
}
