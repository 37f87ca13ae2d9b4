import { strategies } from "@presign-once/adapter-s3/strategies";
import {
  type Clock,
  createDownloadIssuer,
  createEdgeKeys,
  createIssuer,
  createTicketIssuer,
  type DownloadIssueOutcome,
  type IssueOutcome,
  PresignOnceError,
  type Presigner,
  randomIds,
  type SignatureIndex,
  storageHeaders,
  systemClock,
} from "@presign-once/core";
import {
  asksForDownload,
  narrow,
  type ParameterFault,
  readCallerLimits,
  readDownloadRequest,
  readGrantRequest,
} from "@presign-once/core/http";
import {
  edgeKeysOf,
  indexScope,
  type OperatorConfigInput,
  parseJson,
  parseOperatorConfig,
  ticketScope,
} from "@presign-once/settings";

import { checkAsked, type DownloadAsked, nameFields, toQuery, type UploadAsked } from "./asked.ts";

/** Issues URLs for an edge: what `/url` does, without HTTP and without an authorizer. Who may ask is the caller's to decide. */
export interface EdgeIssuer {
  /**
   * Issues a URL for one upload of a new object.
   *
   * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the field and the form expected; `PRESIGN_FAILED`: no credentials
   */
  issue(asked?: UploadAsked): Promise<IssueOutcome>;
  /**
   * Issues a link for one download of an object below `uploads.prefix`.
   *
   * @throws {PresignOnceError} `ARGUMENT_INVALID`; `CONFIG_INVALID`: settings without `downloads`
   */
  issueDownload(asked: DownloadAsked): Promise<DownloadIssueOutcome>;
  /**
   * Issues what this query asks of `/url`, an upload or, with `download=KEY`, a download.
   *
   * @param query  percent-encoded, without `?`
   * @throws {PresignOnceError} as above; `ARGUMENT_INVALID` names the parameter
   */
  issueQuery(query: string): Promise<IssueOutcome | DownloadIssueOutcome>;
  /** Closes the connections to S3. */
  close(): void;
}

/** What is not in the settings. */
export interface EdgeIssuerOptions {
  /** Of AWS, where any are needed; default: the AWS SDK's own chain. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly clock?: Clock;
}

/**
 * Creates an issuer for the edge that has these settings. Nothing is asked of S3 before the first URL.
 *
 * With the strategy `sealed` and `signing: "at-use"` nothing is ever asked of S3, no credentials are needed, and the AWS SDK
 * is not loaded.
 *
 * @param settings  those of the edge functions, or their JSON: `region`, `uploads.bucket`, `keys` and `baseUrl`, and whatever
 *                  of the rest is not the default; the authorizer is not looked at
 * @throws {PresignOnceError} `CONFIG_INVALID`: names every field that is wrong; repeats no value
 * @example
 * const issuer = await createEdgeIssuer(process.env.PRESIGN_ONCE_SETTINGS);
 * const outcome = await issuer.issue({ contentType: "image/png", maxBytes: 5_000_000 });
 * if (outcome.status === "issued") return outcome.grant;
 */
export async function createEdgeIssuer(
  settings: OperatorConfigInput | string | undefined,
  { credentials, clock = systemClock }: EdgeIssuerOptions = {},
): Promise<EdgeIssuer> {
  const config = parseOperatorConfig(typeof settings === "string" ? parseJson(settings) : settings);
  const { region, endpoint, forcePathStyle, uploads, originPath, ifNoneMatch, signing } = config;
  const baseUrl =
    config.baseUrl ?? missing("baseUrl", "where clients reach the edge, such as https://d111111abcdef8.cloudfront.net");
  const secrets = edgeKeysOf({ uploads, keys: config.keys ?? missing("keys", "the edge keys of the functions") });
  const { create, recordsIssued } = strategies[config.index.strategy];
  const parts = { clock, ids: randomIds, keyPrefix: uploads.prefix, maxLifeSeconds: config.maxExpiresInSeconds };

  async function connect(): Promise<{ index: SignatureIndex; presigner: Presigner; close: () => void }> {
    const { createS3Client, createS3Presigner, createSdkIndexS3, PATIENT_LIMITS } =
      await import("@presign-once/adapter-s3");
    const s3 = createS3Client({ region, endpoint, forcePathStyle, credentials });
    const { bucket = uploads.bucket, prefix } = config.index;
    return {
      index: create({ s3: createSdkIndexS3(s3), bucket, prefix, limits: PATIENT_LIMITS }),
      presigner: createS3Presigner({ s3, bucket: uploads.bucket, originPath }),
      close: () => s3.destroy(),
    };
  }
  const s3 = recordsIssued || signing === "at-issue" ? await connect() : undefined;
  const ticketKeys = createEdgeKeys(secrets, { scope: ticketScope(config) });
  const ticketParts = { ...parts, keys: ticketKeys, ...(s3 !== undefined && recordsIssued ? { index: s3.index } : {}) };
  const uploadIssuer =
    s3 !== undefined && signing === "at-issue"
      ? createIssuer({
          ...{ ...parts, ...s3, keys: createEdgeKeys(secrets, { scope: indexScope(config) }) },
          ...{ storage: storageHeaders(uploads), ifNoneMatch },
        })
      : createTicketIssuer(ticketParts);
  const downloadIssuer = config.downloads && createDownloadIssuer(ticketParts);
  const limits = { ...config, retries: config.retries !== undefined };

  async function issueUpload(
    query: string,
    { folder = "", metadata }: Pick<UploadAsked, "folder" | "metadata"> = {},
  ): Promise<IssueOutcome> {
    const read = readCallerLimits({ metadata });
    if ("fault" in read) throw new PresignOnceError("ARGUMENT_INVALID", `${read.fault}: expected ${read.form}`);
    return uploadIssuer.issue({ baseUrl, folder, ...checked(readGrantRequest(query, narrow(limits, read.limits))) });
  }

  async function issueDownload(query: string): Promise<DownloadIssueOutcome> {
    const issuer = downloadIssuer ?? missing("downloads", "what the functions have, such as {}");
    return issuer.issue({ baseUrl, ...checked(readDownloadRequest(query, limits)) });
  }

  return {
    async issue(asked = {}) {
      const { folder, metadata, ...more } = checkAsked(asked);
      return withFieldNames(issueUpload(toQuery(more), { folder, metadata }));
    },
    issueDownload: async (asked) => withFieldNames(issueDownload(toQuery({ ...checkAsked(asked) }))),
    async issueQuery(query) {
      if (typeof query !== "string") throw new PresignOnceError("ARGUMENT_INVALID", "query: expected a text");
      return asksForDownload(query) ? issueDownload(query) : issueUpload(query);
    },
    close: () => s3?.close(),
  };
}

function checked<T extends object>(asked: T | ParameterFault): T {
  if ("fault" in asked) throw new PresignOnceError("ARGUMENT_INVALID", asked.fault.replace(/\.$/, ""));
  return asked;
}

/** A caller with an object knows fields, not the parameters of `/url`. */
async function withFieldNames<T>(issued: Promise<T>): Promise<T> {
  try {
    return await issued;
  } catch (fault) {
    if (!(fault instanceof PresignOnceError) || fault.code !== "ARGUMENT_INVALID") throw fault;
    throw new PresignOnceError("ARGUMENT_INVALID", nameFields(fault.message));
  }
}

function missing(field: string, form: string): never {
  throw new PresignOnceError("CONFIG_INVALID", `${field}: missing, expected ${form}`);
}
