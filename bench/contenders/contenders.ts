import { createConditionalIndex, createS3Client, createVersioningIndex } from "@presign-once/adapter-s3";
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
export const bundles = [onBundle({ name: "verify bundle", strategy: "conditional", judged: true })];

/** Everything that is measured. Add a contender here, and it is in every table that it fits. */
export const contenders: readonly Contender[] = [
  bareRequest(FLOOR, createHttpClient),
  bareRequest("floor, fetch", createFetchClient),
  onIndex({ name: ARTICLE, strategy: "article", judged: false, create: createArticle }),
  onIndex({
    name: "conditional on SDK",
    strategy: "conditional",
    judged: true,
    create: (place) => onSdk(place, createConditionalIndex),
  }),
  onIndex({
    name: "versioning on SDK",
    strategy: "versioning",
    judged: true,
    create: (place) => onSdk(place, createVersioningIndex),
  }),
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

function onSdk(
  { server, bucket }: Place,
  create: (place: { s3: ReturnType<typeof createS3Client>; bucket: string }) => OpenIndex["index"],
): OpenIndex {
  const s3 = createS3Client(server);
  return { index: create({ s3, bucket }), close: () => s3.destroy() };
}
