import { MAX_PUT_BYTES, PresignOnceError } from "@presign-once/core";
import * as z from "zod/mini";

import { authorizerSchema } from "./authorizer-config.ts";
import { expected, text, wholeNumber } from "./config-fields.ts";

/** Longest life of a URL, in seconds, since the signing credentials of a Lambda function may end soon after. */
export const MAX_EXPIRES_IN_SECONDS = 3_600;
const DEFAULT_EXPIRES_IN_SECONDS = 900;

const folder = text(
  "folders of letters, digits, - . _ ~, each followed by /",
  /^(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)+$/,
);
const bucketName = text("the name of a bucket", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const life = wholeNumber("seconds", 1, MAX_EXPIRES_IN_SECONDS);

const schema = z
  .strictObject(
    {
      /** Region of the buckets. */
      region: text("an AWS region such as eu-west-1, or auto for R2", /^[a-z0-9-]{2,30}$/),
      /** Base URL of another S3 server than AWS. */
      endpoint: z.optional(text("an http or https URL without a query", /^https?:\/\/[^\s?#]+$/, URL.canParse)),
      /** Buckets in the path instead of the host name. */
      forcePathStyle: z._default(z.boolean(expected("true or false")), false),
      uploads: z.strictObject({ bucket: bucketName, prefix: z._default(folder, "uploads/") }, expected("an object")),
      index: z.prefault(
        z.strictObject(
          {
            /** Default: the uploads' bucket. */
            bucket: z.optional(bucketName),
            prefix: z._default(folder, "signatures/"),
            strategy: z._default(
              z.enum(
                ["conditional", "conditional-unquoted", "sealed", "versioning"],
                expected("conditional, conditional-unquoted, sealed or versioning"),
              ),
              "conditional",
            ),
          },
          expected("an object"),
        ),
        {},
      ),
      /** CloudFront's OriginPath: taken off URLs when issuing, put back on the way to the origin. */
      originPath: z._default(
        text("nothing, or a path such as /bucket, without a / at its end", /^(?:\/[A-Za-z0-9._~-]+)*$/),
        "",
      ),
      /** Where clients reach the edge; default: https and the Host header of the request. */
      edgeUrl: z.optional(
        text("an http or https URL without a path", /^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?$/, URL.canParse),
      ),
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
              id: text("1 to 32 letters, digits, - or _", /^[A-Za-z0-9_-]{1,32}$/),
              secret: text("32 random bytes in base64url: 43 characters", /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/),
            },
            expected("an object with id and secret"),
          ),
          expected("a list of edge keys"),
        )
        .check(z.minLength(1, expected("at least one edge key"))),
      cors: z._default(
        z.strictObject(
          {
            origins: z.array(
              text(
                "origins as browsers send them, such as https://app.example, or *",
                /^(?:\*|https?:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?)$/,
                (origin) => origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin),
              ),
              expected("a list of origins"),
            ),
          },
          expected("an object"),
        ),
        { origins: [] },
      ),
      /** Also let S3 itself refuse a second object under the same key. */
      ifNoneMatch: z._default(z.boolean(expected("true or false")), false),
      authorizer: authorizerSchema,
    },
    expected("an object"),
  )
  .check(
    z.refine(
      ({ uploads, index }) =>
        (index.bucket ?? uploads.bucket) !== uploads.bucket || !overlap(index.prefix, uploads.prefix),
      {
        path: ["index", "prefix"],
        error: "expected another folder than uploads.prefix, in the same bucket",
      },
    ),
    z.refine(({ expiresInSeconds, maxExpiresInSeconds }) => expiresInSeconds <= maxExpiresInSeconds, {
      path: ["expiresInSeconds"],
      error: `expected maxExpiresInSeconds or less, being ${DEFAULT_EXPIRES_IN_SECONDS} where it is left out`,
    }),
    z.refine(({ keys }) => new Set(keys.map(({ id }) => id)).size === keys.length, {
      path: ["keys"],
      error: "expected every id once",
    }),
  );

/** The settings of both edge functions, complete. */
export type EdgeConfig = z.output<typeof schema>;

/** The settings as they are written down: what has a default may be left out. */
export type EdgeConfigInput = z.input<typeof schema>;

/**
 * Checks settings and fills in the defaults.
 *
 * @param settings  what `config.json` holds
 * @throws {PresignOnceError} `CONFIG_INVALID`: names every field that is missing, unknown or of the wrong form, and the
 *                            form expected; never repeats a value, since it may be a secret
 */
export function parseEdgeConfig(settings: unknown): EdgeConfig {
  const result = z.safeParse(schema, settings);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const field = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => `${[...issue.path, key].join(".")}: unknown field`).join("; ");
    return `${field === "" ? "config" : field}: ${issue.message}`;
  });
  throw new PresignOnceError("CONFIG_INVALID", faults.join("; "));
}

/**
 * Reads settings from the text of `config.json`.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: the text is no JSON, or see {@link parseEdgeConfig}
 */
export function parseEdgeConfigJson(json: string): EdgeConfig {
  return parseEdgeConfig(parseJson(json));
}

/** Parses JSON without ever quoting it. Throws {@link PresignOnceError} `CONFIG_INVALID`. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new PresignOnceError("CONFIG_INVALID", "config: expected JSON"); // without the cause, which quotes the text
  }
}

function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}
