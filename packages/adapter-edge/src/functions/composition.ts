import "./reflect-shim.ts";
import {
  createLeanIndexS3,
  createLeanPresigner,
  createObjectHistory,
  createVersionHistory,
  type IndexS3,
} from "@presign-once/adapter-s3";
import { strategies } from "@presign-once/adapter-s3/strategies";
import {
  type Authorizer,
  createBearerAuthorizer,
  createClaimer,
  createEdgeKeys,
  createDownloader,
  createDownloadIssuer,
  createIssuer,
  createTicketIssuer,
  type Downloader,
  type EdgeKeys,
  everybody,
  PresignOnceError,
  type Presigner,
  randomIds,
  type RetryRules,
  type SignatureIndex,
  storageHeaders,
  systemClock,
  type TicketUse,
} from "@presign-once/core";
import { type Cors, createCors, type WriteLine } from "@presign-once/core/http";
import { type EdgeConfig, edgeKeysOf, indexScope, ticketScope, type VerifyConfig } from "@presign-once/settings";
import { container, type DependencyContainer, type InjectionToken, instanceCachingFactory } from "tsyringe";

import { createIssueHandler } from "./issue-handler.ts";
import { createJwtAuthorizer } from "./jwt-authorizer.ts";
import { nodeDigests } from "./node-digests.ts";
import { createVerifyHandler, type ViewerRequestHandler } from "./verify-handler.ts";

const S3: InjectionToken<IndexS3> = Symbol("IndexS3");
const INDEX: InjectionToken<SignatureIndex> = Symbol("SignatureIndex");
const KEYS: InjectionToken<EdgeKeys> = Symbol("EdgeKeys");
const CORS: InjectionToken<Cors> = Symbol("Cors");

/** Composes one function from its settings and the destination of its log lines. */
export type Compose<Config = EdgeConfig> = (config: Config, writeLine: WriteLine) => ViewerRequestHandler;

/** Puts the function in front of the bucket together. */
export const composeVerify: Compose<VerifyConfig> = (config, writeLine) => {
  const edge = createEdgeContainer(config);
  const claimer = createClaimer({
    index: edge.resolve(INDEX),
    keys: edge.resolve(KEYS),
    clock: systemClock,
    ids: randomIds,
    digests: nodeDigests,
    tickets: config.signing === "at-use" ? createTicketUse(config) : undefined,
    retries: createRetryRules(config, edge.resolve(S3)),
  });
  const downloader = createDownloads(config, edge.resolve(INDEX));
  return createVerifyHandler({ claimer, downloader, cors: edge.resolve(CORS), writeLine });
};

/**
 * Puts the function behind `/url` together.
 *
 * @param authorizer  decides who may ask for URLs; goes with the settings `"authorizer": { "type": "custom" }` and with
 *                    no others, so that the settings always name the authorizer that is used
 * @throws {PresignOnceError} `CONFIG_INVALID`: a custom authorizer without those settings, or the settings without one
 */
export function composeIssue(config: EdgeConfig, writeLine: WriteLine, authorizer?: Authorizer): ViewerRequestHandler {
  const edge = createEdgeContainer(config);
  const { uploads, ifNoneMatch, baseUrl, signing, maxExpiresInSeconds: maxLifeSeconds } = config;
  const common = {
    index: edge.resolve(INDEX),
    clock: systemClock,
    ids: randomIds,
    digests: nodeDigests,
    keyPrefix: uploads.prefix,
  };
  const issuer =
    signing === "at-use"
      ? createTicketIssuer({ ...common, keys: createTicketKeys(config), maxLifeSeconds })
      : createIssuer({
          ...common,
          keys: edge.resolve(KEYS),
          presigner: createPresigner(config),
          storage: storageHeaders(uploads),
          ifNoneMatch,
        });
  const keyPrefix = uploads.prefix;
  const downloads =
    config.downloads === undefined
      ? undefined
      : { keyPrefix, issuer: createDownloadIssuer({ ...common, keys: createTicketKeys(config), maxLifeSeconds }) };
  const parts = {
    issuer,
    downloads,
    authorizer: chooseAuthorizer(config, authorizer),
    cors: edge.resolve(CORS),
  };
  const { expiresInSeconds, maxExpiresInSeconds, maxBytes, subjectMetadata } = config;
  const limits = { expiresInSeconds, maxExpiresInSeconds, maxBytes, retries: config.retries !== undefined };
  return createIssueHandler({ ...parts, writeLine, limits, subjectMetadata, baseUrl });
}

/** Tickets are taken where they are issued; presigned URLs everywhere, so that a change burns none of them. */
function createTicketUse(config: VerifyConfig): TicketUse {
  const { uploads, maxExpiresInSeconds: maxLifeSeconds, maxBytes } = config;
  const terms = { keyPrefix: uploads.prefix, maxLifeSeconds };
  const storage = storageHeaders(uploads);
  return { keys: createTicketKeys(config), presigner: createPresigner(config), terms, maxBytes, storage };
}

function createDownloads(config: VerifyConfig, index: SignatureIndex): Downloader | undefined {
  if (config.downloads === undefined) return undefined;
  const { leaseSeconds } = config.downloads;
  const common = { index, clock: systemClock, ids: randomIds, digests: nodeDigests };
  return createDownloader({ ...createTicketUse(config), ...common, leaseSeconds });
}

function createPresigner({
  region,
  endpoint,
  forcePathStyle,
  uploads: { bucket },
  originPath,
}: VerifyConfig): Presigner {
  return createLeanPresigner({ access: { region, endpoint, forcePathStyle }, bucket, originPath });
}

function createTicketKeys(config: VerifyConfig): EdgeKeys {
  return createKeys(config, ticketScope(config));
}

function createKeys(config: VerifyConfig, scope: string): EdgeKeys {
  return createEdgeKeys(edgeKeysOf(config), { scope, digests: nodeDigests });
}

/** Both kinds of evidence come from the uploads' bucket itself. */
function createRetryRules({ retries, uploads }: VerifyConfig, s3: IndexS3): RetryRules | undefined {
  if (retries === undefined) return undefined;
  const place = { s3, bucket: uploads.bucket };
  const history = retries.evidence === "versions" ? createVersionHistory(place) : createObjectHistory(place);
  return { history, leaseSeconds: retries.leaseSeconds };
}

/** What both functions need, in a container of this cold start alone; each part is made when first asked for. */
function createEdgeContainer(config: VerifyConfig): DependencyContainer {
  const edge = container.createChildContainer();
  const { region, endpoint, forcePathStyle, uploads } = config;
  const { bucket = uploads.bucket, prefix, strategy } = config.index;
  once(edge, S3, () => createLeanIndexS3({ region, endpoint, forcePathStyle }));
  once(edge, INDEX, () => strategies[strategy].create({ s3: edge.resolve(S3), bucket, prefix }));
  once(edge, KEYS, () => createKeys(config, indexScope(config)));
  once(edge, CORS, () => createCors(config.cors));
  return edge;
}

function chooseAuthorizer(
  { authorizer: config, subjectMetadata }: EdgeConfig,
  custom: Authorizer | undefined,
): Authorizer {
  if (custom !== undefined && config.type !== "custom")
    throw new PresignOnceError("CONFIG_INVALID", "authorizer.type: expected custom, since the function brings its own");
  switch (config.type) {
    case "none":
      return everybody;
    case "bearer":
      return createBearerAuthorizer(config.tokens, { digests: nodeDigests });
    case "jwt":
      return createJwtAuthorizer({ ...config, needsSubject: subjectMetadata !== undefined });
    case "custom":
      if (custom === undefined)
        throw new PresignOnceError("CONFIG_INVALID", "authorizer: custom, but this function brings none of its own");
      return custom;
  }
}

function once<T>(edge: DependencyContainer, token: InjectionToken<T>, create: () => T): void {
  edge.register(token, { useFactory: instanceCachingFactory(create) });
}
