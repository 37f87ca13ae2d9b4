import { S3Client } from "@aws-sdk/client-s3";
import { randomIds, type SignatureHash } from "@presign-once/core";
import { booleanSort, createArticleIndex } from "@presign-once/test/interleavings/article-index";

import { placeOfProcess } from "./place-of-process.ts";

const { server, bucket } = placeOfProcess();
const { endpoint, region, forcePathStyle } = server;
const s3 = new S3Client({
  endpoint,
  region,
  forcePathStyle,
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
});
const newDeadline = () => {
  throw new Error("the article sets no deadline");
};
const index = createArticleIndex(booleanSort)({ s3, bucket, newDeadline });

/** A handler that is the article's claim and nothing else, with the credentials of its environment. */
export async function handler({ hash }: { readonly hash: SignatureHash }): Promise<boolean> {
  return (await index.claim(hash, randomIds.claimant())).status === "claimed";
}
