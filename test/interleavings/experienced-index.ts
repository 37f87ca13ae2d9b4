import { createConditionalIndex, type Deadline, type IndexPlace, type IndexS3 } from "@presign-once/adapter-s3";
import { randomIds, type SignatureHash, type SignatureIndex } from "@presign-once/core";

/** The ETag that every issued entry had in the life of the process so far. */
const SEEN = '"0123456789abcdef0123456789abcdef"';

/**
 * The conditional index of a process that has already won a claim where ETags are no MD5: it reads an entry before it writes.
 *
 * The claim that it learned from was of another hash, on another S3, so that it adds no request to explore.
 */
export function createExperiencedIndex({ s3, newDeadline = () => NO_HURRY, ...place }: IndexPlace): SignatureIndex {
  let current = earlierS3();
  const index = createConditionalIndex({
    ...place,
    newDeadline: () => (current === s3 ? newDeadline() : NO_HURRY),
    s3: {
      putObject: (...sent) => current.putObject(...sent),
      getObject: (...sent) => current.getObject(...sent),
      headObject: (...sent) => current.headObject(...sent),
      listObjectVersions: (...sent) => current.listObjectVersions(...sent),
      getBucketVersioning: (...sent) => current.getBucketVersioning(...sent),
    },
  });
  const learn = async (): Promise<void> => {
    const { status } = await index.claim("00".repeat(32) as SignatureHash, randomIds.claimant());
    if (status !== "claimed") throw new Error(`the claim to learn from was ${status}`);
    current = s3;
  };
  let learned: Promise<void> | undefined;
  const after =
    <Given extends unknown[], Outcome>(ask: (...given: Given) => Promise<Outcome>) =>
    async (...given: Given): Promise<Outcome> => {
      await (learned ??= learn());
      return ask(...given);
    };
  return {
    register: after(index.register),
    claim: after(index.claim),
    revoke: after(index.revoke),
    inspect: after(index.inspect),
  };
}

const NO_HURRY: Deadline = {
  run: (request) => request(new AbortController().signal),
  pause: () => Promise.resolve(true),
  leavesTime: () => true,
};

/** One issued entry, to be claimed once, with an ETag that is no MD5. */
function earlierS3(): IndexS3 {
  const none = () => Promise.reject(new Error("a claim of the conditional index does not ask this"));
  return {
    async putObject({ condition }) {
      if (condition !== undefined && "ifMatch" in condition && condition.ifMatch === SEEN) return {};
      throw Object.assign(new Error("missed"), { name: "PreconditionFailed", status: 412 });
    },
    getObject: async () => ({ etag: SEEN, lastModified: undefined, body: '{"presign-once":"issued"}' }),
    headObject: none,
    listObjectVersions: none,
    getBucketVersioning: none,
  };
}
