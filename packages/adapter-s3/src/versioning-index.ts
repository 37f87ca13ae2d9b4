import {
  GetBucketVersioningCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  type Claimant,
  type ClaimOutcome,
  PresignOnceError,
  type RegisterOutcome,
  type SignatureHash,
  type SignatureIndex,
} from "@presign-once/core";

import { DEFAULT_INDEX_PREFIX } from "./conditional-index.ts";
import { type Deadline, DEFAULT_LIMITS, retrying, startDeadline, type TimeLimits } from "./deadline.ts";
import { putEntry, readEntry } from "./entry-store.ts";
import { claimedBody, etagOf, ISSUED_BODY } from "./index-entry.ts";
import { isMissingKey, isPermanent, mayHaveLanded } from "./s3-failure.ts";

/**
 * Creates an index on a versioned bucket, for servers without a trustworthy conditional write.
 *
 * `register` writes `<prefix>valid/<hash>`. `claim` looks that the hash is valid and not yet expired, writes a version of
 * `<prefix>expired/<hash>`, and lists the versions of that key: whoever wrote the oldest one, the last in the list, owns
 * the hash. Position decides and never `LastModified`, which has a resolution of one second and ties.
 *
 * Fails closed: only a 404 means absent; a delete marker, a version without an id (versioning off or suspended) or a list
 * that lacks our own version is `indeterminate`. Three sequential round trips, four requests.
 *
 * Safe only where a version that is listed as newer can never have been listed before an older one: measured on Ceph RGW.
 * On AWS prefer `createConditionalIndex`.
 *
 * @param s3      from `createS3Client`
 * @param bucket  the index's bucket, versioning enabled
 * @param prefix  folder of the index; default `signatures/`
 * @param limits  default 1.5 s a request, 3.5 s in all
 * @param newDeadline  instead of `limits`, for whoever owns time: called once for each `register` and `claim`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function createVersioningIndex({
  s3,
  bucket,
  prefix = DEFAULT_INDEX_PREFIX,
  limits = DEFAULT_LIMITS,
  newDeadline = () => startDeadline(limits),
}: {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix?: string;
  readonly limits?: TimeLimits;
  readonly newDeadline?: () => Deadline;
}): SignatureIndex {
  const store = { s3, bucket };
  let versioningSeen = false;

  /** Asks once per handle, before its first claim writes anything. */
  async function requireVersioning(deadline: Deadline): Promise<void> {
    if (versioningSeen) return;
    const command = new GetBucketVersioningCommand({ Bucket: bucket });
    const { Status } = await deadline.run((abortSignal) => s3.send(command, { abortSignal }));
    if (Status !== "Enabled") throw versioningOff();
    versioningSeen = true;
  }

  /** `undefined` only for a 404; every other failure throws. */
  async function head(key: string, deadline: Deadline): Promise<HeadObjectCommandOutput | undefined> {
    try {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
      const found = await deadline.run((abortSignal) => s3.send(command, { abortSignal }));
      requireVersionId(found);
      return found;
    } catch (error) {
      if (isMissingKey(error)) return undefined;
      throw error;
    }
  }

  /** Every version of one key, newest first, as the server lists them. */
  async function listVersions(key: string, deadline: Deadline): Promise<ObjectVersion[]> {
    const versions: ObjectVersion[] = [];
    let page: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (page !== undefined) {
      const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: key,
        ...page,
      });
      const answer = await deadline.run((abortSignal) => s3.send(command, { abortSignal }));
      if (answer.DeleteMarkers?.some(({ Key }) => Key === key))
        throw new PresignOnceError("INDEX_UNREADABLE", "An index entry was deleted, so nobody knows who claimed first");
      for (const version of answer.Versions ?? []) {
        if (version.Key !== key) continue;
        requireVersionId(version);
        versions.push(version);
      }
      page = answer.IsTruncated
        ? { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker }
        : undefined;
    }
    return versions;
  }

  /** Looks, before anything is written, whether the hash is registered and whether it was claimed. */
  async function look(
    hash: SignatureHash,
    deadline: Deadline,
  ): Promise<{ issued: boolean; claimed: Known | undefined }> {
    const [valid, expired] = await Promise.all([
      head(`${prefix}valid/${hash}`, deadline),
      head(`${prefix}expired/${hash}`, deadline),
      requireVersioning(deadline),
    ]);
    return { issued: valid !== undefined, claimed: expired };
  }

  /**
   * Tells whether the oldest version of a key is this claimant's.
   *
   * @param known  a version that must be in the list: the one just written, or the one that was there before
   * @param own    whether `known` is this claimant's own
   */
  async function owns(
    claimant: Claimant,
    key: string,
    versions: readonly ObjectVersion[],
    known: Known | undefined,
    own: boolean,
    deadline: Deadline,
  ): Promise<boolean> {
    const oldest = versions.at(-1);
    if (
      oldest === undefined ||
      (known !== undefined && !versions.some(({ VersionId }) => VersionId === known.VersionId))
    )
      throw untold();
    if (own && oldest.VersionId === known?.VersionId) return true;
    if (oldest.ETag === etagOf(claimedBody(claimant))) return true; // a write of ours whose answer was lost
    if (known !== undefined && etagsAreMd5(known)) return false;
    const entry = await readEntry(store, key, deadline, oldest.VersionId);
    if (entry.state === "unreadable") throw entry.error;
    if (entry.state !== "claimed") throw untold();
    return entry.claimant === claimant;
  }

  return {
    async register(hash, { expiresAt }): Promise<RegisterOutcome> {
      const entry = {
        key: `${prefix}valid/${hash}`,
        body: ISSUED_BODY,
        metadata: { "expires-at": expiresAt.toISOString() },
      };
      const deadline = newDeadline();
      try {
        await retrying(deadline, async () => {
          await requireVersioning(deadline);
          requireVersionId(await putEntry(store, entry, deadline));
        });
        return { status: "registered" };
      } catch (cause) {
        return { status: "indeterminate", cause };
      }
    },

    async claim(hash, claimant): Promise<ClaimOutcome> {
      const key = `${prefix}expired/${hash}`;
      const entry = { key, body: claimedBody(claimant) };
      const deadline = newDeadline();
      let attempts = 0;
      let landed = false;
      try {
        const { issued, claimed } = await retrying(deadline, () => look(hash, deadline));
        if (!issued) return { status: "unknown", attempts };
        let known = claimed;
        let versions: ObjectVersion[];
        for (;;) {
          if (claimed === undefined) {
            attempts++;
            try {
              known = await putEntry(store, entry, deadline);
              landed = true;
            } catch (error) {
              landed ||= mayHaveLanded(error);
              if (isPermanent(error)) throw error;
            }
            if (known !== undefined) requireVersionId(known);
          }
          versions = await retrying(deadline, () => listVersions(key, deadline));
          if (versions.length > 0 || known !== undefined) break;
          if (!(await deadline.pause())) throw untold();
        }
        const won = await retrying(deadline, () =>
          owns(claimant, key, versions, known, claimed === undefined, deadline),
        );
        return { status: won ? "claimed" : "already-claimed", attempts };
      } catch (cause) {
        return { status: "indeterminate", mayHaveLanded: landed, attempts, cause };
      }
    },
  };
}

/** What an answer tells of a version: its id, and whether ETags in its bucket are MD5. */
type Known = Pick<HeadObjectCommandOutput, "VersionId" | "ServerSideEncryption">;

function etagsAreMd5({ ServerSideEncryption }: Known): boolean {
  return ServerSideEncryption === undefined || ServerSideEncryption === "AES256";
}

function requireVersionId({ VersionId }: { readonly VersionId?: string | undefined }): void {
  if (VersionId === undefined || VersionId === "null") throw versioningOff();
}

function versioningOff(): PresignOnceError {
  return new PresignOnceError(
    "INDEX_MISCONFIGURED",
    "The versioning strategy needs a bucket with versioning enabled, and the index bucket's is off or suspended",
  );
}

function untold(): PresignOnceError {
  return new PresignOnceError("INDEX_UNREADABLE", "The versions of an index entry do not tell who claimed first");
}
