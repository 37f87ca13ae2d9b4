/** What CloudFormation calls otherwise than Pulumi's provider, in whose words the stack is described. */
const NAMES: Readonly<Record<string, string>> = {
  originId: "id",
  isIpv6Enabled: "ipv6Enabled",
  orderedCacheBehaviors: "cacheBehaviors",
  lambdaArn: "lambdaFunctionArn",
  cloudfrontDefaultCertificate: "cloudFrontDefaultCertificate",
};

/** A description in the words of CloudFormation. Lists below `items` stand there by themselves. */
export function inWordsOfCloudFormation<Result>(described: object): Result {
  return rename(described) as Result;
}

function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (typeof value !== "object" || value === null) return value;
  if ("items" in value) return value.items;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [NAMES[name] ?? name, rename(part)]));
}
