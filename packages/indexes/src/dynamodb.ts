import type { SignatureIndex } from "@presign-once/core";

import type { TimeLimits } from "./deadline.ts";
import { createEntryIndex, type Refusal } from "./entry-index.ts";
import { entryOf } from "./settled-entry.ts";

/** What the index uses of a client: `DynamoDB` of `@aws-sdk/client-dynamodb` has it. */
export interface DynamoDbClient {
  putItem(input: Request & { Item: Attributes }): Promise<unknown>;
  updateItem(input: Request & { Key: Attributes; UpdateExpression: string }): Promise<unknown>;
  getItem(input: {
    TableName: string;
    Key: Attributes;
    ConsistentRead: true;
  }): Promise<{ readonly Item?: Record<string, { readonly S?: string; readonly N?: string }> | undefined }>;
}

type Attributes = Record<string, { S: string } | { N: string }>;

interface Request {
  TableName: string;
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Attributes;
}

/** An entry may go a day after its URL has ended. */
const MARGIN_SECONDS = 86_400;

/**
 * Creates an index in a table of DynamoDB: a claim is one conditional `UpdateItem`, one round trip.
 *
 * At most one claim wins: DynamoDB evaluates the condition and writes in one step, in one region. The time of a claim is by the clock of
 * the client, since DynamoDB tells none.
 *
 * **Not with a global table**, whose regions overwrite each other: two claims in two regions both win. Not checked: that, and a table that
 * was restored from a backup, in which used URLs are unclaimed.
 *
 * @param options.client  of one region. It may try again by itself: a claim that it made twice is recognized
 * @param options.table   its partition key is `hash`, a string, without a sort key; set its time to live to the attribute
 *                        `remove_at`; default `presign_once`
 * @param options.limits  of the time
 * @example
 * const index = createDynamoDbIndex({ client: new DynamoDB() });
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export function createDynamoDbIndex(options: {
  readonly client: DynamoDbClient;
  readonly table?: string;
  readonly limits?: TimeLimits;
}): SignatureIndex {
  const { client, table: TableName = "presign_once", limits } = options;
  const hashName = { "#hash": "hash" }; // a reserved word

  return createEntryIndex(
    {
      create: (hash, expiresAt) =>
        unlessConditionFails(
          client.putItem({
            TableName,
            Item: { hash: { S: hash }, remove_at: { N: `${Math.ceil(expiresAt.getTime() / 1000) + MARGIN_SECONDS}` } },
            ConditionExpression: "attribute_not_exists(#hash)",
            ExpressionAttributeNames: hashName,
          }),
        ),
      settle(hash, by) {
        const at = { ":at": { N: `${Date.now()}` } };
        return unlessConditionFails(
          client.updateItem({
            TableName,
            Key: { hash: { S: hash } },
            UpdateExpression: by === null ? "SET settled_at = :at" : "SET settled_at = :at, claimant = :by",
            ConditionExpression: "attribute_exists(#hash) AND attribute_not_exists(settled_at)",
            ExpressionAttributeNames: hashName,
            ExpressionAttributeValues: by === null ? at : { ...at, ":by": { S: by } },
          }),
        );
      },
      async read(hash) {
        const { Item: item } = await client.getItem({ TableName, Key: { hash: { S: hash } }, ConsistentRead: true });
        return item === undefined ? undefined : entryOf(item["claimant"]?.S, item["settled_at"]?.N);
      },
      refusalOf,
    },
    limits,
  );
}

async function unlessConditionFails(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if ((error as { readonly name?: unknown } | null)?.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}

/** An answer proves something about its own attempt only: the SDK may have made others before. */
function refusalOf(error: unknown): Refusal | undefined {
  const { name = "", $metadata } = (error ?? {}) as { name?: string; $metadata?: { readonly attempts?: number } };
  if ($metadata?.attempts !== 1) return undefined;
  if (/^(Throttling|ProvisionedThroughputExceeded|RequestLimitExceeded|TransactionConflict)/.test(name))
    return "for-now";
  return /^(ResourceNotFound|AccessDenied|Validation|UnrecognizedClient|ExpiredToken|InvalidSignature)/.test(name)
    ? "for-good"
    : undefined;
}
