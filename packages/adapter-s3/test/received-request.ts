import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** The requests that this package makes of S3, by the names of its API. */
export type Operation =
  | "PutObject"
  | "GetObject"
  | "HeadObject"
  | "DeleteObject"
  | "GetBucketVersioning"
  | "ListObjectVersions"
  | "ListObjectsV2"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "ListParts"
  | "ListMultipartUploads";

/** A request as it arrived, whole. */
export interface ReceivedRequest {
  readonly operation: Operation;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Reads a request to its end, and tells which one of S3's it is. */
export async function receiveRequest(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const { pathname, searchParams: query } = new URL(incoming.url ?? "", "http://fake");
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(pathname)) ?? [];
  const operation = operationOf(incoming.method ?? "", query);
  return { operation, bucket, key, query, headers: incoming.headers, body: await text(incoming) };
}

const objectOperations: Record<string, Operation> = {
  PUT: "PutObject",
  GET: "GetObject",
  HEAD: "HeadObject",
  DELETE: "DeleteObject",
};

const multipartOperations: Record<string, Operation> = {
  PUT: "UploadPart",
  GET: "ListParts",
  POST: "CompleteMultipartUpload",
  DELETE: "AbortMultipartUpload",
};

function operationOf(method: string, query: URLSearchParams): Operation {
  if (query.has("uploads")) return method === "POST" ? "CreateMultipartUpload" : "ListMultipartUploads";
  if (query.has("uploadId")) return multipartOperations[method] ?? "ListParts";
  if (query.has("versioning")) return "GetBucketVersioning";
  if (query.has("versions")) return "ListObjectVersions";
  if (query.has("list-type")) return "ListObjectsV2";
  const operation = objectOperations[method];
  if (operation === undefined) throw new Error(`the fake S3 does not know the method ${method}`);
  return operation;
}
