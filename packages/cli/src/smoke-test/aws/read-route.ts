import type {
  CachePolicyConfig,
  DefaultCacheBehavior,
  Distribution,
  OriginRequestPolicyConfig,
  ResponseHeadersPolicyConfig,
} from "@aws-sdk/client-cloudfront";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";

import type { AwsClients } from "./aws-clients.ts";
import { andThen, type Fact, read, readFact, unread } from "./fact.ts";
import { readRole, type RoleFacts } from "./read-role.ts";
import { matchesWildcards } from "./wildcards.ts";

/** What a request to one path meets: a behaviour of the distribution, its policies, its function and the function's role. */
export interface RouteFacts {
  readonly behaviour: Fact<DefaultCacheBehavior>;
  /** `undefined`: the behaviour has none. */
  readonly cachePolicy: Fact<CachePolicyConfig | undefined>;
  readonly originRequestPolicy: Fact<OriginRequestPolicyConfig | undefined>;
  readonly responseHeadersPolicy: Fact<ResponseHeadersPolicyConfig | undefined>;
  /** That of viewer requests. */
  readonly lambda: Fact<FunctionConfiguration>;
  readonly role: RoleFacts;
}

/** Reads everything that a request to a path meets. */
export async function readRoute(
  clients: AwsClients,
  distribution: Fact<Distribution>,
  path: string,
): Promise<RouteFacts> {
  const behaviour = await andThen(distribution, (known) => behaviourOf(known, path));
  const [policies, lambda] = await Promise.all([readPolicies(clients, behaviour), readLambda(clients, behaviour)]);
  const roleArn = await andThen(lambda, ({ Role }) =>
    Role === undefined ? unread("the function has no role") : read(Role),
  );
  return { behaviour, ...policies, lambda, role: await readRole(clients, roleArn) };
}

/** The ARN of the function that sees the viewer's requests first, with its version. */
export function viewerRequestOf(behaviour: DefaultCacheBehavior): string | undefined {
  const { Items = [] } = behaviour.LambdaFunctionAssociations ?? {};
  return Items.find(({ EventType }) => EventType === "viewer-request")?.LambdaFunctionARN;
}

/**
 * The first behaviour in the list whose pattern matches, or else the default one.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
 */
function behaviourOf({ DistributionConfig }: Distribution, path: string): Fact<DefaultCacheBehavior> {
  const { Items = [] } = DistributionConfig?.CacheBehaviors ?? {};
  const matching = Items.find(({ PathPattern = "" }) => matchesWildcards(PathPattern.replace(/^(?!\/|\*)/, "/"), path));
  const behaviour = matching ?? DistributionConfig?.DefaultCacheBehavior;
  return behaviour === undefined ? unread("cloudfront:GetDistribution: an answer without behaviours") : read(behaviour);
}

async function readPolicies({ cloudfront }: AwsClients, behaviour: Fact<DefaultCacheBehavior>) {
  const { client, GetCachePolicyCommand, GetOriginRequestPolicyCommand, GetResponseHeadersPolicyCommand } = cloudfront;
  const [cachePolicy, originRequestPolicy, responseHeadersPolicy] = await Promise.all([
    readIfNamed(behaviour, "CachePolicyId", "cloudfront:GetCachePolicy", async (Id) => {
      const { CachePolicy } = await client.send(new GetCachePolicyCommand({ Id }));
      return CachePolicy?.CachePolicyConfig;
    }),
    readIfNamed(behaviour, "OriginRequestPolicyId", "cloudfront:GetOriginRequestPolicy", async (Id) => {
      const { OriginRequestPolicy } = await client.send(new GetOriginRequestPolicyCommand({ Id }));
      return OriginRequestPolicy?.OriginRequestPolicyConfig;
    }),
    readIfNamed(behaviour, "ResponseHeadersPolicyId", "cloudfront:GetResponseHeadersPolicy", async (Id) => {
      const { ResponseHeadersPolicy } = await client.send(new GetResponseHeadersPolicyCommand({ Id }));
      return ResponseHeadersPolicy?.ResponseHeadersPolicyConfig;
    }),
  ]);
  return { cachePolicy, originRequestPolicy, responseHeadersPolicy };
}

function readIfNamed<Policy>(
  behaviour: Fact<DefaultCacheBehavior>,
  field: "CachePolicyId" | "OriginRequestPolicyId" | "ResponseHeadersPolicyId",
  action: string,
  request: (id: string) => Promise<Policy | undefined>,
): Promise<Fact<Policy | undefined>> {
  return andThen(behaviour, ({ [field]: id }) =>
    id === undefined || id === "" ? read(undefined) : readFact(action, () => request(id)),
  );
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
async function readLambda(
  { lambda }: AwsClients,
  behaviour: Fact<DefaultCacheBehavior>,
): Promise<Fact<FunctionConfiguration>> {
  const { client, GetFunctionConfigurationCommand } = lambda;
  return andThen(behaviour, (known) => {
    const arn = viewerRequestOf(known);
    if (arn === undefined) return unread("no function is attached to it");
    const [, FunctionName = arn, Qualifier] = /^(arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+):(.+)$/.exec(arn) ?? [];
    const named = { FunctionName, ...(Qualifier === undefined ? {} : { Qualifier }) };
    return readFact("lambda:GetFunctionConfiguration", () => client.send(new GetFunctionConfigurationCommand(named)));
  });
}
