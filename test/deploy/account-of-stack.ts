import type { AwsModel, BucketModel, PolicyStatement, RoleModel } from "../../packages/cli/test/aws/aws-model.ts";
import { healthyDeployment } from "../../packages/cli/test/aws/aws-model.ts";
import type { RecordedStack } from "../../packages/deploy-sst/test/record-stack.ts";
import { FOUND_REGION } from "./stand-ins/aws-provider.ts";

type Behaviour = AwsModel["distribution"]["DefaultCacheBehavior"];

/** The inputs of the resources of a stack, as far as they are taken over. */
interface Inputs {
  readonly distribution: {
    readonly aliases?: string[];
    readonly enabled: boolean;
    readonly webAclId?: string;
    readonly origins: readonly {
      readonly originId: string;
      readonly domainName: string;
      readonly s3OriginConfig?: { readonly originAccessIdentity: string };
      readonly originAccessControlId?: string;
    }[];
    readonly defaultCacheBehavior: InputBehaviour;
    readonly orderedCacheBehaviors: readonly InputBehaviour[];
  };
  readonly lambda: {
    readonly role: string;
    readonly runtime: string;
    readonly architectures: string[];
    readonly memorySize: number;
    readonly timeout: number;
    readonly environment?: object;
  };
  readonly originRequestPolicy: {
    readonly headersConfig: { readonly headerBehavior: string; readonly headers: { readonly items: string[] } };
    readonly cookiesConfig: { readonly cookieBehavior: string };
    readonly queryStringsConfig: { readonly queryStringBehavior: string };
  };
}

interface InputBehaviour {
  readonly pathPattern?: string;
  readonly targetOriginId: string;
  readonly viewerProtocolPolicy: string;
  readonly allowedMethods: string[];
  readonly cachePolicyId: string;
  readonly originRequestPolicyId?: string;
  readonly responseHeadersPolicyId?: string;
  readonly trustedKeyGroups?: string[];
  readonly lambdaFunctionAssociations?: readonly { eventType: string; includeBody: boolean; lambdaArn: string }[];
  readonly functionAssociations?: readonly { eventType: string; functionArn: string }[];
}

/**
 * What an AWS account holds after a stack was deployed: the registered resources, in the form in which AWS's APIs return them.
 * What only AWS decides, such as states, quotas and managed policies, is as in a healthy deployment.
 *
 * @param name  of the stack
 */
export function accountOfStack(stack: RecordedStack, name: string): AwsModel {
  const healthy = healthyDeployment();
  const inputs = stack.one("cloudfront/distribution:Distribution", `${name}Distribution`).inputs;
  const distribution = inputs as unknown as Inputs["distribution"];
  return {
    ...healthy,
    distribution: {
      ...healthy.distribution,
      Enabled: distribution.enabled,
      Aliases: listOf(distribution.aliases ?? []),
      Origins: listOf(
        distribution.origins.map(({ originId, domainName, s3OriginConfig, originAccessControlId = "" }) => ({
          Id: originId,
          DomainName: domainName,
          S3OriginConfig: { OriginAccessIdentity: s3OriginConfig?.originAccessIdentity ?? "" },
          OriginAccessControlId: originAccessControlId,
        })),
      ),
      DefaultCacheBehavior: behaviourOf(distribution.defaultCacheBehavior),
      CacheBehaviors: listOf(
        distribution.orderedCacheBehaviors.map((behaviour) => ({
          ...behaviourOf(behaviour),
          PathPattern: behaviour.pathPattern,
        })),
      ),
      WebACLId: distribution.webAclId ?? "",
    },
    originRequestPolicies: originRequestPoliciesOf(stack, healthy),
    functions: Object.fromEntries(
      stack
        .all("lambda/function:Function")
        .map(({ name: id, inputs: lambda }) => [`${id}-0a1b2c3`, functionOf(id, lambda)]),
    ),
    roles: Object.fromEntries(
      stack.all("iam/role:Role").map(({ name: id, inputs: role }) => [`${id}-0a1b2c3`, roleOf(stack, id, role)]),
    ),
    buckets: bucketsOf(stack),
  };
}

function behaviourOf(behaviour: InputBehaviour): Behaviour {
  const { lambdaFunctionAssociations = [], functionAssociations = [], trustedKeyGroups = [] } = behaviour;
  return {
    TargetOriginId: behaviour.targetOriginId,
    ViewerProtocolPolicy: behaviour.viewerProtocolPolicy as "https-only",
    AllowedMethods: listOf(behaviour.allowedMethods as "PUT"[]),
    CachePolicyId: behaviour.cachePolicyId,
    OriginRequestPolicyId: behaviour.originRequestPolicyId,
    ResponseHeadersPolicyId: behaviour.responseHeadersPolicyId,
    TrustedKeyGroups: { Enabled: trustedKeyGroups.length > 0, ...listOf(trustedKeyGroups) },
    LambdaFunctionAssociations: listOf(
      lambdaFunctionAssociations.map(({ eventType, includeBody, lambdaArn }) => ({
        EventType: eventType as "viewer-request",
        IncludeBody: includeBody,
        LambdaFunctionARN: lambdaArn,
      })),
    ),
    FunctionAssociations: listOf(
      functionAssociations.map(({ eventType, functionArn }) => ({
        EventType: eventType as "viewer-request",
        FunctionARN: functionArn,
      })),
    ),
  };
}

/** Those of the stack; one that was there before, under its id, is a healthy one. */
function originRequestPoliciesOf(stack: RecordedStack, healthy: AwsModel): AwsModel["originRequestPolicies"] {
  const made = stack.all("cloudfront/originRequestPolicy:OriginRequestPolicy").map(({ name, inputs }) => {
    const { headersConfig, cookiesConfig, queryStringsConfig } = inputs as unknown as Inputs["originRequestPolicy"];
    const config = {
      Name: name,
      HeadersConfig: {
        HeaderBehavior: headersConfig.headerBehavior as "allExcept",
        Headers: listOf(headersConfig.headers.items),
      },
      CookiesConfig: { CookieBehavior: cookiesConfig.cookieBehavior as "none" },
      QueryStringsConfig: { QueryStringBehavior: queryStringsConfig.queryStringBehavior as "all" },
    };
    return [`${name}-0a1b2c3`, config] as const;
  });
  return { ...healthy.originRequestPolicies, ...Object.fromEntries(made) };
}

function functionOf(name: string, inputs: object): AwsModel["functions"][string] {
  const { role, runtime, architectures, memorySize, timeout, environment } = inputs as Inputs["lambda"];
  return {
    FunctionName: `${name}-0a1b2c3`,
    FunctionArn: `arn:aws:lambda:us-east-1:111122223333:function:${name}-0a1b2c3:1`,
    Role: role,
    State: "Active",
    LastUpdateStatus: "Successful",
    Runtime: runtime as "nodejs24.x",
    Architectures: architectures as "x86_64"[],
    MemorySize: memorySize,
    Timeout: timeout,
    ...(environment === undefined ? {} : { Environment: { Variables: {} } }),
  };
}

function roleOf(stack: RecordedStack, name: string, inputs: object): RoleModel {
  const statements = (json: unknown) => (JSON.parse(String(json)) as { Statement: PolicyStatement[] }).Statement;
  const policies = stack
    .all("iam/rolePolicy:RolePolicy")
    .filter((policy) => policy.inputs["role"] === `${name}-0a1b2c3`)
    .map((policy) => [policy.name, statements(policy.inputs["policy"])] as const);
  const { assumeRolePolicy } = inputs as { assumeRolePolicy: unknown };
  return { trust: statements(assumeRolePolicy), inline: Object.fromEntries(policies), managed: {} };
}

/** The buckets of the stack, and the one that was there before: private, versioned, encrypted as the arguments say. */
function bucketsOf(stack: RecordedStack): Record<string, BucketModel> {
  const theirs: BucketModel = { ...healthyDeployment().buckets["uploads-0a1b2c3"]!, region: FOUND_REGION };
  const made = stack.all("s3/bucket:Bucket").map(({ name, inputs }) => {
    const bucket = `${name.toLowerCase()}-0a1b2c3`;
    const of = (type: string) =>
      stack.all(`s3/${type}`).find((resource) => resource.inputs["bucket"] === bucket)?.inputs;
    const region = typeof inputs["region"] === "string" ? inputs["region"] : "eu-west-1";
    return [bucket, { region, publicPolicy: false, objects: {}, ...settingsOf(of) }] as const;
  });
  return { theirs, ...Object.fromEntries(made) };
}

function settingsOf(of: (type: string) => Readonly<Record<string, unknown>> | undefined): Partial<BucketModel> {
  const [rule] = (of("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")?.["rules"] ??
    []) as { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms"; kmsMasterKeyId?: string } }[];
  const { sseAlgorithm, kmsMasterKeyId } = rule?.applyServerSideEncryptionByDefault ?? {};
  const versions = of("bucketVersioning:BucketVersioning")?.["versioningConfiguration"] as
    | { status: "Enabled" }
    | undefined;
  const blocks = of("bucketPublicAccessBlock:BucketPublicAccessBlock");
  const lifecycle = of("bucketLifecycleConfiguration:BucketLifecycleConfiguration")?.["rules"] as
    | { status: "Enabled"; filter: { prefix: string }; expiration?: { days: number } }[]
    | undefined;
  const cors = of("bucketCorsConfiguration:BucketCorsConfiguration")?.["corsRules"] as
    | { allowedMethods: string[]; allowedOrigins: string[] }[]
    | undefined;
  return {
    encryption: { SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: kmsMasterKeyId },
    versioning: versions?.status,
    publicAccessBlock: {
      BlockPublicAcls: blocks?.["blockPublicAcls"] === true,
      BlockPublicPolicy: blocks?.["blockPublicPolicy"] === true,
      IgnorePublicAcls: blocks?.["ignorePublicAcls"] === true,
      RestrictPublicBuckets: blocks?.["restrictPublicBuckets"] === true,
    },
    lifecycle: lifecycle?.map(({ status, filter, expiration }) => ({
      Status: status,
      Filter: { Prefix: filter.prefix },
      ...(expiration === undefined ? {} : { Expiration: { Days: expiration.days } }),
    })),
    cors: cors?.map(({ allowedMethods, allowedOrigins }) => ({
      AllowedMethods: allowedMethods,
      AllowedOrigins: allowedOrigins,
    })),
  };
}

/** CloudFront leaves `Items` out of an empty list, whatever the SDK's types say. */
function listOf<Item>(items: Item[]): { Quantity: number; Items: Item[] } {
  const list = { Quantity: items.length, ...(items.length === 0 ? {} : { Items: items }) };
  return list as { Quantity: number; Items: Item[] };
}
