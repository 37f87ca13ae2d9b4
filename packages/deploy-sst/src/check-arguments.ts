import { existsSync } from "node:fs";

import {
  indexPlace,
  indexStrategy,
  kmsKeyArn,
  priceClass,
  removal,
  runtime,
  servedPath,
  stackName,
  uploadsBucket,
  policyId,
  webAclArn,
} from "./argument-forms.ts";
import { isFile, isFlag, isList, isOne, isRecord } from "./argument-values.ts";
import { checkParts, type Expect, isFreePath } from "./check-parts.ts";
import { invalidArguments } from "./deploy-error.ts";
import { DEFAULT_DOWNLOAD_PATH } from "./downloads.ts";
import { RIGHTS } from "./policies.ts";
import { DEFAULT_STRATEGY, type SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

type Fault = readonly [argument: string, expected: string];

const ARGUMENTS: Record<keyof SingleUseUploadsArgs, readonly string[]> = {
  authorizer: [],
  issueFunction: [],
  bucket: [],
  kmsKeyArn: [],
  encryption: ["type", "keyArn"],
  tags: [],
  index: ["place", "strategy", "kmsKeyArn"],
  cors: ["origins", "credentials"],
  signing: [],
  expiresInSeconds: [],
  maxExpiresInSeconds: [],
  maxBytes: [],
  subjectMetadata: [],
  ifNoneMatch: [],
  retries: ["leaseSeconds"],
  issuePath: [],
  edgeKeys: [],
  domain: ["names", "certificateArn"],
  webAclArn: [],
  originRequestPolicyId: [],
  priceClass: [],
  accessLogs: ["bucketArn", "folder"],
  downloads: ["path", "access"],
  oneTimeDownloads: ["leaseSeconds"],
  alarms: ["topicArns", "errorPercent"],
  runtime: [],
  removal: [],
  retainEdgeFunctions: [],
  root: [],
};

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
  const { index, issuePath, downloads, root = process.cwd() } = args;
  const strategy = index?.strategy ?? DEFAULT_STRATEGY;
  const isStrategy = indexStrategy.is(strategy);
  const faults: Fault[] = [];
  const expect: Expect = (holds, argument, expected) => {
    if (!holds) faults.push([argument, expected]);
  };
  expect(stackName.is(name), "name", stackName.words);
  expect(
    args.authorizer !== undefined,
    "authorizer",
    'who may ask for URLs, or "none" for everybody who reaches the endpoint',
  );
  expect(isOne(args.bucket, uploadsBucket), "bucket", uploadsBucket.words);
  expect(isOne(args.kmsKeyArn, kmsKeyArn), "kmsKeyArn", kmsKeyArn.words);
  expect(isOne(args.encryption?.keyArn, kmsKeyArn), "encryption.keyArn", kmsKeyArn.words);
  expect(isOne(index?.place, indexPlace), "index.place", indexPlace.words);
  expect(isOne(index?.kmsKeyArn, kmsKeyArn), "index.kmsKeyArn", kmsKeyArn.words);
  expect(
    index?.kmsKeyArn === undefined || index.place !== "uploads-bucket",
    "index.kmsKeyArn",
    "none with index.place uploads-bucket: kmsKeyArn is for the index too",
  );
  expect(isStrategy, "index.strategy", indexStrategy.words);
  expect(
    args.retries === undefined || !isStrategy || RIGHTS[strategy].allowsRetries,
    "retries",
    `none with index.strategy ${strategy}: retries need a store that heeds If-None-Match`,
  );
  const downloadPath = downloads && (downloads.path ?? DEFAULT_DOWNLOAD_PATH);
  expect(
    isOne(issuePath, servedPath) && isFreePath(issuePath, downloadPath),
    "issuePath",
    "a path such as /url, not that of uploads or downloads",
  );
  expect(isOne(args.runtime, runtime), "runtime", runtime.words);
  expect(isOne(args.removal, removal), "removal", removal.words);
  expect(isOne(args.priceClass, priceClass), "priceClass", priceClass.words);
  expect(isOne(args.originRequestPolicyId, policyId), "originRequestPolicyId", policyId.words);
  expect(isOne(args.webAclArn, webAclArn), "webAclArn", webAclArn.words);
  expect(isFlag(args.retainEdgeFunctions), "retainEdgeFunctions", "true or false");
  expect(
    args.edgeKeys === undefined || isList(args.edgeKeys),
    "edgeKeys",
    "a list of names, or of objects with id and allows",
  );
  expect(typeof root === "string" && existsSync(root), "root", "the folder of the app");
  expect(
    args.issueFunction === undefined || isFile(root, args.issueFunction),
    "issueFunction",
    "a file, named from the folder of the app",
  );
  checkParts(args, expect);
  return faults;
}
