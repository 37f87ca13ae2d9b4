/** One thing wrong with the stack's code. */
export interface Mutant {
  /** What is wrong. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly find: string;
  readonly replace: string;
}

const of =
  (file: string) =>
  (name: string, find: string, replace = ""): Mutant => ({ name, file, find, replace });

const bucket = of("bucket.ts");
const lifecycle = of("lifecycle.ts");
const functions = of("edge-functions.ts");
const policies = of("policies.ts");
const distribution = of("distribution.ts");
const stack = of("single-use-uploads.ts");

/** Everything that must not go wrong unnoticed. */
export const mutants: readonly Mutant[] = [
  bucket("public access not blocked", "restrictPublicBuckets: true", "restrictPublicBuckets: false"),
  bucket("public policies not blocked", "blockPublicPolicy: true, "),
  bucket("access lists on", "BucketOwnerEnforced", "ObjectWriter"),
  bucket("encrypted with a key whose ETags are not MD5", "AES256", "aws:kms"),
  bucket("KMS key not used", "key === undefined ? WITH_OWN_KEYS : withKey(keyArn)", "WITH_OWN_KEYS"),
  bucket("every object asks KMS", "bucketKeyEnabled: true", "bucketKeyEnabled: false"),
  bucket(
    "rights for the key of an existing bucket forgotten",
    "keyIn({ pulumi }, found.bucketRegion, key)",
    "keyIn({ pulumi }, found.bucketRegion, undefined)",
  ),
  stack("KMS key of the index is that of the uploads", "args.index?.kmsKeyArn", "args.kmsKeyArn"),
  policies(
    "issue role: reads what is encrypted",
    '"Encrypt", "kms:GenerateDataKey",',
    '"Encrypt", ["kms:GenerateDataKey", "kms:Decrypt"],',
  ),
  policies("issue role: cannot encrypt uploads", "[uploadsKeyArn, registrations", "[undefined, registrations"),
  policies(
    "issue role: cannot encrypt registrations",
    "registrations.length > 0 ? indexKeyArn : undefined",
    "undefined",
  ),
  policies("verify role: cannot encrypt claims", '["kms:GenerateDataKey", "kms:Decrypt"]', '["kms:Decrypt"]'),
  policies("verify role: cannot decrypt entries", '["kms:GenerateDataKey", "kms:Decrypt"]', '["kms:GenerateDataKey"]'),
  policies(
    "verify role: may use the key of the uploads",
    '"kms:Decrypt"], [indexKeyArn]',
    '"kms:Decrypt"], [indexKeyArn, scope.uploadsKeyArn]',
  ),
  policies(
    "keys used without S3",
    'const Condition = { StringEquals: { "kms:ViaService": through } };',
    "const Condition = {};",
  ),
  policies(
    "keys used through S3 of another region",
    "`s3.${regionOfKey(arn)}.amazonaws.com`",
    '"s3.us-east-1.amazonaws.com"',
  ),
  policies("every key used", "allow(sid, actions, keys)", 'allow(sid, actions, "*")'),
  bucket("versions suspended", '"Enabled"', '"Suspended"'),
  bucket("bucket emptied on removal, though kept", "forceDestroy: !keep", "forceDestroy: true"),
  bucket("versioning not kept with its bucket", 'status: "Enabled" } }, kept)', 'status: "Enabled" } })'),
  bucket(
    "bucket policy not kept with its bucket",
    "{ retainOnDelete: keep, dependsOn: [...ready] }, // S3",
    "{ dependsOn: [...ready] }, // S3",
  ),
  bucket("TLS not asked for", "policy(tlsOnly(known), ", "policy("),
  bucket("global S3 host name", "made.bucketRegionalDomainName", "made.bucketDomainName"),
  bucket("existing bucket: global S3 host name", "found.bucketRegionalDomainName", "found.bucketDomainName"),
  bucket(
    "index not in the existing bucket's region",
    "region === undefined ? {} : { region };\n  const made",
    "{};\n  const made",
  ),
  stack("uploads unversioned", "{ keep, versioned: true, key }", "{ keep, versioned: false, key }"),
  stack("index of conditional claims versioned", "versioned: RIGHTS[strategy].versioned", "versioned: true"),
  stack("index with versioning unversioned", "versioned: RIGHTS[strategy].versioned", "versioned: false"),
  stack(
    "an existing bucket gets a policy",
    "if (args.bucket === undefined)\n    createBucketPolicy",
    "if (args.bucket !== null)\n    createBucketPolicy",
  ),
  stack("an existing bucket gets a lifecycle", "if (bucket === undefined) {", "if (bucket !== null) {"),
  stack("index always with the uploads", "if (shared) return", "if (shared || true) return"),
  stack(
    "removal always deletes",
    'const keep = removal !== "remove";',
    "const keep = removal === undefined ? false : false;",
  ),
  stack("removal never deletes", 'const keep = removal !== "remove";', "const keep = removal !== null;"),
  stack("policy of the issue function for both", "policyOf: verifyPolicy", "policyOf: issuePolicy"),
  stack("bundle of the issue function for both", "file: bundles.verifyFile", "file: bundles.issueFile"),
  stack(
    "functions swapped",
    "{ args, uploads, issue, verify, downloads, ready }",
    "{ args, uploads, issue: verify, verify: issue, downloads, ready }",
  ),
  stack("served before the permissions are there", ", issue.rolePolicy, verify.rolePolicy]", "]"),
  stack("served before the index is ready", "...uploads.ready, ...index.ready, ", "...uploads.ready, "),
  stack("always one runtime", 'args.runtime ?? "nodejs24.x"', '"nodejs20.x" as "nodejs22.x"'),
  stack("functions left behind without being asked", "args.retainEdgeFunctions ?? false", "true"),
  stack("URL without the domain of one's own", "args.domain?.names[0] ?? distribution", "distribution"),
  stack("issue endpoint without its path", "args.issuePath ?? DEFAULT_ISSUE_PATH}`", 'DEFAULT_ISSUE_PATH + ""}`'),
  stack(
    "downloads without configuration",
    "args.downloads && createDownloads(providers, name, uploads, args.downloads)",
    'createDownloads(providers, name, uploads, args.downloads ?? { access: "public" })',
  ),
  stack("alarms forgotten", "if (args.alarms) createAlarms(providers, name, distribution, args.alarms);"),
  stack(
    "access logs forgotten",
    'if (args.accessLogs)\n    createAccessLogs(providers, name, distribution, args.accessLogs, { hasTickets: signing === "at-use" });',
  ),
  of("cors.ts")("every page may upload", "allowedOrigins: [...origins]", 'allowedOrigins: ["*"]'),
  of("cors.ts")("pages may do more than upload", '["PUT"]', '["PUT", "DELETE"]'),
  of("edge-settings.ts")("no CORS at the edge", "{ cors: { ...args.cors, origins: [...args.cors.origins] } }", "{}"),
  of("edge-settings.ts")("no credentials at the edge", "{ ...args.cors, origins:", "{ origins:"),
  of("edge-settings.ts")(
    "strategy not in the settings",
    "args.index?.strategy ?? DEFAULT_STRATEGY",
    "DEFAULT_STRATEGY",
  ),
  of("edge-settings.ts")("life of URLs not in the settings", '"expiresInSeconds", "max', '"max'),
  of("edge-settings.ts")("longest life not in the settings", '"maxExpiresInSeconds", '),
  of("edge-settings.ts")("most bytes not in the settings", '"maxBytes", '),
  of("edge-settings.ts")("retries not in the settings", ', "retries"'),
  of("edge-settings.ts")("authorizer in verify's settings", "JSON.stringify(settingsOfVerify", "JSON.stringify(config"),
  stack("retries without their rights", "args.retries !== undefined", "false"),
  policies(
    "permissions for retries without retries",
    "retries ? seeVersionsOfUploads(uploadsArn) : []",
    "seeVersionsOfUploads(uploadsArn)",
  ),
  policies("retries: every version is seen", 'Condition: { StringLike: { "s3:prefix": `${UPLOADS_FOLDER}*` } },'),
  policies(
    "retries: cannot see whether versions are kept",
    'allow("SeeThatUploadsKeepVersions", "s3:GetBucketVersioning", uploadsArn),',
  ),
  of("edge-settings.ts")("second lock not in the settings", ', "ifNoneMatch"'),
  of("edge-settings.ts")(
    "index in the uploads' bucket",
    "index: { bucket: indexBucket",
    "index: { bucket: uploadsBucket",
  ),
  of("edge-settings.ts")("domain not in the settings", "{ edgeUrl: `https://${args.domain.names[0]}` }", "{}"),
  of("edge-settings.ts")(
    "every caller may request URLs",
    "authorizer: readAuthorizer(name, authorizer)",
    'authorizer: "none"',
  ),
  of("edge-keys.ts")("keys in another order", "keyIds.map((id)", "keyIds.toReversed().map((id)"),
  of("edge-keys.ts")("short keys", "const SECRET_BYTES = 32", "const SECRET_BYTES = 16"),
  of("edge-keys.ts")("keys in the clear", "pulumi.secret(pulumi.all(secrets))", "pulumi.all(secrets)"),
  of("edge-keys.ts")(
    "keys named by position, so that they move with it",
    "keyIds.map((id) => new RandomBytes(`${name}EdgeKey-${id}`)",
    "keyIds.map((_id, place) => new RandomBytes(`${name}EdgeKey-${place}`)",
  ),
  lifecycle("entries go before their tickets", "ENTRY_DAYS = 31", "ENTRY_DAYS = 30"),
  lifecycle("old versions of entries stay", "noncurrentVersionExpiration: { noncurrentDays: 1 },"),
  lifecycle("uploads go as well", "filter: { prefix: INDEX_FOLDER }", 'filter: { prefix: "" }'),
  lifecycle("unfinished uploads stay", "abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },"),
  lifecycle(
    "rule switched off",
    'id: "index-entries",\n  status: "Enabled"',
    'id: "index-entries",\n  status: "Disabled"',
  ),
  functions("wrong region", 'EDGE_REGION = "us-east-1"', 'EDGE_REGION = "eu-west-1"'),
  functions(
    "environment variable added",
    "timeout: 5,",
    'timeout: 5,\n      environment: { variables: { STAGE: "x" } },',
  ),
  functions("not published", "publish: true", "publish: false"),
  functions("other processor", "x86_64", "arm64"),
  functions("more memory than the edge has", "memorySize: 128", "memorySize: 256"),
  functions("more time than the edge has", "timeout: 5,", "timeout: 10,"),
  functions("settings not in the archive", '"config.json": new pulumi.asset.StringAsset(settings),'),
  functions("given up too soon on deletion", 'DELETE_TIMEOUT = "3h"', 'DELETE_TIMEOUT = "1h"'),
  functions("functions not left behind when asked", "retainOnDelete: parts.retain", "retainOnDelete: false"),
  functions("policy on nobody's role", "role: role.id", "role: name"),
  policies("edge not trusted", ', "edgelambda.amazonaws.com"'),
  policies(
    "every principal trusted",
    'Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] }',
    'Principal: "*"',
  ),
  policies(
    "issue role: wildcard resource",
    'allow("SignUploads", "s3:PutObject", allUploads(uploadsArn))',
    'allow("SignUploads", "s3:PutObject", "*")',
  ),
  policies("issue role: whole bucket", "${uploadsArn}/${UPLOADS_FOLDER}*`", "${uploadsArn}/*`"),
  policies("issue role: wildcard action", 'allow("SignUploads", "s3:PutObject"', 'allow("SignUploads", "s3:*"'),
  policies(
    "issue role: may read uploads",
    'allow("SignUploads", "s3:PutObject"',
    'allow("SignUploads", ["s3:PutObject", "s3:GetObject"]',
  ),
  policies(
    "issue role: may reopen a used entry",
    '"s3:PutObject", `${index}*`), Condition: onlyIfNothingIsThere }',
    '"s3:PutObject", `${index}*`) }',
  ),
  policies("issue role: may not register", '"s3:if-none-match": "false"', '"s3:if-none-match": "true"'),
  policies(
    "verify role touches uploads",
    "const claims = RIGHTS[strategy].verify(`${indexArn}/${INDEX_FOLDER}`, indexArn);",
    'const claims = [...RIGHTS[strategy].verify(`${indexArn}/${INDEX_FOLDER}`, indexArn), allow("Look", "s3:GetObject", `${uploadsArn}/${UPLOADS_FOLDER}*`)];',
  ),
  policies("tickets: verify role may not store uploads", 'signing === "at-use" ?', "false ?"),
  policies(
    "tickets: verify role may overwrite uploads",
    "allUploads(uploadsArn)), Condition: onlyIfNothingIsThere }",
    "allUploads(uploadsArn)) }",
  ),
  policies(
    "tickets: verify role may not use the key of uploads",
    '...useKeys("EncryptUploads", "kms:GenerateDataKey", [keyArn]),',
  ),
  policies("verify role: may make entries up", ', Condition: { Null: { "s3:if-match": "false" } } }', " }"),
  policies(
    "verify role: cannot see that an entry is missing",
    'allow("ReadBack", "s3:GetObject", `${index}*`),\n      tellMissing(indexArn),',
    'allow("ReadBack", "s3:GetObject", `${index}*`),',
  ),
  policies(
    "verify role: cannot see that an entry is missing, because S3 checks without a prefix",
    "StringLikeIfExists",
    "StringLike",
  ),
  policies(
    "verify role: may list everything",
    'Condition: { StringLikeIfExists: { "s3:prefix": `${INDEX_FOLDER}*` } },',
  ),
  policies("verify role: cannot read back", 'allow("ReadBack", "s3:GetObject", `${index}*`),'),
  policies(
    "sealed: verify role may undo a claim",
    "`${index}claims/*`), Condition: onlyIfNothingIsThere }",
    "`${index}claims/*`) }",
  ),
  policies("sealed: cannot read back", 'allow("ReadBack", "s3:GetObject", `${index}claims/*`),'),
  policies("sealed: verify role writes elsewhere", '"s3:PutObject", `${index}claims/*`', '"s3:PutObject", `${index}*`'),
  policies(
    "sealed: issue role may use a URL up",
    "issue: () => [],",
    'issue: (index) => [allow("Register", "s3:PutObject", `${index}*`)],',
  ),
  policies("versioning: issue role may use a URL up", "${index}valid/*", "${index}*"),
  policies(
    "versioning: verify role may write valid entries",
    'allow("Claim", "s3:PutObject", `${index}expired/*`)',
    'allow("Claim", "s3:PutObject", `${index}*`)',
  ),
  policies(
    "versioning: cannot see whether versions are kept",
    'allow("Register", "s3:PutObject", `${index}valid/*`),\n      allow("SeeThatVersionsAreKept", "s3:GetBucketVersioning", indexArn),',
    'allow("Register", "s3:PutObject", `${index}valid/*`),',
  ),
  policies(
    "versioning: cannot order claims",
    '"OrderClaims", "s3:ListBucketVersions"',
    '"OrderClaims", "s3:ListBucketMultipartUploads"',
  ),
  policies(
    "versioning: all versions listed",
    'Condition: { StringLike: { "s3:prefix": `${INDEX_FOLDER}expired/*` } },',
  ),
  policies("logs of one region only", ":logs:*:", ":logs:${region}:"),
  policies("logs under the function's own name", "/aws/lambda/${region}.${name}", "/aws/lambda/${name}"),
  policies("logs of everybody", "log-group:/aws/lambda/${region}.${name}", "log-group:*"),
  policies("downloads for every distribution", 'Condition: { StringEquals: { "aws:SourceArn": distributionArn } },'),
  policies(
    "downloads of the whole bucket",
    "Resource: `${bucketArn}/${UPLOADS_FOLDER}*`",
    "Resource: `${bucketArn}/*`",
  ),
  policies("TLS asked for objects only", "Resource: [bucketArn, `${bucketArn}/*`]", "Resource: [`${bucketArn}/*`]"),
  distribution("OAC present", 's3OriginConfig: { originAccessIdentity: "" }', 'originAccessControlId: "oac"'),
  distribution(
    "OAI present",
    'originAccessIdentity: ""',
    'originAccessIdentity: "origin-access-identity/cloudfront/E1"',
  ),
  distribution(
    "a custom origin",
    's3OriginConfig: { originAccessIdentity: "" }',
    'customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] }',
  ),
  distribution(
    "Host forwarded",
    'headerBehavior: "allExcept", headers: { items: ["Host"] }',
    'headerBehavior: "allViewer"',
  ),
  distribution("cookies forwarded", 'cookieBehavior: "none"', 'cookieBehavior: "all"'),
  distribution("queries cut off", 'queryStringBehavior: "all"', 'queryStringBehavior: "none"'),
  distribution(
    "a policy that is named is not used",
    "args.originRequestPolicyId ?? createOriginRequestPolicy(aws, name).id",
    "createOriginRequestPolicy(aws, name).id",
  ),
  distribution("redirect instead of https-only", '"https-only"', '"redirect-to-https"'),
  distribution("a method missing", ', "PATCH"'),
  distribution(
    "answers cached",
    "cachePolicyId: CACHING_DISABLED",
    'cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6"',
  ),
  distribution("answers compressed", "compress: false", "compress: true"),
  distribution("unversioned ARN", "lambda.qualifiedArn", "lambda.arn"),
  distribution("function too late", '"viewer-request"', '"origin-request"'),
  distribution("body handed to the function", "includeBody: false", "includeBody: true"),
  distribution("HTTP/2 at most", "http2and3", "http2"),
  distribution("not waited for", "waitForDeployment: true", "waitForDeployment: false"),
  distribution("switched off", "enabled: true", "enabled: false"),
  distribution("everywhere, always", 'args.priceClass ?? "PriceClass_All"', '"PriceClass_All"'),
  distribution("issue path ignored", "args.issuePath ?? DEFAULT_ISSUE_PATH", "DEFAULT_ISSUE_PATH"),
  distribution("domain without its names", "aliases: [...domain.names]", "aliases: []"),
  distribution("old TLS", "TLSv1.2_2021", "TLSv1"),
  distribution("web ACL forgotten", "{ webAclId: webAclArn }", "{}"),
  distribution("nothing waited for", "dependsOn: [...ready]", "dependsOn: []"),
  of("access-logs.ts")("queries logged", '"cs-uri-stem",', '"cs-uri-stem",\n  "cs-uri-query",'),
  of("access-logs.ts")("tickets logged", "!hasTickets || ", "true || "),
  of("access-logs.ts")("logs set up in the bucket's region", "region: EDGE_REGION,\n    logType", "logType"),
  of("alarms.ts")("alarms where CloudFront reports nothing", "region: EDGE_REGION, // where", "// where"),
  of("alarms.ts")("alarms of one edge location", 'Region: "Global"', 'Region: "us-east-1"'),
  of("alarms.ts")("no alarm for throttled functions", ', "LambdaLimitExceededErrors"'),
  of("alarms.ts")("threshold ignored", "threshold: errorPercent", "threshold: 5"),
  of("alarms.ts")("alarms without topics", "alarmActions: [...topicArns]", "alarmActions: []"),
  of("downloads.ts")(
    "downloads may write",
    'allowedMethods: ["GET", "HEAD"]',
    'allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]',
  ),
  of("downloads.ts")("downloads without signature", "{ trustedKeyGroups: [...access.keyGroups] }", "{}"),
  of("downloads.ts")("downloads over http", '"https-only"', '"allow-all"'),
  of("downloads.ts")("downloads of other keys", '"/${UPLOADS_FOLDER}" + ', '"/" + '),
  of("downloads.ts")(
    "downloads through the uploads' origin",
    "targetOriginId: DOWNLOADS_ORIGIN",
    'targetOriginId: "uploads"',
  ),
];
