import { byteLengthAbove } from "../bytes/bytes.ts";
import { hasRoom, readCallerLimits } from "../gate/caller-limits.ts";
import { MAX_METADATA_BYTES, METADATA_PREFIX } from "../gate/upload-headers.ts";
import type { Authorization, CallerLimits } from "../ports/authorizer.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { percentEncode } from "../url/canonical-request.ts";
import { folders } from "../url/forms.ts";
import { type GrantLimits, narrow } from "./grant-request.ts";

/** What an authorizer answered, checked. */
export type CheckedAuthorization =
  | Exclude<Authorization, { status: "allowed" }>
  | {
      readonly status: "allowed";
      readonly subject: string | undefined;
      /** Folders that the caller's objects go to. */
      readonly folder: string;
      /** Folders whose objects the caller may hand out links for. */
      readonly downloads: readonly string[];
      /** Of the deployment and of the caller. */
      readonly limits: GrantLimits;
    };

/**
 * Checks what an authorizer answered, and narrows the limits of the deployment by it.
 *
 * Authorizers are other people's code, and what they answer is checked by no compiler when they are bundled. An answer of
 * another form, or one that no request could satisfy, is a fault of the authorizer and no mistake of its caller's.
 *
 * @param given.subjectMetadata  name of the metadata that tells who asked; default: none does
 * @throws {PresignOnceError} `LAW_BROKEN`: names the field, and repeats no value
 */
export function readAuthorization(
  authorization: Authorization,
  given: { readonly limits: GrantLimits; readonly subjectMetadata?: string | undefined },
): CheckedAuthorization {
  const status: unknown = authorization?.status;
  if (authorization?.status === "unauthenticated") {
    check(isPrintable(authorization.challenge), "a challenge that is no printable ASCII");
    return authorization;
  }
  const isKnown = status === "forbidden" || status === "allowed";
  check(isKnown, "none of the status allowed, unauthenticated and forbidden");
  const { subject } = authorization;
  check(subject === undefined || isSubject(subject), "a subject that is no text, or an empty one: leave it out");
  if (authorization.status === "forbidden") return authorization;

  const { uploads: folder = "", downloads = [] } = authorization;
  check(typeof folder === "string" && folders.is(folder), "uploads that are no folders");
  const areFolders =
    Array.isArray(downloads) && downloads.every((each) => typeof each === "string" && folders.is(each));
  check(areFolders, "downloads that are no list of folders");
  const caller = readCallerLimits(authorization);
  if ("fault" in caller) throw broken(`${caller.fault} that is not ${caller.form}`);
  const limits = narrow(given.limits, withSubject(caller.limits, subject, given.subjectMetadata));
  check(hasRoom(limits), "minBytes over the maxBytes of the settings");
  const metadata = Object.entries(limits.metadata ?? {}).flatMap(([name, value]) => [METADATA_PREFIX + name, value]);
  const isTooLong = byteLengthAbove(MAX_METADATA_BYTES, ...metadata);
  check(!isTooLong, `a subject and metadata of over ${MAX_METADATA_BYTES} bytes, names included`);
  return { status: "allowed", subject, folder, downloads, limits };
}

/** The subject is other people's text, so it is percent-encoded like a file name. */
function withSubject(limits: CallerLimits, subject: string | undefined, name: string | undefined): CallerLimits {
  if (name === undefined) return limits;
  if (subject === undefined) throw broken("no subject, which subjectMetadata of the settings binds to every object");
  const isFree = !Object.hasOwn(limits.metadata ?? {}, name);
  check(isFree, "metadata of the name that the settings give to the subject, subjectMetadata");
  return { ...limits, metadata: { ...limits.metadata, [name]: percentEncode(subject) } };
}

function isSubject(subject: unknown): boolean {
  return typeof subject === "string" && subject !== "" && !/\p{Cs}/u.test(subject);
}

function isPrintable(text: unknown): boolean {
  return typeof text === "string" && /^[!-~](?:[ -~]*[!-~])?$/.test(text);
}

function check(holds: boolean, what: string): void {
  if (!holds) throw broken(what);
}

function broken(what: string): PresignOnceError {
  return new PresignOnceError("LAW_BROKEN", `the authorizer answered with ${what}`);
}
