import { mutants as ofOtherStack, type Mutant } from "../../deploy-sst/test/mutants.ts";

/** A mutant of the construct, or of what both stacks are described by. */
export interface CdkMutant extends Mutant {
  readonly place: "cdk" | "shared";
}

const of =
  (file: string) =>
  (name: string, find: string, replace = ""): CdkMutant => ({ place: "cdk", name, file, find, replace });

const bucket = of("bucket.ts");
const functions = of("edge-function.ts");
const distribution = of("distribution.ts");
const names = of("cloudfront-names.ts");
const observe = of("observe.ts");
const construct = of("single-use-uploads.ts");

const own: readonly CdkMutant[] = [
  bucket("public access not blocked", "publicAccessBlockConfiguration: NO_PUBLIC_ACCESS,"),
  bucket("access lists on", "ownershipControls: { rules: [OWNERSHIP] },"),
  bucket("KMS key not used", "keyArn === undefined ? WITH_OWN_KEYS : withKey(keyArn)", "WITH_OWN_KEYS"),
  bucket("every object asks KMS", ", ...more },", " },"),
  bucket("versions suspended", '"Enabled"', '"Suspended"'),
  bucket("rules without their folder", "prefix: filter.prefix,"),
  bucket("entries stay", "expirationInDays: rule.expiration.days"),
  bucket("CORS forgotten", "origins.length === 0", "origins.length >= 0"),
  bucket("TLS not asked for", "policy(tlsOnly(arn), ...more)", "policy(...more)"),
  bucket("downloads refused", "policy(tlsOnly(arn), ...more)", "policy(tlsOnly(arn))"),
  bucket("removal always deletes", "keep ? CfnDeletionPolicy.RETAIN", "keep ? CfnDeletionPolicy.DELETE"),
  bucket(
    "policy goes while its bucket stays",
    "keepIf(keep, new s3.CfnBucketPolicy",
    "keepIf(false, new s3.CfnBucketPolicy",
  ),
  functions("settings not in the archive", ', "config.json": Buffer.from(settings) }', " }"),
  functions("always one runtime", "    runtime,\n    role", '    runtime: "nodejs20.x",\n    role'),
  functions("less memory", "...FUNCTION,\n", "...FUNCTION,\n    memorySize: 64,\n"),
  functions("no role", "role: role.attrArn", 'role: "arn:aws:iam::111122223333:role/other"'),
  functions(
    "every principal trusted",
    "assumeRolePolicyDocument: trustPolicy()",
    'assumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] }',
  ),
  functions("not published", "functionName: made.ref", 'functionName: "other"'),
  functions("unversioned ARN", "versionArn: version.ref", "versionArn: made.attrArn"),
  functions("policy on another role", "roleName: role.ref", 'roleName: "other"'),
  functions("logs under another name", ":function:${made.ref}`", ":function:other`"),
  functions("functions always left behind", "keepIf(retain, made)", "keepIf(true, made)"),
  names("switched off IPv6", '  isIpv6Enabled: "ipv6Enabled",\n'),
  names("no function at all", '  lambdaArn: "lambdaFunctionArn",\n'),
  names("no behaviour of its own for URLs", '  orderedCacheBehaviors: "cacheBehaviors",\n'),
  distribution("a policy that is named is not used", "props.originRequestPolicyId ?? createOrigin", "createOrigin"),
  distribution(
    "functions swapped",
    "issueArn: issue.versionArn,\n    verifyArn: verify.versionArn",
    "issueArn: verify.versionArn,\n    verifyArn: issue.versionArn",
  ),
  distribution(
    "downloads forgotten",
    "props.downloads && createDownloads(scope, domainName, props.downloads)",
    "undefined",
  ),
  distribution("links forgotten", "props.oneTimeDownloads && createOneTimeDownloads(scope, name)", "undefined"),
  distribution(
    "an access identity for every origin",
    'originAccessIdentity: ""',
    'originAccessIdentity: "origin-access-identity/cloudfront/E1"',
  ),
  distribution("nothing waited for", "distribution.addResourceDependency(resource)", "void resource"),
  distribution(
    "downloads without CloudFront's signature",
    "originAccessControlId: signing.attrId",
    'originAccessControlId: ""',
  ),
  distribution("another path's function", "rewriteCode(downloads.path)", "rewriteCode()"),
  distribution(
    "cache policy of links not used",
    "oneTimeParts<string>(cache.ref, headers.ref)",
    "oneTimeParts<string>(headers.ref, headers.ref)",
  ),
  observe(
    "log of another distribution",
    "resourceArn: distributionArn",
    'resourceArn: "arn:aws:cloudfront::111122223333:distribution/E2"',
  ),
  observe("log to another bucket", "destinationResourceArn: bucketArn", 'destinationResourceArn: "arn:aws:s3:::other"'),
  observe(
    "alarms without a distribution",
    "map(([dimension, value]) => ({ name: dimension, value }))",
    "map(([dimension]) => ({ name: dimension, value: dimension }))",
  ),
  construct("uploads unversioned", "keep, versioned: true, keyArn", "keep, versioned: false, keyArn"),
  construct("index of conditional claims versioned", "versioned: RIGHTS[strategy].versioned", "versioned: true"),
  construct("index with versioning unversioned", "versioned: RIGHTS[strategy].versioned", "versioned: false"),
  construct("index in the uploads' bucket forgotten", "index: shared, origins", "index: false, origins"),
  construct("index without its rules", "index: true, origins: []", "index: false, origins: []"),
  construct("every page may upload", "cors?.origins ?? []", 'cors === undefined ? [] : ["*"]'),
  construct("index always with the uploads", "if (shared) return", "if (shared || true) return"),
  construct(
    "index refuses nothing",
    'createBucketPolicy(scope, "IndexPolicy", { bucket: own, arn: index.arn, keep });',
  ),
  construct("policy of the issue function for both", "policyOf: verifyPolicy", "policyOf: issuePolicy"),
  construct("bundle of the issue function for both", "file: bundles.verifyFile", "file: bundles.issueFile"),
  construct("settings of the issue function for both", "settings: settings.verify", "settings: settings.issue"),
  construct("served before the permissions are there", ", issue.rolePolicy, verify.rolePolicy]", "]"),
  construct("served before the buckets are ready", "...new Set(made), ", ""),
  construct("downloads for every distribution", "distribution/${distribution.ref}`", "distribution/*`"),
  construct("downloads without configuration", "props.downloads === undefined ? []", "props.downloads === null ? []"),
  construct("tickets logged", 'signing === "at-use" || oneTimeDownloads;', "false;"),
  construct(
    "access logs forgotten",
    "if (props.accessLogs) createAccessLogs(this, distributionArn, props.accessLogs, { hasTickets });",
  ),
  construct("alarms forgotten", "if (props.alarms) createAlarms(this, name, distribution.ref, props.alarms);"),
  construct(
    "issuer gets the keys in plain text",
    "toJsonString(withoutKeys)",
    "toJsonString(issuerSettings(settings, this.url))",
  ),
  construct(
    "issuer of another edge",
    "issuerSettings(settings, this.url)",
    'issuerSettings(settings, "https://other.example")',
  ),
  construct("URL without the domain of one's own", "props.domain?.names[0] ?? distribution", "distribution"),
  construct("issue endpoint without its path", "props.issuePath ?? DEFAULT_ISSUE_PATH", "DEFAULT_ISSUE_PATH"),
  construct("retries without their rights", "props.retries !== undefined", "false"),
  construct("tickets without their rights", 'props.signing ?? "at-issue"', '"at-issue" as "at-use"'),
  construct("links without their rights", "props.oneTimeDownloads !== undefined", "false"),
  construct(
    "another strategy's rights",
    "const strategy = props.index?.strategy ?? DEFAULT_STRATEGY;",
    "const strategy = DEFAULT_STRATEGY;",
  ),
  construct("keys in another order", "props.edgeKeys.map(", "props.edgeKeys.toReversed().map("),
  construct("key of each upload not used by the roles", "props.encryption?.keyArn", "undefined"),
  construct("tags without their right", "Object.keys(props.tags ?? {}).length > 0", "false"),
  construct("key of the uploads not used by the roles", "uploadsKeyArn: uploads.keyArn", "uploadsKeyArn: undefined"),
  construct(
    "removal always keeps",
    'const keep = props.removal !== "remove";\n  const shared',
    "const keep = true;\n  const shared",
  ),
  construct("global S3 host name", ".s3.${EDGE_REGION}.amazonaws.com", ".s3.amazonaws.com"),
];

/** Files of the other stack that this one does not use: it makes edge keys by itself, and puts things together by itself. */
const OTHER_FILES = new Set(["single-use-uploads.ts", "edge-keys.ts"]);

/** Mutants of code that hands the description to Pulumi, which the construct has its own of; by file. */
const OF_PULUMI: Readonly<Record<string, readonly string[]>> = {
  "bucket.ts": [
    "KMS key not used",
    "rights for the key of an existing bucket forgotten",
    "versions suspended",
    "bucket emptied on removal, though kept",
    "versioning not kept with its bucket",
    "bucket policy not kept with its bucket",
    "TLS not asked for",
    "global S3 host name",
    "existing bucket: global S3 host name",
    "index not in the existing bucket's region",
  ],
  "edge-functions.ts": [
    "not published",
    "settings not in the archive",
    "given up too soon on deletion",
    "functions not left behind when asked",
    "policy on nobody's role",
  ],
  "distribution.ts": ["a policy that is named is not used", "unversioned ARN", "not waited for", "nothing waited for"],
  "access-logs.ts": ["logs set up in the bucket's region"],
  "issuer-settings.ts": ["issuer of one key gets another"],
  "alarms.ts": ["alarms where CloudFront reports nothing"],
  // It names the one region that the construct has.
  "policies.ts": ["keys used through S3 of another region"],
};

/** Everything that must not go wrong unnoticed. */
export const mutants: readonly CdkMutant[] = [
  ...own,
  ...ofOtherStack
    .filter(({ file, name }) => !OTHER_FILES.has(file) && OF_PULUMI[file]?.includes(name) !== true)
    .map((mutant): CdkMutant => ({ place: "shared", ...mutant })),
];
