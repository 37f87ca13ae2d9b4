/** Names of the items of CloudFront's lists, by the list: `<Aliases><Quantity/><Items><CNAME/>…`. */
const ITEM_NAMES: Readonly<Record<string, string>> = {
  AccessControlAllowMethods: "Method",
  Aliases: "CNAME",
  AllowedMethods: "Method",
  CacheBehaviors: "CacheBehavior",
  DistributionList: "DistributionSummary",
  FunctionAssociations: "FunctionAssociation",
  Headers: "Name",
  LambdaFunctionAssociations: "LambdaFunctionAssociation",
  Origins: "Origin",
  RemoveHeadersConfig: "ResponseHeadersPolicyRemoveHeader",
  TrustedKeyGroups: "KeyGroup",
};

/** What can be written as XML: the shapes that the SDK reads from it. */
type Value = string | number | boolean | undefined | null | readonly Value[] | { readonly [name: string]: Value };

/**
 * Writes a value of one of the SDK's shapes as CloudFront, IAM and S3 write it. In a list of CloudFront's, `Items` holds
 * elements of their own name; in S3, a list is its element repeated; in IAM, `member` is one.
 *
 * @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetDistribution.html#API_GetDistribution_ResponseSyntax
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html#API_GetBucketLifecycleConfiguration_ResponseSyntax
 */
export function toXml(name: string, value: unknown): string {
  return element(name, value as Value);
}

function element(name: string, value: Value): string {
  if (value === undefined || value === null) return "";
  if (isList(value)) return value.map((item) => element(name, item)).join("");
  if (typeof value === "object") {
    const inner = Object.entries(value).map(([field, content]) =>
      field === "Items" && isList(content)
        ? `<Items>${element(ITEM_NAMES[name] ?? `unknown-list-${name}`, content)}</Items>`
        : element(field, content),
    );
    return `<${name}>${inner.join("")}</${name}>`;
  }
  return `<${name}>${String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</${name}>`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
