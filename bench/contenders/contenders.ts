import { createLeanIndexS3, createS3Client, createSdkIndexS3 } from "@presign-once/adapter-s3";
import { type Strategy, strategies } from "@presign-once/adapter-s3/strategies";
import { booleanSort, createArticleIndex } from "@presign-once/test/interleavings/article-index";
import { s3Client } from "@presign-once/test/servers/sign";

import { createFetchClient, createHttpClient } from "../floor/bare-client.ts";
import { bareRequest } from "./bare-request.ts";
import type { Contender, Place } from "./contender.ts";
import { onBundle } from "./on-bundle.ts";
import { onIndex, type OpenIndex } from "./on-index.ts";

/** The least that one request to S3 can cost: what everything is compared with. */
export const FLOOR = "floor, node:http";
/** The algorithm that presign-once began with: the other thing that everything is compared with. */
export const ARTICLE = "article on SDK";

/** The built functions that are measured whole, and cold. */
export const bundles = [
  onBundle({ name: "verify bundle", strategy: "conditional", judged: true }),
  onBundle({
    name: "verify bundle, sealed",
    strategy: "sealed",
    judged: true,
    settings: { index: { strategy: "sealed" } },
  }),
];

/** Everything that is measured. Add a contender here, and it is in every table that it fits. */
export const contenders: readonly Contender[] = [
  bareRequest(FLOOR, createHttpClient),
  bareRequest("floor, fetch", createFetchClient),
  onIndex({ name: ARTICLE, strategy: "article", judged: false, create: createArticle }),
  onSdk("conditional"),
  ...(["conditional", "sealed", "versioning"] as const).map(onLean),
  ...bundles,
];

/** As written, on a client as the SDK comes. */
function createArticle({ server, bucket }: Place): OpenIndex {
  const s3 = s3Client(server);
  const newDeadline = () => {
    throw new Error("the article sets no deadline");
  };
  return { index: createArticleIndex(booleanSort)({ s3, bucket, newDeadline }), close: () => s3.destroy() };
}

/** An index on the AWS SDK: the reference, and no longer what the edge runs on. */
function onSdk(strategy: Extract<Strategy, "conditional" | "sealed" | "versioning">): Contender {
  return onIndex({
    name: `${strategy} on SDK`,
    strategy,
    judged: false,
    create({ server, bucket }) {
      const s3 = createS3Client(server);
      return { index: strategies[strategy].create({ s3: createSdkIndexS3(s3), bucket }), close: () => s3.destroy() };
    },
  });
}

/** An index on the transport of the edge. */
function onLean(strategy: Extract<Strategy, "conditional" | "sealed" | "versioning">): Contender {
  return onIndex({
    name: strategy,
    strategy,
    judged: true,
    create: ({ server, bucket }) => ({
      index: strategies[strategy].create({ s3: createLeanIndexS3(server), bucket }),
      close() {},
    }),
  });
}
