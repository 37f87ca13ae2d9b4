import type { Command, Surroundings } from "../command.ts";
import { describeExitCodes } from "../exit-codes.ts";
import { resolveSettings } from "../resolve-settings.ts";
import { awsCheckNames } from "./aws/aws-checks.ts";
import type { AwsSide } from "./aws/open-aws-side.ts";
import type { Check } from "./check.ts";
import { firstUseCheck } from "./checks/first-use.ts";
import { httpChecks, MOST_REQUESTS, MOST_SLOW_REQUESTS, quickChecks } from "./checks/http-checks.ts";
import { issueCheck } from "./checks/issuing.ts";
import { slowSeconds } from "./checks/slow.ts";
import { checkOf, type Deployment, type HttpCheck } from "./deployment-session.ts";
import { createHttpClient } from "./http-client.ts";
import { type BucketPlace, readSmokeArguments, type SmokeArguments, TOKEN_VARIABLE } from "./read-smoke-arguments.ts";
import { describeSmokeTest, type SmokeReport } from "./report.ts";
import { runChecks, runChecksAfter } from "./run-checks.ts";

const SLOW_MINUTES = Math.ceil(slowSeconds() / 60);

const names = [...httpChecks.map(({ name }) => name), ...awsCheckNames];

/** `presign-once smoke-test`: a live deployment, over HTTP and by what AWS says about it. */
export const smokeTest: Command = {
  help: `usage: presign-once smoke-test ENDPOINT [options]

Tests a live deployment: asks ENDPOINT for URLs, uses them as clients do and as they must not, and says what is wrong,
with its cause and the fix. Sends ${MOST_REQUESTS} requests at most, and one every 10 s while it waits for a new deployment.
Leaves small objects in the bucket, unless --aws removes them.

  ENDPOINT              where URLs are issued, such as https://d111111abcdef8.cloudfront.net/url
  --token TOKEN         bearer token for it; - reads it from the standard input. Better than here, where the list of
                        processes shows it: the variable ${TOKEN_VARIABLE}
  --header 'NAME: V'    header for another authorizer; may be repeated. Not sent with uploads
  --origin ORIGIN       a page that may upload, such as https://app.example: is it allowed to read every answer?
  --bucket NAME         bucket of the uploads, which --aws finds: does it refuse a URL that is sent around the edge?
  --region REGION       of the bucket (default: the variable AWS_REGION)
  --endpoint URL        of the bucket's S3 server, where it is not AWS
  --only NAME           this check only; may be repeated. issue and first-use always run
  --slow                also what takes some ${SLOW_MINUTES} minutes, and an upload over 100 MB: ${MOST_SLOW_REQUESTS} requests more
  --wait SECONDS        how long to wait for a new deployment (default 300)
  --aws                 also reads the settings of the deployment with your own AWS credentials, and removes the
                        objects that it stored (docs/deploy.md says which rights it needs)
  --distribution ID     of CloudFront (default: the one that answers for the host of ENDPOINT)
  --config FILE         with --aws: the settings of the functions, which need no keys here; may the role that signs
                        uploads encrypt and tag them as they say?
  --json                the report as JSON: { "passed", "checks": [{ "name", "status", "diagnosis", … }], … }

checks for --only:${wrapped(names)}

${describeExitCodes(["done", "fault", "wrong"])}`,

  async run(args, surroundings) {
    const asked = await readSmokeArguments(args, surroundings, names);
    const { report } = surroundings;
    const aws = asked.aws ? await openAws(asked, surroundings) : undefined;
    if (aws !== undefined) report("reading the deployment from AWS");
    // Before any URL is asked for: a package or a right may be missing, and AWS says where the bucket is.
    const awsChecks = (await aws?.readChecks()) ?? [];
    const objects: string[] = [];
    const bucket = asked.bucket ?? aws?.uploadsPlace();
    const deployment = await describeDeployment({ ...asked, bucket }, (key) => objects.push(key));

    const begin = ({ name, title }: Check): void => report(`${name}: ${title}`);
    const prerequisites = [issueCheck({ waitSeconds: asked.waitSeconds, report }), firstUseCheck];
    const chosen = chooseChecks(asked);
    if (chosen.some(({ name }) => name === "throttled")) report(`the slow checks wait some ${SLOW_MINUTES} minutes`);
    const [first, others] = [prerequisites, chosen].map((list) => list.map((check) => checkOf(deployment, check)));
    const overHttp = await runChecksAfter(first ?? [], others ?? [], begin);

    const ofAws = await runChecks(awsChecks.filter(isChosen(asked)), begin);

    const { host } = new URL(asked.endpoint);
    const requests = deployment.http.requestCount();
    const left = await removeObjects(aws, objects);
    return describeSmokeTest({ host, checks: [...overHttp, ...ofAws], requests, ...left }, asked);
  },
};

async function describeDeployment(
  { endpoint, headers, origin, bucket }: SmokeArguments,
  onStored: (key: string) => void,
): Promise<Deployment> {
  const bucketUrl = bucket === undefined ? undefined : await urlOf(bucket);
  const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1_000));
  return { http: createHttpClient(), endpoint, headers, origin, bucketUrl, wait, onStored };
}

async function urlOf({ name, region, endpoint }: BucketPlace): Promise<string> {
  // Here and not above: it brings the AWS SDK along.
  const { addressOf } = await import("@presign-once/adapter-s3");
  const { protocol, host, basePath } = addressOf({ region, endpoint, forcePathStyle: endpoint !== undefined }, name);
  return `${protocol}//${host}${basePath}`;
}

async function openAws(
  { endpoint, distributionId, config }: SmokeArguments,
  { directory }: Pick<Surroundings, "directory">,
): Promise<AwsSide> {
  const { openAwsSide } = await import("./aws/open-aws-side.ts");
  // Without the environment, whose variables may be for another deployment.
  const settings = config && (await resolveSettings({ config }, { env: {}, directory }, { uploads: true }));
  return openAwsSide({ endpoint: new URL(endpoint), distributionId, settings: settings || undefined });
}

/** Removes the objects of this test where AWS may be asked, and ends with AWS. */
async function removeObjects(
  aws: AwsSide | undefined,
  objects: readonly string[],
): Promise<Pick<SmokeReport, "objects" | "whyLeft">> {
  if (aws === undefined) return { objects };
  const remaining = await aws.removeUploads(objects);
  aws.close();
  const whyLeft = [...new Set(remaining.map(({ reason }) => reason))].join("; ");
  return { objects: remaining.map(({ key }) => key), ...(remaining.length === 0 ? {} : { whyLeft }) };
}

function chooseChecks(asked: SmokeArguments): readonly HttpCheck[] {
  if (asked.only.length > 0) return httpChecks.filter(isChosen(asked));
  return asked.slow ? httpChecks : quickChecks;
}

function isChosen({ only }: SmokeArguments): (check: { readonly name: string }) => boolean {
  return ({ name }) => only.length === 0 || only.includes(name);
}

/** Names in lines of the help, none too long. */
function wrapped(words: readonly string[]): string {
  return words
    .join(", ")
    .replace(/.{1,100}(?:, |$)/g, "\n  $&")
    .replace(/, ?$/gm, ",")
    .replace(/,$/, "");
}
