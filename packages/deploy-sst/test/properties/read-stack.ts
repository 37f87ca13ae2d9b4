import { allows, type AccessRequest, type Policy } from "@presign-once/test/deploy/policy-evaluator";

import type { RecordedStack } from "../record-stack.ts";
import type { Variant } from "../variants.ts";

/** Names of the buckets that a stack makes. */
export const UPLOADS = "uploads-0a1b2c3";
export const INDEX = "uploadsindex-0a1b2c3";

interface Behaviour {
  readonly pathPattern?: string;
  readonly targetOriginId: string;
  readonly viewerProtocolPolicy: string;
  readonly allowedMethods: readonly string[];
  readonly cachePolicyId: string;
  readonly originRequestPolicyId?: string;
  readonly compress: boolean;
  readonly responseHeadersPolicyId?: string;
  readonly trustedKeyGroups?: readonly string[];
  readonly lambdaFunctionAssociations?: readonly unknown[];
}

interface Distribution {
  readonly aliases?: readonly string[];
  readonly origins: readonly {
    readonly domainName: string;
    readonly s3OriginConfig?: { readonly originAccessIdentity: string };
  }[];
  readonly defaultCacheBehavior: Behaviour;
  readonly orderedCacheBehaviors: readonly Behaviour[];
  readonly viewerCertificate: unknown;
  readonly loggingConfig?: unknown;
  readonly customErrorResponses?: readonly { readonly errorCode: number; readonly errorCachingMinTtl: number }[];
  readonly webAclId?: string;
}

interface Settings {
  readonly index: { readonly strategy: string };
  readonly uploads: { readonly encryption?: object; readonly tags?: object };
  readonly keys: unknown;
  readonly cors?: unknown;
  readonly signing?: string;
  readonly downloads?: object;
  readonly expiresInSeconds?: number;
  readonly maxExpiresInSeconds?: number;
  readonly maxBytes?: number;
  readonly ifNoneMatch?: boolean;
  readonly retries?: object;
  readonly baseUrl?: string;
  readonly authorizer: unknown;
}

interface LifecycleRule {
  readonly id: string;
  readonly filter: { readonly prefix: string };
  readonly expiration?: unknown;
  readonly noncurrentVersionExpiration?: unknown;
}

/** The distribution of a stack. */
export function distributionOf(stack: RecordedStack): Distribution {
  return stack.one("cloudfront/distribution:Distribution", "UploadsDistribution").inputs as unknown as Distribution;
}

/** Its behaviours: that of uploads, that of the path that issues URLs, and others. */
export function behaviours(stack: RecordedStack): readonly Behaviour[] {
  const { defaultCacheBehavior, orderedCacheBehaviors } = distributionOf(stack);
  return [defaultCacheBehavior, ...orderedCacheBehaviors];
}

/** The behaviour of uploads and that of the path that issues URLs. */
export function uploadBehaviours(stack: RecordedStack): readonly Behaviour[] {
  return behaviours(stack).slice(0, 2);
}

/** What is in the archive of a function. */
export function archiveOf(stack: RecordedStack, name: string): Record<string, { path?: string; text?: string }> {
  const { archive } = stack.one("lambda/function:Function", name).inputs["code"] as { archive: Record<string, object> };
  return archive;
}

/** Its `config.json`. */
export function settingsOf(stack: RecordedStack, name: string): Settings {
  return JSON.parse(archiveOf(stack, name)["config.json"]?.text ?? "") as Settings;
}

/** The lifecycle rules of a bucket. */
export function rulesOf(stack: RecordedStack, name: string): readonly LifecycleRule[] {
  const { inputs } = stack.one("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", name);
  return inputs["rules"] as readonly LifecycleRule[];
}

/** The policy that a resource has. */
export function policyOf(stack: RecordedStack, type: string, name: string): Policy {
  return JSON.parse(String(stack.one(type, name).inputs["policy"])) as Policy;
}

/** The policy of the role of a function. */
export function rolePolicyOf(stack: RecordedStack, fn: string): Policy {
  return policyOf(stack, "iam/rolePolicy:RolePolicy", `Uploads${fn}Policy`);
}

/** Whether the role of a function may do something. */
export function mayOf(stack: RecordedStack, fn: string): (request: AccessRequest) => boolean {
  const role = rolePolicyOf(stack, fn);
  return (request) => allows([role], request);
}

/** A policy of these statements. */
export function statements(...Statement: Policy["Statement"]): Policy {
  return { Version: "2012-10-17", Statement };
}

/** The bucket of the uploads. */
export function uploadsOf(variant: Variant): string {
  return variant === "existing bucket" || variant === "KMS keys" ? "theirs" : UPLOADS;
}

/** The bucket of the index. */
export function indexOf(variant: Variant): string {
  return variant === "one bucket" || variant === "one KMS key" ? UPLOADS : INDEX;
}
