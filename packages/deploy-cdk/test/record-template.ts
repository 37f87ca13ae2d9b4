import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ACCOUNT, type Properties } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { App, Stack } from "aws-cdk-lib";
import { unzipSync } from "fflate";

import { namedKeys } from "../../deploy-sst/src/edge-settings.ts";
import type { SingleUseUploadsArgs } from "../../deploy-sst/src/single-use-uploads-args.ts";
import {
  type RecordedResource,
  recordedStack,
  type RecordedStack,
  secretOf,
} from "../../deploy-sst/test/record-stack.ts";
import type { SingleUseUploadsProps } from "../src/single-use-uploads-props.ts";
import type { SingleUseUploads } from "../src/single-use-uploads.ts";

/** The region of everything. */
const REGION = "us-east-1";

/** A resource of a template. */
interface CfnResource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** Resources by logical id. */
type Resources = Readonly<Record<string, CfnResource>>;

/** The construct's arguments for the arguments of the other stack. */
export function propsOf(args: Partial<SingleUseUploadsArgs>): SingleUseUploadsProps {
  const here = JSON.parse(JSON.stringify(args).replace(/eu-west-1|ap-southeast-2/g, REGION)) as typeof args;
  const { edgeKeys, root: _, ...others } = { authorizer: "none", ...here };
  return {
    ...others,
    edgeKeys: namedKeys(edgeKeys).map((key) => ({
      ...key,
      secret: secretOf(`UploadsEdgeKey-${key.id}`).toString("base64url"),
    })),
    ...(args.bucket === undefined ? { bucketName: "uploads-0a1b2c3" } : {}),
    indexBucketName: "uploadsindex-0a1b2c3",
  } as SingleUseUploadsProps;
}

/** Synthesizes a stack with the construct. */
export function synthesize(program: typeof SingleUseUploads, props: SingleUseUploadsProps) {
  const outdir = mkdtempSync(join(tmpdir(), "presign-once-synth-"));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    const stack = new Stack(app, "Test", { env: { region: REGION } });
    const uploads = new program(stack, "Uploads", props);
    const outputs = stack.resolve({
      ...{ url: uploads.url, issueEndpoint: uploads.issueEndpoint },
      ...{ bucket: uploads.bucket, indexBucket: uploads.indexBucket },
      ...{ distributionId: uploads.distribution.ref, distributionDomainName: uploads.distribution.attrDomainName },
    }) as Properties;
    const issuerSettings = stack.resolve(uploads.issuerSettingsWithoutKeys) as unknown;
    const { template } = app.synth().getStackByName("Test") as { template: { Resources: Resources } };
    const archives = Object.fromEntries(
      Object.values(template.Resources)
        .filter(({ Type }) => Type === "AWS::Lambda::Function")
        .map(({ Properties: { Code } = {} }) => (Code as { S3Key: string }).S3Key)
        .map((key) => [key, unzipSync(readFileSync(join(outdir, `asset.${key}`)))]),
    );
    return { template, outputs, issuerSettings, archives };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/**
 * Synthesizes a stack with the construct, and says it in the words of the other stack, so that the same properties can be looked
 * at. What CloudFormation knows later is what the stand-in for AWS says.
 *
 * @param bundles  the two bundles, to recognize them in archives
 */
export function recordTemplate(
  program: typeof SingleUseUploads,
  args: Partial<SingleUseUploadsArgs>,
  bundles: readonly string[],
): RecordedStack {
  const props = propsOf(args);
  const { template, outputs, issuerSettings, archives } = synthesize(program, props);
  const resources = template.Resources;
  const resolve = resolver(resources);
  const withoutKeys = resolve(issuerSettings) as string;
  const recorded = Object.entries(resources).flatMap(([id, resource]) => {
    const { Type, Properties: given = {}, DependsOn = [], DeletionPolicy } = resource;
    const common = {
      secrets: [],
      retainOnDelete: DeletionPolicy === "Retain",
      deleteTimeout: "",
      dependsOn: [DependsOn].flat().flatMap((other) => partsOf(other, resources)),
    };
    const properties = resolve(given) as Properties;
    return translate(Type, nameOf(id), properties, { resources, id, archives, bundles }).map(
      ([type, name, inputs]): RecordedResource => ({ ...common, type, name, inputs }),
    );
  });
  return recordedStack({
    args: props as unknown as SingleUseUploadsArgs,
    ...{ region: REGION, foundRegion: REGION, resources: recorded },
    outputs: resolve(outputs) as Properties,
    issuerSettings: {
      json: JSON.stringify({ ...(JSON.parse(withoutKeys) as object), keys: props.edgeKeys }),
      secret: !props.edgeKeys.some(({ secret }) => withoutKeys.includes(secret)),
    },
  });
}

/** A logical id without CDK's hash at its end. */
function nameOf(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, "");
}

/** What a resource is in the other stack, where the settings of a bucket are resources. */
function partsOf(id: string, resources: Resources): string[] {
  const resource = resources[id];
  const name = nameOf(id);
  if (resource?.Type !== "AWS::S3::Bucket") return [name];
  const parts = [
    "Private",
    "Owner",
    "Encryption",
    ...(resource.Properties?.["VersioningConfiguration"] ? ["Versions"] : []),
  ];
  return [name, ...parts.map((part) => `${name}${part}`)];
}

/** Answers what CloudFormation would know later. */
function resolver(resources: Resources): (value: unknown) => unknown {
  const made = (id: string) => `${nameOf(id)}-0a1b2c3`;
  function refer(id: string, attribute?: string): string {
    if (id === "AWS::AccountId") return ACCOUNT;
    const { Type, Properties: given = {} } = resources[id] ?? {};
    const lambda = (fn: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${made(fn)}`;
    switch (Type) {
      case "AWS::S3::Bucket": {
        const name = String(given["BucketName"]);
        return attribute === "RegionalDomainName" ? `${name}.s3.${REGION}.amazonaws.com` : name;
      }
      case "AWS::IAM::Role":
        return attribute === "Arn" ? `arn:aws:iam::${ACCOUNT}:role/${made(id)}` : made(id);
      case "AWS::Lambda::Function":
        return attribute === "Arn" ? lambda(id) : made(id);
      case "AWS::Lambda::Version":
        return `${lambda((given["FunctionName"] as { Ref: string }).Ref)}:1`;
      case "AWS::CloudFront::Distribution":
        return attribute === "DomainName" ? "d111111abcdef8.cloudfront.net" : "E1A2B3C4D5E6F7";
      default:
        if (Type === undefined) throw new Error(`the template has no ${id}`);
        return made(id);
    }
  }
  return function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    const {
      Ref,
      "Fn::GetAtt": attribute,
      "Fn::Join": joined,
      "Fn::Sub": sub,
    } = value as Readonly<Record<string, unknown>>;
    if (typeof Ref === "string") return refer(Ref);
    if (attribute !== undefined) return refer(...(attribute as [string, string]));
    if (joined !== undefined)
      return (resolve((joined as [string, unknown])[1]) as string[]).join((joined as [string])[0]);
    if (typeof sub === "string") return sub.replace(/\$\{(.*?)\}/g, (_, id: string) => refer(id));
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
  };
}

const NAMES: Readonly<Record<string, string>> = {
  IPV6Enabled: "isIpv6Enabled",
  LambdaFunctionARN: "lambdaArn",
  FunctionARN: "functionArn",
  WebACLId: "webAclId",
  ErrorCachingMinTTL: "errorCachingMinTtl",
  MinTTL: "minTtl",
  DefaultTTL: "defaultTtl",
  MaxTTL: "maxTtl",
  SSEAlgorithm: "sseAlgorithm",
  KMSMasterKeyID: "kmsMasterKeyId",
  CloudFrontDefaultCertificate: "cloudfrontDefaultCertificate",
  CacheBehaviors: "orderedCacheBehaviors",
  ServerSideEncryptionByDefault: "applyServerSideEncryptionByDefault",
  ExposedHeaders: "exposeHeaders",
  MaxAge: "maxAgeSeconds",
};

/** With names as Pulumi's provider has them. */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [NAMES[key] ?? key[0]!.toLowerCase() + key.slice(1), camel(part)]),
  );
}

type Translated = readonly [type: string, name: string, inputs: Properties];

/** What stands for a resource of a template in the other stack. */
function translate(
  type: string,
  name: string,
  given: Properties,
  {
    resources,
    id,
    archives,
    bundles,
  }: {
    readonly resources: Resources;
    readonly id: string;
    readonly archives: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;
    readonly bundles: readonly string[];
  },
): Translated[] {
  const inputs = camel(given) as Readonly<Record<string, any>>; // oxlint-disable-line typescript/no-explicit-any -- a template
  switch (type) {
    case "AWS::S3::Bucket":
      return bucket(name, inputs);
    case "AWS::S3::BucketPolicy": {
      const policy = JSON.stringify(given["PolicyDocument"]);
      return [["s3/bucketPolicy:BucketPolicy", name, { bucket: inputs["bucket"], policy }]];
    }
    case "AWS::IAM::Role":
      return [["iam/role:Role", name, { assumeRolePolicy: JSON.stringify(given["AssumeRolePolicyDocument"]) }]];
    case "AWS::IAM::RolePolicy": {
      const policy = JSON.stringify(given["PolicyDocument"]);
      return [["iam/rolePolicy:RolePolicy", name, { role: inputs["roleName"], policy }]];
    }
    case "AWS::Lambda::Function": {
      const { code, ...others } = inputs;
      const files = archives[code.s3Key]!;
      const archive = Object.fromEntries(
        Object.entries(files).map(([file, content]) => [file, describeFile(file, Buffer.from(content), bundles)]),
      );
      const publish = Object.values(resources).some(
        ({ Type, Properties: { FunctionName } = {} }) =>
          Type === "AWS::Lambda::Version" && (FunctionName as { Ref: string }).Ref === id,
      );
      return [["lambda/function:Function", name, { ...others, region: REGION, publish, code: { archive } }]];
    }
    case "AWS::Lambda::Version":
      return [];
    case "AWS::CloudFront::Distribution": {
      const config = inputs["distributionConfig"];
      const origins = config.origins.map(({ id: originId, ...origin }: Properties) => ({ originId, ...origin }));
      // CloudFormation always waits.
      return [["cloudfront/distribution:Distribution", name, { ...config, origins, waitForDeployment: true }]];
    }
    case "AWS::CloudFront::OriginRequestPolicy": {
      const { headersConfig, ...config } = inputs["originRequestPolicyConfig"];
      const { headers: items, ...behaviour } = headersConfig;
      const all = { ...config, headersConfig: { ...behaviour, headers: { items } } };
      return [["cloudfront/originRequestPolicy:OriginRequestPolicy", name, all]];
    }
    case "AWS::CloudFront::CachePolicy":
      return [["cloudfront/cachePolicy:CachePolicy", name, inputs["cachePolicyConfig"]]];
    case "AWS::CloudFront::ResponseHeadersPolicy":
      return [["cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", name, inputs["responseHeadersPolicyConfig"]]];
    case "AWS::CloudFront::OriginAccessControl":
      return [["cloudfront/originAccessControl:OriginAccessControl", name, inputs["originAccessControlConfig"]]];
    case "AWS::CloudFront::Function":
      return [["cloudfront/function:Function", name, { code: inputs["functionCode"], publish: inputs["autoPublish"] }]];
    case "AWS::Logs::DeliverySource": {
      const { name: _, ...others } = inputs;
      return [["cloudwatch/logDeliverySource:LogDeliverySource", name, { region: REGION, ...others }]];
    }
    case "AWS::Logs::DeliveryDestination": {
      const { destinationResourceArn } = inputs;
      const deliveryDestinationConfiguration = { destinationResourceArn };
      const all = { region: REGION, deliveryDestinationConfiguration };
      return [["cloudwatch/logDeliveryDestination:LogDeliveryDestination", name, all]];
    }
    case "AWS::Logs::Delivery":
      return [["cloudwatch/logDelivery:LogDelivery", name, inputs]];
    case "AWS::CloudWatch::Alarm": {
      const entries = inputs["dimensions"].map((dimension: { name: string; value: string }) => [
        dimension.name,
        dimension.value,
      ]);
      const dimensions = Object.fromEntries(entries) as Properties;
      return [["cloudwatch/metricAlarm:MetricAlarm", name, { ...inputs, region: REGION, dimensions }]];
    }
    default:
      throw new Error(`the other stack has nothing like ${type} ${name}`);
  }
}

function describeFile(file: string, content: Buffer, bundles: readonly string[]): { path?: string; text?: string } {
  if (file === "config.json") return { text: content.toString() };
  return { path: bundles.find((path) => readFileSync(path).equals(content)) ?? "no bundle" };
}

// oxlint-disable-next-line typescript/no-explicit-any -- a template
function bucket(name: string, inputs: Readonly<Record<string, any>>): Translated[] {
  const of = { bucket: inputs["bucketName"] as string };
  const rules = (inputs["lifecycleConfiguration"]?.rules ?? []).map(
    ({ prefix, expirationInDays, ...rule }: Readonly<Record<string, unknown>>) => ({
      ...rule,
      filter: { prefix },
      ...(expirationInDays === undefined ? {} : { expiration: { days: expirationInDays } }),
    }),
  );
  const parts: (Translated | undefined)[] = [
    ["s3/bucket:Bucket", name, of],
    [
      "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      `${name}Private`,
      { ...of, ...inputs["publicAccessBlockConfiguration"] },
    ],
    [
      "s3/bucketOwnershipControls:BucketOwnershipControls",
      `${name}Owner`,
      { ...of, rule: inputs["ownershipControls"]?.rules[0] },
    ],
    [
      "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      `${name}Encryption`,
      { ...of, rules: inputs["bucketEncryption"]?.serverSideEncryptionConfiguration },
    ],
    inputs["versioningConfiguration"] && [
      "s3/bucketVersioning:BucketVersioning",
      `${name}Versions`,
      { ...of, versioningConfiguration: inputs["versioningConfiguration"] },
    ],
    ["s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", `${name}Lifecycle`, { ...of, rules }],
    inputs["corsConfiguration"] && [
      "s3/bucketCorsConfiguration:BucketCorsConfiguration",
      `${name}Cors`,
      { ...of, corsRules: inputs["corsConfiguration"].corsRules },
    ],
  ];
  return parts.filter((part) => part !== undefined);
}
