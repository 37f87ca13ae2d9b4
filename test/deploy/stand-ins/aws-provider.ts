/** What a stack gives a resource, and what AWS adds to it. */
export type Properties = Readonly<Record<string, unknown>>;

/** The account of everything that stand-ins make. */
export const ACCOUNT = "111122223333";

/** Region of buckets that were there before. */
export const FOUND_REGION = "ap-southeast-2";

/**
 * Answers as AWS and the random provider would when a resource is made: an id, and its properties.
 *
 * Names and numbers are made up but have the form of real ones, so that what is derived from them can be looked at.
 *
 * @param options.region  of the provider
 * @param options.random  32 bytes for a resource of that name
 */
export function makeResource(
  type: string,
  name: string,
  inputs: Properties,
  { region: home, random }: { readonly region: string; readonly random: (name: string) => Buffer },
): { id: string; state: Properties } {
  const region = typeof inputs["region"] === "string" ? inputs["region"] : home;
  const unique = `${name}-0a1b2c3`;
  const made = (id: string, more: Properties) => ({ id, state: { name: unique, ...inputs, region, ...more } });
  switch (type) {
    case "aws:s3/bucket:Bucket":
      return made(unique.toLowerCase(), bucketProperties(unique.toLowerCase(), region));
    case "aws:lambda/function:Function": {
      const arn = `arn:aws:lambda:${region}:${ACCOUNT}:function:${unique}`;
      return made(unique, { arn, version: "1", qualifiedArn: `${arn}:1` });
    }
    case "aws:iam/role:Role":
      return made(unique, { arn: `arn:aws:iam::${ACCOUNT}:role/${unique}` });
    case "aws:cloudfront/distribution:Distribution":
      return made("E1A2B3C4D5E6F7", {
        arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/E1A2B3C4D5E6F7`,
        domainName: "d111111abcdef8.cloudfront.net",
      });
    case "random:index/randomBytes:RandomBytes": {
      const bytes = random(name);
      return { id: unique, state: { ...inputs, base64: bytes.toString("base64"), hex: bytes.toString("hex") } };
    }
    default:
      return made(unique, { arn: `arn:aws:stand-in:::${unique}` });
  }
}

/** Answers as AWS would when something is looked up. */
export function lookUp(token: string, inputs: Properties): Properties {
  if (token === "aws:s3/getBucket:getBucket") return bucketProperties(String(inputs["bucket"]), FOUND_REGION);
  if (token === "aws:index/getCallerIdentity:getCallerIdentity") return { accountId: ACCOUNT };
  throw new Error(`the stand-in for AWS has no answer to ${token}`);
}

function bucketProperties(bucket: string, region: string): Properties {
  return {
    bucket,
    region,
    bucketRegion: region,
    arn: `arn:aws:s3:::${bucket}`,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
  };
}
