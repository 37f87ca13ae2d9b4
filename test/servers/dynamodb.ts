import { once } from "node:events";
import type { Server } from "node:http";
import { createRequire } from "node:module";

import { DynamoDB } from "@aws-sdk/client-dynamodb";

import { listen } from "./loopback.ts";

/** A DynamoDB of one node, with an empty table `presign_once`. */
export interface DynamoDbServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts dynalite on a free port of 127.0.0.1, in this process and in memory.
 *
 * It evaluates conditions as DynamoDB documents them, and is not by AWS: what it shows is that our requests are right.
 *
 * @see https://github.com/architect/dynalite
 */
export async function startDynamoDb(): Promise<DynamoDbServer> {
  const dynalite = createRequire(import.meta.url)("dynalite") as (options: { createTableMs: number }) => Server;
  const server = dynalite({ createTableMs: 0 });
  const port = await listen(server);
  const client = connect(port);
  await client.createTable({
    TableName: "presign_once",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "hash", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "hash", KeyType: "HASH" }],
  });
  client.destroy();
  return {
    port,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A client of its own, which does not try again by itself unless it is told to. */
export function connect(port: number, maxAttempts = 1): DynamoDB {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "SECRETEXAMPLE" };
  return new DynamoDB({ region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, credentials, maxAttempts });
}
