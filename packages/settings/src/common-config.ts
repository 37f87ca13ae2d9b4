import { defaultStrategy, strategies, strategyNames } from "@presign-once/adapter-s3/strategies";
import { MAX_PUT_BYTES } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import { allowsAnyWithCredentials, SUBJECT_METADATA } from "@presign-once/core/http";
import * as z from "zod/mini";

import { expected, formed, oneOf, text, wholeNumber } from "./config-fields.ts";
import { storageFields } from "./storage-config.ts";

/** Longest life of a presigned URL, in seconds, since the signing credentials of a Lambda function may end soon after. */
export const MAX_EXPIRES_IN_SECONDS = 3_600;
/** Longest life of a ticket, which is signed when it is used, in seconds: 30 days. */
export const MAX_TICKET_SECONDS = 2_592_000;
const DEFAULT_EXPIRES_IN_SECONDS = 900;
const DEFAULT_LEASE_SECONDS = 300;
const DEFAULT_DOWNLOAD_LEASE_SECONDS = 3_600;
const MAX_DOWNLOAD_LEASE_SECONDS = 86_400;

const folder = text(forms.folders.words, /./, forms.folders.is); // written down, so not empty
const folderList = z.optional(z.array(formed(forms.folders), expected("a list of folders")));
const withoutRetries = oneOf(strategyNames.filter((name) => !strategies[name].allowsRetries));
const bucketName = formed(forms.bucketName);
const life = wholeNumber("seconds", 1, MAX_TICKET_SECONDS);

/** Every field of the settings but the authorizer, which only the issue function has to look at. */
export const commonFields = {
  /** Region of the buckets. */
  region: text("an AWS region such as eu-west-1, or auto for R2", /^[a-z0-9-]{2,30}$/),
  /** Base URL of another S3 server than AWS. */
  endpoint: z.optional(text("an http or https URL without a query", /^https?:\/\/[^\s?#]+$/, URL.canParse)),
  /** Buckets in the path instead of the host name. */
  forcePathStyle: z._default(z.boolean(expected("true or false")), false),
  uploads: z.strictObject(
    { bucket: bucketName, prefix: z._default(folder, "uploads/"), ...storageFields },
    expected("an object"),
  ),
  index: z.prefault(
    z.strictObject(
      {
        /** Default: the uploads' bucket. */
        bucket: z.optional(bucketName),
        prefix: z._default(folder, "signatures/"),
        strategy: z._default(z.enum(strategyNames, expected(oneOf(strategyNames))), defaultStrategy),
      },
      expected("an object"),
    ),
    {},
  ),
  /** CloudFront's OriginPath: taken off URLs when issuing, put back on the way to the origin. */
  originPath: z._default(
    text(
      "nothing, or a path such as /bucket, without a / at its end",
      /^/,
      (path) => path === "" || forms.path.is(path),
    ),
    "",
  ),
  /** Where clients reach the edge; default: https and the Host header of the request. */
  baseUrl: z.optional(formed(forms.baseUrl)),
  /** When the request to S3 is signed: with the URL, or by the verify function when the URL, a ticket, is used. */
  signing: z._default(z.enum(["at-issue", "at-use"], expected("at-issue or at-use")), "at-issue"),
  /** Life of a URL where the client asks for none, in seconds. */
  expiresInSeconds: z._default(life, DEFAULT_EXPIRES_IN_SECONDS),
  /** Longest life that a client may ask for, in seconds. */
  maxExpiresInSeconds: z._default(life, MAX_EXPIRES_IN_SECONDS),
  /** Most bytes that any upload may bring. */
  maxBytes: z._default(wholeNumber("bytes", 0, MAX_PUT_BYTES), MAX_PUT_BYTES),
  /** The first signs, all verify. */
  keys: z
    .array(
      z.strictObject(
        {
          id: formed(forms.edgeKeyId),
          secret: text("32 random bytes in base64url: 43 characters", /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/),
          /** Folders below `uploads.prefix` that its URLs may be for; what is left out is not allowed. Default: all. */
          allows: z.optional(z.strictObject({ uploads: folderList, downloads: folderList }, expected("an object"))),
        },
        expected("an object with id and secret"),
      ),
      expected("a list of edge keys"),
    )
    .check(z.minLength(1, expected("at least one edge key"))),
  cors: z._default(
    z.strictObject(
      {
        origins: z.array(formed(forms.origin), expected("a list of origins")),
        /** Whether pages of these origins may send credentials of the browser, such as cookies. */
        credentials: z._default(z.boolean(expected("true or false")), false),
      },
      expected("an object"),
    ),
    { origins: [], credentials: false },
  ),
  /** Offers retries to clients that make themselves known. */
  retries: z.optional(
    z.strictObject(
      {
        /** How long a client may try again, in seconds. */
        leaseSeconds: z._default(wholeNumber("seconds", 1, MAX_EXPIRES_IN_SECONDS), DEFAULT_LEASE_SECONDS),
        /** The evidence that an upload has arrived. */
        evidence: z._default(z.enum(["versions", "object"], expected("versions or object")), "versions"),
      },
      expected("an object"),
    ),
  ),
  /** Offers links for one download each, of objects below `uploads.prefix`. */
  downloads: z.optional(
    z.strictObject(
      {
        /** How long the client that was first may come again for the rest of the file, in seconds. */
        leaseSeconds: z._default(wholeNumber("seconds", 1, MAX_DOWNLOAD_LEASE_SECONDS), DEFAULT_DOWNLOAD_LEASE_SECONDS),
      },
      expected("an object"),
    ),
  ),
  /** Name of the metadata of new objects that tells who asked for the URL: the subject, percent-encoded. */
  subjectMetadata: z.optional(formed(SUBJECT_METADATA)),
  /** Also let S3 itself refuse a second object under the same key. */
  ifNoneMatch: z._default(z.boolean(expected("true or false")), false),
};

/** What fields have to be to each other. */
export const commonRules = [
  z.refine<Common>(
    ({ uploads, index }) =>
      (index.bucket ?? uploads.bucket) !== uploads.bucket || !overlap(index.prefix, uploads.prefix),
    {
      path: ["index", "prefix"],
      error: "expected another folder than uploads.prefix, in the same bucket",
    },
  ),
  z.refine<Common>(
    ({ region, uploads: { encryption } }) =>
      encryption?.keyArn === undefined || encryption.keyArn.split(":")[3] === region,
    {
      path: ["uploads", "encryption", "keyArn"],
      error: "expected a key in the region of the settings: S3 takes one only where the bucket is",
    },
  ),
  z.refine<Common>(({ expiresInSeconds, maxExpiresInSeconds }) => expiresInSeconds <= maxExpiresInSeconds, {
    path: ["expiresInSeconds"],
    error: `expected maxExpiresInSeconds or less (default ${DEFAULT_EXPIRES_IN_SECONDS})`,
  }),
  z.refine<Common>(
    ({ signing, maxExpiresInSeconds }) => signing === "at-use" || maxExpiresInSeconds <= MAX_EXPIRES_IN_SECONDS,
    {
      path: ["maxExpiresInSeconds"],
      error: `expected ${MAX_EXPIRES_IN_SECONDS} or less, or signing at-use: a presigned URL ends with the credentials that signed it`,
    },
  ),
  z.refine<Common>(({ cors }) => !allowsAnyWithCredentials(cors), {
    path: ["cors", "credentials"],
    error: "expected false, or cors.origins without *: no browser takes credentials together with any origin",
  }),
  z.refine<Common>(({ keys = [] }) => new Set(keys.map(({ id }) => id)).size === keys.length, {
    path: ["keys"],
    error: "expected every id once",
  }),
  z.refine<Common>(({ index, retries }) => retries === undefined || strategies[index.strategy].allowsRetries, {
    path: ["retries"],
    error: `expected none with index.strategy ${withoutRetries}: retries need a store that heeds If-None-Match`,
  }),
  // A client could not tell the two apart, nor could the edge.
  z.refine<Common>(({ uploads, downloads }) => downloads === undefined || !uploads.prefix.startsWith("d/"), {
    path: ["downloads"],
    error: "expected another uploads.prefix than d/, where the links are",
  }),
] as const;

type Complete = z.output<z.ZodMiniObject<typeof commonFields>>;
/** An operator may have no keys. */
type Common = Omit<Complete, "keys"> & { readonly keys?: Complete["keys"] | undefined };

function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}
