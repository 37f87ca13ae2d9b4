import type { Strategy } from "@presign-once/adapter-s3/strategies";
import type { EdgeConfigInput } from "@presign-once/settings";

import type { Input } from "./outputs.ts";

/** The strategy of a stack that names none. */
export const DEFAULT_STRATEGY: Strategy = "conditional";

/** When the request to S3 is signed: when a URL is issued, or when it is used. */
export type Signing = NonNullable<EdgeConfigInput["signing"]>;

/** Who may ask for URLs: an authorizer as `config.json` has it, or a text: `none`, or one as JSON. */
export type AuthorizerSettings = Exclude<EdgeConfigInput["authorizer"], string> | string;

/** An edge key without its secret: a name of 1 to 32 letters, digits, `-` or `_`, and what its URLs may be for. */
export type NamedEdgeKey = Omit<EdgeConfigInput["keys"][number], "secret">;

/** What {@link singleUseUploads} builds; only `authorizer` has no default. */
export interface SingleUseUploadsArgs {
  /**
   * Who may ask for URLs, in the form that `config.json` has; there is no default. `"none"`, everybody who reaches the
   * endpoint, must be chosen by name. A text is read as JSON, so an SST secret can hold it.
   */
  authorizer: Input<AuthorizerSettings>;

  /**
   * Module of your own that takes the place of the issue function, from the folder of the app: for an authorizer of
   * `{ "type": "custom" }`. It exports `handler`, made with `createFunction` of `@presign-once/adapter-edge`.
   */
  issueFunction?: string;

  /**
   * Name of a bucket that exists, for the uploads. Default: one is made, private, versioned, encrypted.
   *
   * An existing bucket is left as it is: its CORS rules, lifecycle, policy and public access block stay its owner's.
   */
  bucket?: Input<string>;

  /**
   * ARN of the KMS key of the uploads' bucket, in the bucket's region. With `bucket`: the key of its default encryption, which
   * the roles then may use; without: the bucket is made with it. Default: S3's own keys.
   *
   * The roles get the rights that they need. If the key's policy does not let the account's IAM policies decide, it must
   * allow the roles too.
   */
  kmsKeyArn?: Input<string>;

  /**
   * How S3 encrypts each upload, whatever the default of the bucket is: signed in and added by the edge, so no client sends it.
   * Default: the bucket's default encryption.
   */
  encryption?: {
    /** `AES256`: with S3's own keys. */
    type: "aws:kms" | "AES256";
    /** ARN of the KMS key, in the bucket's region; with `aws:kms` alone, and required there. The roles get the rights as with `kmsKeyArn`. */
    keyArn?: Input<string>;
  };

  /**
   * Tags of each upload, by name, likewise signed in: at most 10. The signing role may then also change tags of existing uploads.
   * Default: none.
   */
  tags?: Readonly<Record<string, string>>;

  /** The index of issued and used URLs. */
  index?: {
    /**
     * `own-bucket`, the default, keeps the verify function away from the uploads; `uploads-bucket` is one bucket less,
     * with the index in its folder `signatures/`.
     */
    place?: "own-bucket" | "uploads-bucket";
    /** Default `conditional`, one request a claim. A change makes every URL that is out void. */
    strategy?: Strategy;
    /**
     * ARN of the KMS key that the index's own bucket is made with; in the uploads' bucket, `kmsKeyArn` is for the index too.
     * Default: S3's own keys, with which a claim of `conditional` is one request and not two or three.
     */
    kmsKeyArn?: Input<string>;
  };

  /** Which web pages may ask for URLs and upload. Default: none. */
  cors?: {
    /** Origins such as `https://app.example`, or `*`. */
    origins: readonly string[];
    /**
     * Whether these pages may send credentials of the browser, such as cookies, to `/url`; not with `*`. For the
     * answers of the functions: S3's own, to uploads, which need no such credentials, follow the bucket's CORS rules.
     * Default false.
     */
    credentials?: boolean;
  };

  /**
   * `at-issue`, the default: URLs are presigned. `at-use`: they are tickets, short and good for up to 30 days, and the verify
   * function, which then may put new objects under `uploads/`, signs when they are used.
   */
  signing?: Signing;

  /** Life of a URL for which no other was asked, in seconds, 1 to `maxExpiresInSeconds`. Default 900. */
  expiresInSeconds?: number;

  /**
   * Maximum lifetime of a URL, in seconds, 1 to 3600, with `signing` `at-use` to 2592000. Default 3600. A change makes every unused ticket void.
   */
  maxExpiresInSeconds?: number;

  /** Most bytes that any upload may bring, up to 5 GiB, which is the default. */
  maxBytes?: number;

  /** Name of the metadata of new objects that tells who asked for the URL. Default: none does. */
  subjectMetadata?: string;

  /** Also lets S3 itself refuse a second object under the same key. Default false. */
  ifNoneMatch?: boolean;

  /**
   * Offers `retries=same-client`: the client that is first with such a URL may send the upload again until it is stored. Default:
   * not offered. The verify function may then see the versions of uploads; an existing `bucket` must keep versions, or every
   * retry is refused.
   */
  retries?: {
    /** How long a client may try again, in seconds, 1 to 3600. Default 300. */
    leaseSeconds?: number;
  };

  /** Path that issues URLs. Default `/url`. */
  issuePath?: string;

  /**
   * Names of the edge keys; the stack makes a secret for each. The first signs, all verify. Default `["key-1"]`.
   *
   * A key after the first may be restricted to folders below `uploads/`, for a backend that gets `issuerSettingsOf` this key:
   * `{ id: "tenant-7", allows: { uploads: ["tenant-7/"] } }`. A list that is left out allows nothing.
   *
   * To rotate: add a name at the end and deploy; move it to the front and deploy; wait the life of a URL; take the old
   * name out and deploy.
   */
  edgeKeys?: readonly (string | NamedEdgeKey)[];

  /** Your own domain for the distribution, with TLS 1.2 and later. Default: CloudFront's, which takes TLS 1.0 too. */
  domain?: {
    /** Domain names, the first of which stands in the URLs. Point their DNS records at `distributionDomainName`. */
    names: readonly string[];
    /** Certificate for all of them, of ACM in us-east-1. */
    certificateArn: Input<string>;
  };

  /** A WAF web ACL, global scope, to put in front. Default: none. */
  webAclArn?: Input<string>;

  /**
   * Id of an origin request policy that exists: all headers but `Host`, no cookies, all query strings. For accounts that
   * have the 20 policies that they may hold; several stacks can share one. Default: one is made.
   */
  originRequestPolicyId?: Input<string>;

  /** Which edge locations serve. Default `PriceClass_All`. */
  priceClass?: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";

  /** Access logs, as JSON and without query strings, since those hold the URLs' signatures. Default: none. */
  accessLogs?: {
    /** A bucket of yours that log delivery may write to. */
    bucketArn: Input<string>;
    /** Folder in it, without a slash at its end. Default `presign-once`. */
    folder?: string;
  };

  /** Serves stored objects: `uploads/<id>` under `/files/<id>`. Default: not at all. */
  downloads?: {
    /** Other path than `/files`. */
    path?: string;
    /** `public`: everybody who knows the id; or ids of CloudFront key groups, for signed URLs and cookies. */
    access: "public" | { keyGroups: readonly Input<string>[] };
  };

  /**
   * Links for one download each, of objects below `uploads/`: `/url?download=KEY`, where the authorizer allows it. The verify
   * function may then read these objects. Not together with `downloads` that are public. Default: not offered.
   */
  oneTimeDownloads?: {
    /** How long the client that was first may come again for the rest of the file, in seconds, 1 to 86400. Default 3600. */
    leaseSeconds?: number;
  };

  /** CloudWatch alarms, in us-east-1. Default: none. */
  alarms?: {
    /** SNS topics of us-east-1 that are notified. */
    topicArns: readonly Input<string>[];
    /** Share of 5xx answers over five minutes that is too much, in percent. Default 5. */
    errorPercent?: number;
  };

  /** Default `nodejs24.x`. */
  runtime?: "nodejs24.x" | "nodejs22.x";

  /**
   * What removing the stack does to the buckets: give it `$app.removal`. `remove` deletes them with all they hold; the
   * others, of which `retain` is the default, keep them.
   */
  removal?: "remove" | "retain" | "retain-all";

  /** Leaves the edge functions behind on removal, which CloudFront keeps undeletable for hours. Default false. */
  retainEdgeFunctions?: boolean;

  /** Folder of the app, in which this package is installed. Default: the current one, which under SST is the app's. */
  root?: string;
}
