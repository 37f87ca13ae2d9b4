import { md5 } from "./entries.ts";
import { type Answer, answer, type Script, s3Error } from "./fake-s3.ts";
import type { Operation } from "./received-request.ts";
import { versioning } from "./version-list.ts";

/** A server that stores objects, and how to go behind its back. */
export interface ObjectServer {
  readonly script: Script;
  /** What it holds, by key. */
  readonly objects: Map<string, string>;
}

/**
 * An S3 that stores objects and never looks at a condition, so that every conditional write succeeds: as real servers
 * did until lately. It has no versions.
 *
 * @param broken  answers that some operations have instead of their own
 */
export function careless(broken: { readonly [O in Operation]?: Answer } = {}): ObjectServer {
  const objects = new Map<string, string>();
  const script: Script = {
    PutObject: ({ key, body }) => {
      objects.set(key, body);
      return answer(200, { etag: md5(body) });
    },
    GetObject: ({ key }) => {
      const body = objects.get(key);
      return body === undefined ? s3Error(404, "NoSuchKey") : answer(200, { etag: md5(body) }, body);
    },
    DeleteObject: ({ key }) => {
      objects.delete(key);
      return answer(204);
    },
    GetBucketVersioning: () => versioning(undefined),
    ListObjectVersions: () => s3Error(501, "NotImplemented"),
    ListObjectsV2: ({ query }) => {
      const keys = [...objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? ""));
      const page = keys.slice(0, Number(query.get("max-keys") ?? 1000));
      const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
      return answer(200, {}, `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`);
    },
    ...Object.fromEntries(Object.entries(broken).map(([operation, said]) => [operation, () => said])),
  };
  return { script, objects };
}
