import type { RefusedUpload } from "@presign-once/core";
import { wireErrorOf } from "@presign-once/core/http";

type Reason = RefusedUpload["reason"];

const all = {
  "method-not-allowed": true,
  malformed: true,
  "header-refused": true,
  "content-length-missing": true,
  "entity-too-small": true,
  "entity-too-large": true,
  "not-issued": true,
  expired: true,
  "not-yet-valid": true,
  revoked: true,
  unknown: true,
  "already-claimed": true,
  "already-stored": true,
  "lease-over": true,
  unavailable: true,
  "store-refused": true,
  undecided: true,
} satisfies Record<Reason, true>;

/** Every reason for which edge or relay refuse an upload. */
export const refusalReasons = Object.keys(all) as readonly Reason[];

/** The code and the statuses that a page has to name for a reason. */
export function answersTo(reason: Reason): string {
  const refusal = { status: "refused", reason, message: "Own words.", cause: 0 } as RefusedUpload;
  const { code, status } = wireErrorOf(refusal);
  return `${code} ${reason === "already-stored" ? `${status} or 200` : status}`;
}
