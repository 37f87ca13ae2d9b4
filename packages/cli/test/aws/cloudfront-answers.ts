import { ACCOUNT, type AwsModel } from "./aws-model.ts";
import type { AwsAnswer, AwsRequest, HttpAnswer } from "./start-aws.ts";
import { toXml } from "./to-xml.ts";

/**
 * Answers as CloudFront.
 *
 * @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations.html
 */
export function answerCloudFront(model: AwsModel, { path }: AwsRequest): AwsAnswer {
  const [, , kind = "", id = ""] = path.split("/");
  const arn = `arn:aws:cloudfront::${ACCOUNT}:${kind}/${id}`;
  const common = { Id: id, ETag: "E2QWRUHAPOMQZL" };
  switch (kind) {
    case "distribution": {
      const { distributionId, domainName, status, distribution } = model;
      const summary = { Id: distributionId, Status: status, DomainName: domainName };
      if (id === "") {
        const Items = [
          { Id: "E0", DomainName: "d0.cloudfront.net", Aliases: { Quantity: 0 } },
          { ...summary, ...distribution },
        ];
        const list = { Marker: "", MaxItems: 100, IsTruncated: false, Quantity: Items.length, Items };
        return answerOf("cloudfront:ListDistributions", "*", "DistributionList", list);
      }
      const found = id === distributionId ? { ...summary, DistributionConfig: distribution } : undefined;
      return answerOf("cloudfront:GetDistribution", arn, "Distribution", found);
    }
    case "cache-policy": {
      const config = model.cachePolicies[id];
      return answerOf(
        "cloudfront:GetCachePolicy",
        arn,
        "CachePolicy",
        config && { ...common, CachePolicyConfig: config },
      );
    }
    case "origin-request-policy": {
      const config = model.originRequestPolicies[id];
      const policy = config && { ...common, OriginRequestPolicyConfig: config };
      return answerOf("cloudfront:GetOriginRequestPolicy", arn, "OriginRequestPolicy", policy);
    }
    case "response-headers-policy": {
      const config = model.responseHeadersPolicies[id];
      const policy = config && { ...common, ResponseHeadersPolicyConfig: config };
      return answerOf("cloudfront:GetResponseHeadersPolicy", arn, "ResponseHeadersPolicy", policy);
    }
    default:
      throw new Error(`the stand-in for CloudFront does not know ${path}`);
  }
}

function answerOf(action: string, resource: string, name: string, value: object | undefined): AwsAnswer {
  const answer = value === undefined ? errorOf(404, `NoSuch${name}`) : xml(200, toXml(name, value));
  return { action, resource, answer, denied: errorOf(403, "AccessDenied") };
}

function errorOf(status: number, Code: string): HttpAnswer {
  return xml(status, toXml("ErrorResponse", { Error: { Type: "Sender", Code, Message: "-" }, RequestId: "r" }));
}

function xml(status: number, body: string): HttpAnswer {
  return { status, headers: { "content-type": "text/xml" }, body: `<?xml version="1.0"?>${body}` };
}
