import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";

import { DeployError } from "./deploy-error.ts";
import { DEFAULT_DOWNLOAD_PATH } from "./downloads.ts";
import { UPLOADS_FOLDER } from "./folders.ts";
import { RIGHTS } from "./policies.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

type Fault = readonly [argument: string, expected: string];

const ARGUMENTS: Record<keyof SingleUseUploadsArgs, readonly string[]> = {
  authorizer: [],
  issueFunction: [],
  bucket: [],
  index: ["place", "strategy"],
  cors: ["origins", "credentials"],
  expiresInSeconds: [],
  maxExpiresInSeconds: [],
  maxBytes: [],
  ifNoneMatch: [],
  retries: ["leaseSeconds"],
  issuePath: [],
  edgeKeys: [],
  domain: ["names", "certificateArn"],
  webAclArn: [],
  priceClass: [],
  accessLogs: ["bucketArn", "folder"],
  downloads: ["path", "access"],
  alarms: ["topicArns", "errorPercent"],
  runtime: [],
  removal: [],
  retainEdgeFunctions: [],
  root: [],
};

const PATH = /^(?:\/[A-Za-z0-9._~-]+)+$/;
const HOST = /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;

/**
 * Refuses arguments that the stack could not be built from, before anything of it exists.
 *
 * Looks at plain values only: what Pulumi will know later is AWS's to refuse. What `config.json` takes over as it is,
 * such as the authorizer, is left to the check of that file.
 *
 * @throws {DeployError} `ARGUMENT_INVALID`: names every argument that is wrong, and the form expected
 */
export function checkArguments(name: string, args: SingleUseUploadsArgs): void {
  const faults = [...unknown(args), ...wrong(name, args)];
  if (faults.length > 0)
    throw invalidArguments(
      name,
      faults.map(([argument, expected]) => `${argument}: expected ${expected}`),
    );
}

/** The error for arguments of the stack called `name`. */
export function invalidArguments(name: string, faults: readonly string[]): DeployError {
  return new DeployError("ARGUMENT_INVALID", `singleUseUploads ${name}: ${faults.join("; ")}`);
}

function unknown(args: SingleUseUploadsArgs): Fault[] {
  return Object.entries(args).flatMap(([name, value]: [string, unknown]): Fault[] => {
    const parts = Object.hasOwn(ARGUMENTS, name) ? ARGUMENTS[name as keyof SingleUseUploadsArgs] : undefined;
    if (parts === undefined) return [[name, `no such argument, but one of ${Object.keys(ARGUMENTS).join(", ")}`]];
    if (parts.length === 0 || value === undefined) return [];
    if (!isRecord(value)) return [[name, `an object with ${parts.join(" and ")}`]];
    return Object.keys(value)
      .filter((part) => !parts.includes(part))
      .map((part): Fault => [`${name}.${part}`, `no such argument, but ${parts.join(" or ")}`]);
  });
}

function wrong(name: string, args: SingleUseUploadsArgs): Fault[] {
  const { index, domain, accessLogs, downloads, alarms, issuePath, issueFunction, root = process.cwd() } = args;
  const strategy = index?.strategy ?? "conditional";
  const isStrategy = Object.hasOwn(RIGHTS, strategy);
  const faults: Fault[] = [];
  const expect = (holds: boolean, argument: string, expected: string): void => {
    if (!holds) faults.push([argument, expected]);
  };
  expect(/^[A-Za-z][A-Za-z0-9]{0,30}$/.test(name), "name", "a letter, and up to 30 letters and digits");
  expect(
    args.authorizer !== undefined,
    "authorizer",
    'who may ask for URLs, or "none" for everybody who reaches the endpoint',
  );
  expect(
    isOne(args.bucket, /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/),
    "bucket",
    "the name of a bucket, without dots, which S3's certificate does not cover",
  );
  expect(isOne(index?.place, /^(?:own-bucket|uploads-bucket)$/), "index.place", "own-bucket or uploads-bucket");
  expect(isStrategy, "index.strategy", oneOf(Object.keys(RIGHTS)));
  expect(
    args.retries === undefined || !isStrategy || RIGHTS[strategy].allowsRetries,
    "retries",
    `none with index.strategy ${strategy}: retries need a store that heeds If-None-Match`,
  );
  expect(
    isOne(issuePath, PATH) && isFree(issuePath, downloads && (downloads.path ?? DEFAULT_DOWNLOAD_PATH)),
    "issuePath",
    `a path such as /url, not that of uploads or downloads`,
  );
  expect(isOne(args.runtime, /^nodejs2[24]\.x$/), "runtime", "nodejs24.x or nodejs22.x");
  expect(isOne(args.removal, /^(?:remove|retain|retain-all)$/), "removal", "remove, retain or retain-all");
  expect(
    isOne(args.priceClass, /^PriceClass_(?:100|200|All)$/),
    "priceClass",
    "PriceClass_100, PriceClass_200 or PriceClass_All",
  );
  expect(isFlag(args.retainEdgeFunctions), "retainEdgeFunctions", "true or false");
  expect(
    isOne(args.webAclArn, /^arn:aws:wafv2:us-east-1:\d+:global\/webacl\//),
    "webAclArn",
    "the ARN of a web ACL with global scope",
  );
  expect(args.edgeKeys === undefined || isList(args.edgeKeys), "edgeKeys", "a list of names");
  expect(typeof root === "string" && existsSync(root), "root", "the folder of the app");
  expect(
    issueFunction === undefined || isFile(root, issueFunction),
    "issueFunction",
    "a file, named from the folder of the app",
  );
  // What is none of these objects at all was named above.
  if (isRecord(domain)) {
    expect(
      isList(domain.names) && domain.names.length > 0 && domain.names.every((host) => isOne(host, HOST)),
      "domain.names",
      "a list of domain names",
    );
    expect(!String(domain.names?.[0]).startsWith("*"), "domain.names", "a name without * at the beginning of the list");
    expect(
      isGiven(domain.certificateArn, /^arn:aws:acm:us-east-1:/),
      "domain.certificateArn",
      "the ARN of a certificate in us-east-1",
    );
  }
  if (isRecord(accessLogs)) {
    expect(isGiven(accessLogs.bucketArn, /^arn:aws:s3:::[a-z0-9.-]+$/), "accessLogs.bucketArn", "the ARN of a bucket");
    expect(
      isOne(accessLogs.folder, /^[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*$/),
      "accessLogs.folder",
      "a folder without / at either end",
    );
  }
  if (isRecord(downloads)) {
    const { path, access } = downloads;
    expect(isOne(path, PATH) && isFree(path), "downloads.path", "a path such as /files, not that of uploads");
    const keyGroups = isObject(access) && isList(access.keyGroups) && access.keyGroups.length > 0;
    expect(
      access === "public" || keyGroups,
      "downloads.access",
      '"public", or an object with keyGroups, a list of ids',
    );
    expect(
      args.bucket === undefined,
      "downloads",
      "a bucket that this stack makes: the policy of an existing one is its owner's",
    );
  }
  if (isRecord(alarms)) {
    const { topicArns, errorPercent = 5 } = alarms;
    expect(
      isList(topicArns) && topicArns.every((arn) => isGiven(arn, /^arn:aws:sns:us-east-1:/)),
      "alarms.topicArns",
      "a list of ARNs of SNS topics in us-east-1",
    );
    expect(errorPercent > 0 && errorPercent <= 100, "alarms.errorPercent", "a number above 0, up to 100");
  }
  return faults;
}

/** Whether a path collides neither with that of uploads nor with another one. */
function isFree(path: string | undefined, other?: string): boolean {
  const uploads = `/${UPLOADS_FOLDER}`;
  return (
    path === undefined ||
    !(`${path}/`.startsWith(uploads) || (other !== undefined && `${path}/`.startsWith(`${other}/`)))
  );
}

/** Whether a value is left out, is to be known later, or is a text of a form. */
function isOne(value: unknown, form: RegExp): boolean {
  return value === undefined || isGiven(value, form);
}

function isGiven(value: unknown, form: RegExp): boolean {
  return typeof value === "string" ? form.test(value) : isObject(value);
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord<Value>(value: Value): value is Value & object {
  return isObject(value) && !isList(value);
}

/** Whether a module is there, and is no folder. */
function isFile(root: string, file: unknown): boolean {
  if (typeof root !== "string" || typeof file !== "string") return false;
  return statSync(resolve(root, file), { throwIfNoEntry: false })?.isFile() === true;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function oneOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
