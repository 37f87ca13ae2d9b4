import { createLeanIndexS3 } from "@presign-once/adapter-s3";
import { strategies } from "@presign-once/adapter-s3/strategies";
import { hashCanonicalRequest, randomIds } from "@presign-once/core";

import type { Policy } from "./policy-evaluator.ts";
import { createMemoryStore } from "./stand-ins/memory-store.ts";
import { startS3Front } from "./stand-ins/s3-front.ts";

/** One index as two roles see it: the index itself at work, under the policies of each. */
export interface RoleIndexes {
  readonly issue: RoleIndex;
  readonly verify: RoleIndex;
  /** What either was denied so far. */
  denied(): readonly string[];
  stop(): Promise<void>;
}

/** What a role can do with the one hash that everything is about. */
export interface RoleIndex {
  /** The status of the outcome. */
  register(): Promise<string>;
  /** The status of the outcome, for one of two claimants. */
  claim(claimant: "first" | "second"): Promise<string>;
  /** Uploads as a URL does that this role has signed, under a new key alone; whether S3 takes it. */
  upload(): Promise<boolean>;
  /**
   * Tries to take a claim back, as the role could without the index: reads the entry of the claim, and writes the body of an
   * issued one over it, under every condition that there is.
   *
   * @returns the conditions under which such a write was stored
   */
  reopen(): Promise<readonly ("none" | "if-none-match" | "if-match")[]>;
}

/** Names of the buckets that the policies are about. */
export const UPLOADS_ARN = "arn:aws:s3:::the-uploads";
export const INDEX_ARN = "arn:aws:s3:::the-index";

/** KMS keys that the buckets can have. */
export const UPLOADS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
export const INDEX_KEY = "arn:aws:kms:eu-west-1:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab";

/** Where the entry of a claim is, and with it the one object that decides. */
const CLAIM_FOLDERS = {
  conditional: "signatures/",
  sealed: "signatures/claims/",
  versioning: "signatures/expired/",
} as const;

/**
 * Puts the index of a strategy behind a front of S3 that evaluates policies.
 *
 * @param kmsKeys  ARNs of the KMS keys of the buckets; default: S3's own keys
 */
export async function startRoleIndexes(
  strategy: "conditional" | "sealed" | "versioning",
  policies: { readonly issue: Policy; readonly verify: Policy },
  kmsKeys: { readonly uploads?: string | undefined; readonly index?: string | undefined } = {},
): Promise<RoleIndexes> {
  const front = await startS3Front({
    store: createMemoryStore({
      "the-uploads": { versioned: true, kmsKeyArn: kmsKeys.uploads },
      "the-index": { versioned: strategy === "versioning", kmsKeyArn: kmsKeys.index },
    }),
    roles: (["issue", "verify"] as const).map((name) => ({ ...credentialsOf(name), policies: [policies[name]] })),
  });
  const hash = await hashCanonicalRequest("the one URL");
  const claimants = { first: randomIds.claimant(), second: randomIds.claimant() };
  const as = (name: string): RoleIndex => {
    const endpoint = `http://127.0.0.1:${front.port}`;
    const s3 = createLeanIndexS3({
      region: "eu-west-1",
      endpoint,
      forcePathStyle: true,
      credentials: credentialsOf(name),
    });
    const index = strategies[strategy].create({
      s3,
      bucket: "the-index",
      limits: { requestMs: 1_000, totalMs: 1_500 },
    });
    return {
      register: async () => (await index.register(hash, { expiresAt: new Date(Date.now() + 60_000) })).status,
      claim: async (claimant) => (await index.claim(hash, claimants[claimant])).status,
      upload() {
        const object = { bucket: "the-uploads", key: `uploads/of-${name}`, condition: { ifNoneMatch: "*" } } as const;
        return succeeds(s3.putObject({ ...object, ...ENTRY }, AbortSignal.timeout(10_000)));
      },
      async reopen() {
        const entry = { bucket: "the-index", key: CLAIM_FOLDERS[strategy] + hash };
        const signal = AbortSignal.timeout(10_000);
        const etagOf = async () => (await s3.getObject({ ...entry, maxBytes: 1_000 }, signal)).etag;
        const etag = (await etagOf().catch(() => undefined)) ?? '"the role cannot read it"';
        const ways = { none: undefined, "if-none-match": { ifNoneMatch: "*" }, "if-match": { ifMatch: etag } } as const;
        const stored: (keyof typeof ways)[] = [];
        for (const way of Object.keys(ways) as (keyof typeof ways)[]) {
          const condition = ways[way];
          const put = { ...entry, ...ENTRY, ...(condition === undefined ? {} : { condition }) };
          if (await succeeds(s3.putObject(put, signal))) stored.push(way);
        }
        return stored;
      },
    };
  };
  return {
    issue: as("issue"),
    verify: as("verify"),
    denied: () => front.log.filter((line) => line.startsWith("denied")),
    stop: () => front.stop(),
  };
}

/** What an issued entry holds. */
const ENTRY = { contentType: "application/json", body: '{"presign-once":"issued"}' };

function succeeds(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}

function credentialsOf(name: string): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: name, secretAccessKey: `${name}-secret` };
}
