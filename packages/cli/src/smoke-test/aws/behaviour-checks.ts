import type { DefaultCacheBehavior, OriginRequestPolicyConfig } from "@aws-sdk/client-cloudfront";

import type { CheckResult } from "../check.ts";
import { all, type AwsCheck, failed, judge, passed } from "./aws-check.ts";
import type { Deployment } from "./read-deployment.ts";
import { viewerRequestOf } from "./read-route.ts";

/** A behaviour takes two methods, three or all seven, and PUT is only among the seven. */
const ALL_METHODS = 7;

/** What a page needs to read an answer. */
const CORS_HEADERS = ["access-control-allow-origin", "access-control-expose-headers", "etag", "vary"];

/** What holds for the behaviour of uploads and for that of the path that issues URLs. */
export const behaviourChecks: readonly AwsCheck[] = [
  {
    name: "aws-functions-attached",
    title: "uploads and requests for URLs each meet their own function first",
    judge: ({ issue, verify }) =>
      all(
        ...ofBoth({ issue, verify }, attached),
        judge(issue.behaviour, (one) =>
          judge(verify.behaviour, (other) =>
            viewerRequestOf(one) === viewerRequestOf(other)
              ? failed("not-an-issue-endpoint", "uploads meet the same function")
              : passed(),
          ),
        ),
        judge(verify.behaviour, ({ LambdaFunctionAssociations, FunctionAssociations }) => {
          const events = [LambdaFunctionAssociations?.Items ?? [], FunctionAssociations?.Items ?? []];
          const [other] = [
            ...(events[0] ?? []).filter(({ EventType }) => EventType !== "viewer-request"),
            ...(events[1] ?? []),
          ];
          return other === undefined ? passed() : failed("other-function", other.EventType);
        }),
      ),
  },
  {
    name: "aws-methods",
    title: "CloudFront lets every method pass to the functions",
    judge: (deployment) =>
      all(
        ...ofBoth(deployment, ({ AllowedMethods }, name) => {
          const methods = AllowedMethods?.Items ?? [];
          return methods.length === ALL_METHODS
            ? passed()
            : failed("method-not-forwarded", `${name}: ${methods.join(", ")}`);
        }),
      ),
  },
  {
    name: "aws-https",
    title: "only https is served",
    judge: (deployment) =>
      all(
        ...ofBoth(deployment, ({ ViewerProtocolPolicy }, name) =>
          ViewerProtocolPolicy === "https-only" ? passed() : failed("http-allowed", `${name}: ${ViewerProtocolPolicy}`),
        ),
      ),
  },
  {
    name: "aws-viewers",
    title: "no signature of CloudFront's own is asked for",
    judge: (deployment) =>
      all(
        ...ofBoth(deployment, ({ TrustedSigners, TrustedKeyGroups }, name) =>
          TrustedSigners?.Enabled === true || TrustedKeyGroups?.Enabled === true
            ? failed("viewers-restricted", name)
            : passed(),
        ),
      ),
  },
  {
    name: "aws-cache",
    title: "nothing is cached",
    judge: ({ issue, verify }) =>
      all(
        ...[issue, verify].map(({ cachePolicy }) =>
          judge(cachePolicy, (policy) =>
            policy?.MinTTL === 0 && policy.MaxTTL === 0 && policy.DefaultTTL === 0
              ? passed()
              : failed("caching-enabled", policy?.Name ?? "no cache policy"),
          ),
        ),
      ),
  },
  {
    name: "aws-origin-requests",
    title: "S3 gets all headers but Host, all queries and no cookies",
    judge: ({ verify }) => judge(verify.originRequestPolicy, judgeOriginRequests),
  },
  {
    name: "aws-response-headers",
    title: "no policy breaks CORS",
    judge: ({ issue, verify }) => all(...[issue, verify].map(judgeResponseHeaders)),
  },
];

/** Judges the behaviour that issues URLs, and then that of uploads. */
function ofBoth(
  { issue, verify }: Pick<Deployment, "issue" | "verify">,
  of: (behaviour: DefaultCacheBehavior, name: string) => CheckResult,
): CheckResult[] {
  return [
    judge(issue.behaviour, (behaviour) => of(behaviour, "URLs")),
    judge(verify.behaviour, (behaviour) => of(behaviour, "uploads")),
  ];
}

function attached({ LambdaFunctionAssociations }: DefaultCacheBehavior, name: string): CheckResult {
  const { Items = [] } = LambdaFunctionAssociations ?? {};
  const association = Items.find(({ EventType }) => EventType === "viewer-request");
  if (association === undefined)
    return failed(name === "URLs" ? "not-an-issue-endpoint" : "verify-not-attached", "no function on viewer-request");
  if (!/:\d+$/.test(association.LambdaFunctionARN ?? "")) return failed("function-unversioned", name);
  return association.IncludeBody === true ? failed("body-included", name) : passed();
}

/** @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html */
function judgeOriginRequests(policy: OriginRequestPolicyConfig | undefined): CheckResult {
  const { Name = "no policy", HeadersConfig, CookiesConfig, QueryStringsConfig } = policy ?? {};
  const { HeaderBehavior = "none", Headers } = HeadersConfig ?? {};
  const listed = (Headers?.Items ?? []).map((header) => header.toLowerCase());
  const forwardsHost =
    HeaderBehavior.startsWith("allViewer") ||
    (HeaderBehavior === "allExcept" ? !listed.includes("host") : listed.includes("host"));
  if (forwardsHost) return failed("host-forwarded", Name);
  if (HeaderBehavior !== "allExcept" || listed.length > 1) return failed("headers-dropped", Name);
  if (QueryStringsConfig?.QueryStringBehavior !== "all") return failed("queries-dropped", Name);
  return CookiesConfig?.CookieBehavior === "none" ? passed() : failed("cookies-forwarded", Name);
}

/** @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyCorsConfig.html */
function judgeResponseHeaders({ responseHeadersPolicy }: Deployment["verify"]): CheckResult {
  return judge(responseHeadersPolicy, (policy) => {
    const { Name, RemoveHeadersConfig, CorsConfig } = policy ?? {};
    const removed = (RemoveHeadersConfig?.Items ?? []).map(({ Header = "" }) => Header.toLowerCase());
    if (removed.some((header) => CORS_HEADERS.includes(header))) return failed("cors-overridden", Name);
    const methods: readonly string[] = CorsConfig?.AccessControlAllowMethods?.Items ?? [];
    if (CorsConfig?.OriginOverride === true && !methods.includes("PUT") && !methods.includes("ALL"))
      return failed("cors-overridden", Name);
    return passed(Name);
  });
}
