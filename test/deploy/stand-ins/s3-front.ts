import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { listen } from "../../servers/loopback.ts";
import { type AccessRequest, allows, type Policy } from "../policy-evaluator.ts";
import { type ObjectStore, type StoredObject, StoreError } from "./object-store.ts";
import { signerOf } from "./sigv4-check.ts";

/** A principal with an access key and its policies. */
export interface Role {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly policies: readonly Policy[];
}

/** A running front of S3. */
export interface S3Front {
  readonly port: number;
  /** Action and resource of every request, and whether it was allowed. */
  readonly log: readonly string[];
  /** Opens another port, on which every request counts as one to this host name: what CloudFront makes of an origin. */
  listenAs(host: string): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts what stands between a client and S3's storage: host names of AWS, signatures, and permissions.
 *
 * A signature is right only for the very host name that AWS has for the bucket, and a request is allowed only if the
 * policies of its signer say so. A missing key is a 404 only for a signer that may list the bucket. In a bucket with a KMS
 * key, S3 asks KMS in the name of the signer, who needs a right on the key too.
 *
 * @param options.store  where objects are kept
 * @param options.roles  who may sign
 */
export async function startS3Front({
  store,
  roles,
}: {
  readonly store: ObjectStore;
  readonly roles: readonly Role[];
}): Promise<S3Front> {
  const log: string[] = [];
  const servers: Server[] = [];

  async function open(host?: string): Promise<number> {
    const server = createServer((req, res) => void serve(req, res, host ?? req.headers.host ?? ""));
    servers.push(server);
    return listen(server);
  }

  async function serve(req: IncomingMessage, res: ServerResponse, host: string): Promise<void> {
    try {
      const body = await buffer(req);
      const [path = "", query = ""] = (req.url ?? "").split(/\?(.*)/s);
      const accessKeyId = signerOf(
        { method: req.method ?? "", path, query, host, headers: req.headers },
        (id) => roleOf(id)?.secretAccessKey,
      );
      const role = accessKeyId === undefined ? undefined : roleOf(accessKeyId);
      if (role === undefined) throw new StoreError(403, "SignatureDoesNotMatch");
      await answer(readCall(req, path, query, host), body, role, res);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const xml = req.method === "HEAD" ? "" : `<Error><Code>${error.code}</Code></Error>`;
      res.writeHead(error.status, { "content-type": "application/xml" }).end(xml);
    }
  }

  function roleOf(accessKeyId: string): Role | undefined {
    return roles.find((role) => role.accessKeyId === accessKeyId);
  }

  function may({ policies, accessKeyId }: Role, request: AccessRequest): boolean {
    const context = { "aws:SecureTransport": "true", ...request.context };
    const allowed = allows(policies, { ...request, context });
    log.push(`${allowed ? "allowed" : "denied"} ${accessKeyId} ${request.action} ${request.resource}`);
    return allowed;
  }

  async function answer(call: Call, body: Buffer, role: Role, res: ServerResponse): Promise<void> {
    if (!may(role, call.access)) throw new StoreError(403, "AccessDenied");
    const kmsKey = store.kmsKeyOf?.(call.bucket);
    if (kmsKey !== undefined && call.usesKey !== undefined) {
      const byS3 = { action: call.usesKey, resource: kmsKey, context: { "kms:ViaService": S3_OF_KEYS } };
      if (!may(role, byS3)) throw new StoreError(403, "AccessDenied");
    }
    if (kmsKey !== undefined) res.setHeader("x-amz-server-side-encryption", "aws:kms");
    try {
      await call.perform(store, body, res);
    } catch (error) {
      const missing = error instanceof StoreError && error.code === "NoSuchKey";
      if (missing && !may(role, { action: "s3:ListBucket", resource: call.bucketArn }))
        throw new StoreError(403, "AccessDenied");
      throw error;
    }
  }

  return {
    port: await open(),
    log,
    listenAs: (host) => open(host),
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** S3 in the region of the buckets that have KMS keys, as KMS knows it. */
const S3_OF_KEYS = "s3.eu-west-1.amazonaws.com";

/** One request, understood. */
interface Call {
  readonly bucket: string;
  readonly bucketArn: string;
  readonly access: AccessRequest;
  /** What S3 has KMS do for it, if the bucket has a key; nothing for a HEAD, which reads no data. */
  readonly usesKey?: "kms:GenerateDataKey" | "kms:Decrypt" | undefined;
  readonly perform: (store: ObjectStore, body: Buffer, res: ServerResponse) => Promise<void>;
}

function readCall(req: IncomingMessage, path: string, query: string, host: string): Call {
  const parameters = new URLSearchParams(query);
  const named = /^([a-z0-9-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com$/.exec(host)?.[1];
  const [bucket = "", ...rest] = named === undefined ? path.slice(1).split("/") : [named, ...path.slice(1).split("/")];
  const key = decodeURIComponent(rest.join("/"));
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const onObject = (action: string, context = {}): AccessRequest => ({
    action,
    resource: `${bucketArn}/${key}`,
    context,
  });
  const onBucket = (action: string, context = {}): AccessRequest => ({ action, resource: bucketArn, context });

  if (req.method === "PUT" && key !== "") {
    const ifMatch = req.headers["if-match"];
    const ifNoneMatch = req.headers["if-none-match"];
    const context = { "s3:if-match": ifMatch, "s3:if-none-match": ifNoneMatch };
    return {
      bucket,
      bucketArn,
      access: onObject("s3:PutObject", context),
      usesKey: "kms:GenerateDataKey",
      async perform(store, body, res) {
        res.writeHead(200, objectHeaders(await store.put(bucket, key, body, { ifMatch, ifNoneMatch }))).end();
      },
    };
  }
  if (req.method === "GET" && key === "" && parameters.has("versioning"))
    return {
      bucket,
      bucketArn,
      access: onBucket("s3:GetBucketVersioning"),
      async perform(store, _body, res) {
        const status = (await store.isVersioned(bucket)) ? "<Status>Enabled</Status>" : "";
        res.writeHead(200).end(`<VersioningConfiguration>${status}</VersioningConfiguration>`);
      },
    };
  if (req.method === "GET" && key === "" && parameters.has("versions")) {
    const prefix = parameters.get("prefix") ?? "";
    return {
      bucket,
      bucketArn,
      access: onBucket("s3:ListBucketVersions", { "s3:prefix": prefix }),
      async perform(store, _body, res) {
        const versions = await store.versions(bucket, prefix);
        const listed = versions.map(
          (version) =>
            `<Version><Key>${version.key}</Key><VersionId>${version.versionId}</VersionId><ETag>${version.etag}</ETag></Version>`,
        );
        res
          .writeHead(200)
          .end(`<ListVersionsResult><IsTruncated>false</IsTruncated>${listed.join("")}</ListVersionsResult>`);
      },
    };
  }
  if ((req.method === "GET" || req.method === "HEAD") && key !== "") {
    const versionId = parameters.get("versionId") ?? undefined;
    return {
      bucket,
      bucketArn,
      access: onObject(versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion"),
      usesKey: req.method === "HEAD" ? undefined : "kms:Decrypt",
      async perform(store, _body, res) {
        const found = await store.get(bucket, key, versionId);
        res
          .writeHead(200, { ...objectHeaders(found), "content-length": found.body.byteLength })
          .end(req.method === "HEAD" ? "" : found.body);
      },
    };
  }
  throw new StoreError(501, "NotImplemented");
}

function objectHeaders({ etag, versionId }: StoredObject): Record<string, string> {
  return { etag, ...(versionId === undefined ? {} : { "x-amz-version-id": versionId }) };
}
