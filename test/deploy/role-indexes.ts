import { createLeanIndexS3, strategies } from "@presign-once/adapter-s3";
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
}

/** Names of the buckets that the policies are about. */
export const UPLOADS_ARN = "arn:aws:s3:::the-uploads";
export const INDEX_ARN = "arn:aws:s3:::the-index";

/** Puts the index of a strategy behind a front of S3 that evaluates policies. */
export async function startRoleIndexes(
  strategy: "conditional" | "sealed" | "versioning",
  policies: { readonly issue: Policy; readonly verify: Policy },
): Promise<RoleIndexes> {
  const front = await startS3Front({
    store: createMemoryStore({
      "the-uploads": { versioned: true },
      "the-index": { versioned: strategy === "versioning" },
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
    const index = strategies[strategy]({ s3, bucket: "the-index", limits: { requestMs: 1_000, totalMs: 1_500 } });
    return {
      register: async () => (await index.register(hash, { expiresAt: new Date(Date.now() + 60_000) })).status,
      claim: async (claimant) => (await index.claim(hash, claimants[claimant])).status,
    };
  };
  return {
    issue: as("issue"),
    verify: as("verify"),
    denied: () => front.log.filter((line) => line.startsWith("denied")),
    stop: () => front.stop(),
  };
}

function credentialsOf(name: string): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: name, secretAccessKey: `${name}-secret` };
}
