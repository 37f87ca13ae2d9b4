import { hash, randomBytes } from "node:crypto";

/** A request, as far as the stub looks at it. */
export interface StubRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly body: string;
}

/** An answer as S3 gives it. */
export interface StubAnswer {
  /** Of the operation, for counting. */
  readonly operation: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Version {
  readonly id: string;
  readonly etag: string;
  readonly body: string;
  readonly writtenAt: Date;
}

/** The bucket that keeps versions; every other one does not. */
export const VERSIONED_BUCKET = "versioned-index";

/**
 * S3 as far as an index asks for it, in memory: PUT with its conditions, GET, HEAD, versions and whether there are any.
 *
 * Signatures are not looked at. A list of versions is that of exactly the key that its prefix names.
 */
export function createStubStore(): (request: StubRequest) => StubAnswer {
  /** By bucket and key, newest first. */
  const objects = new Map<string, readonly Version[]>();

  function put({ bucket, key, ifMatch, ifNoneMatch, body }: StubRequest): StubAnswer {
    const name = `${bucket}/${key}`;
    const versions = objects.get(name) ?? [];
    const current = versions[0];
    if (ifMatch !== undefined && current === undefined) return failure("PUT", 404, "NoSuchKey");
    if ((ifMatch !== undefined && ifMatch !== current?.etag) || (ifNoneMatch !== undefined && current !== undefined))
      return failure("PUT", 412, "PreconditionFailed");
    const version = {
      id: randomBytes(16).toString("base64url"),
      etag: `"${hash("md5", body)}"`,
      body,
      writtenAt: new Date(),
    };
    objects.set(name, bucket === VERSIONED_BUCKET ? [version, ...versions] : [version]);
    return answer("PUT", { ...described(bucket, version), "x-amz-server-side-encryption": "AES256" });
  }

  function read(operation: "GET" | "HEAD", { bucket, key }: StubRequest): StubAnswer {
    const current = objects.get(`${bucket}/${key}`)?.[0];
    if (current === undefined) return failure(operation, 404, "NoSuchKey");
    const headers = { ...described(bucket, current), "content-type": "application/json" };
    return answer(operation, { ...headers, "last-modified": current.writtenAt.toUTCString() }, current.body);
  }

  function listVersions(bucket: string, key: string): StubAnswer {
    const entries = (objects.get(`${bucket}/${key}`) ?? []).map(
      ({ id, etag, body, writtenAt }, n) =>
        `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${n === 0}</IsLatest>` +
        `<LastModified>${writtenAt.toISOString()}</LastModified><ETag>${etag.replaceAll('"', "&quot;")}</ETag>` +
        `<Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Version>`,
    );
    const list = `<Name>${bucket}</Name><Prefix>${key}</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>`;
    return xml("LIST", `<ListVersionsResult>${list}${entries.join("")}</ListVersionsResult>`);
  }

  return (request) => {
    const { method, bucket, query } = request;
    if (method === "PUT") return put(request);
    if (query.has("versions")) return listVersions(bucket, query.get("prefix") ?? "");
    if (query.has("versioning"))
      return xml("VERSIONING", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
    if (method === "GET" || method === "HEAD") return read(method, request);
    return failure(method, 501, "NotImplemented");
  };
}

function described(bucket: string, { id, etag }: Version): Record<string, string> {
  return { etag, ...(bucket === VERSIONED_BUCKET ? { "x-amz-version-id": id } : {}) };
}

function answer(operation: string, headers: Readonly<Record<string, string>>, body = ""): StubAnswer {
  return { operation, status: 200, headers, body };
}

function xml(operation: string, document: string): StubAnswer {
  return answer(
    operation,
    { "content-type": "application/xml" },
    `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  );
}

function failure(operation: string, status: number, code: string): StubAnswer {
  const error = `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { ...xml(operation, error), status };
}
