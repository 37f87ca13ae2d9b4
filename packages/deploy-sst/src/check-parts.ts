import { bucketArn, certificateArn, hostNames, logFolder, servedPath, topicArns } from "./argument-forms.ts";
import { isGiven, isList, isObject, isOne, isRecord } from "./argument-values.ts";
import { LINKS_FOLDER, TICKETS_FOLDER, UPLOADS_FOLDER } from "./folders.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

/** Notes that an argument is wrong, with the form expected, unless `holds`. */
export type Expect = (holds: boolean, argument: string, expected: string) => void;

/** Checks the arguments that are objects; what is no object at all is left out here, and named with the unknown ones. */
export function checkParts(args: SingleUseUploadsArgs, expect: Expect): void {
  const { bucket, domain, accessLogs, downloads, oneTimeDownloads, alarms } = args;
  if (isRecord(domain)) checkDomain(domain, expect);
  if (isRecord(accessLogs)) {
    expect(isGiven(accessLogs.bucketArn, bucketArn), "accessLogs.bucketArn", bucketArn.words);
    expect(isOne(accessLogs.folder, logFolder), "accessLogs.folder", logFolder.words);
  }
  if (isRecord(downloads)) {
    checkDownloads(downloads, expect);
    expect(
      oneTimeDownloads === undefined || downloads.access !== "public",
      "oneTimeDownloads",
      "none with downloads that are public: every caller reads the objects there as often as they like",
    );
    expect(
      bucket === undefined,
      "downloads",
      "a bucket that this stack makes: the policy of an existing one is its owner's",
    );
  }
  if (isRecord(alarms)) checkAlarms(alarms, expect);
}

type Part<Name extends keyof SingleUseUploadsArgs> = NonNullable<SingleUseUploadsArgs[Name]>;

function checkDomain({ names, certificateArn: arn }: Part<"domain">, expect: Expect): void {
  const areNames = isList(names) && names.length > 0 && names.every((name) => isOne(name, hostNames));
  expect(areNames, "domain.names", `a list of ${hostNames.words}`);
  expect(!String(names?.[0]).startsWith("*"), "domain.names", "a name without * at the beginning of the list");
  expect(isGiven(arn, certificateArn), "domain.certificateArn", certificateArn.words);
}

function checkDownloads({ path, access }: Part<"downloads">, expect: Expect): void {
  expect(isOne(path, servedPath) && isFreePath(path), "downloads.path", "a path such as /files, not that of uploads");
  const hasKeyGroups = isObject(access) && isList(access.keyGroups) && access.keyGroups.length > 0;
  expect(
    access === "public" || hasKeyGroups,
    "downloads.access",
    '"public", or an object with keyGroups, a list of ids',
  );
}

function checkAlarms({ topicArns: arns, errorPercent = 5 }: Part<"alarms">, expect: Expect): void {
  const areTopics = isList(arns) && arns.every((arn) => isGiven(arn, topicArns));
  expect(areTopics, "alarms.topicArns", `a list of ${topicArns.words}`);
  expect(errorPercent > 0 && errorPercent <= 100, "alarms.errorPercent", "a number above 0, up to 100");
}

/** Whether a path collides neither with those of uploads, presigned and with tickets, and of links, nor with another one. */
export function isFreePath(path: string | undefined, other?: string): boolean {
  if (path === undefined) return true;
  const ours = [UPLOADS_FOLDER, TICKETS_FOLDER, LINKS_FOLDER].map((folder) => `/${folder}`);
  const taken = [...ours, ...(other === undefined ? [] : [`${other}/`])];
  return !taken.some((folder) => `${path}/`.startsWith(folder));
}
