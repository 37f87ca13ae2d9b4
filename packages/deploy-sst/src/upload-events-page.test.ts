import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { compileFunction } from "node:vm";

import { ACCOUNT } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { beforeAll, expect, test, vi } from "vitest";

import { bundleOnce } from "../test/bundle-once.ts";
import { type RecordedStack, recordStack } from "../test/record-stack.ts";
import type { Providers } from "./providers.ts";
import { singleUseUploads } from "./single-use-uploads.ts";

vi.mock(import("./run-bundler.ts"), async (importOriginal) => bundleOnce(await importOriginal()));

const PAGE = resolve(import.meta.dirname, "../../../docs/upload-events.md");
const FUNCTION_ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:app-test-OnUpload`;

let stack: RecordedStack;
let granted: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[];
beforeAll(async () => {
  const [, subscription] = /## Subscribe.*?```ts\n(.*?)```/s.exec(readFileSync(PAGE, "utf8")) ?? [];
  if (subscription === undefined) throw new Error("docs/upload-events.md subscribes to nothing");
  stack = await recordStack(
    (app, name, args) => {
      const providers = app as unknown as Providers;
      const { pulumi } = providers;
      const uploads = singleUseUploads(providers, name, args);
      /** SST's components, as far as the page asks them for anything. */
      class Bucket {
        readonly name = pulumi.output("receipts-0a1b2c3");
        readonly arn = pulumi.output("arn:aws:s3:::receipts-0a1b2c3");
      }
      class Function {
        readonly arn = pulumi.output(FUNCTION_ARN);
        constructor(_name: string, { permissions }: { readonly permissions: typeof granted }) {
          pulumi.output(permissions).apply((known) => (granted = known as typeof granted));
        }
      }
      const scope = {
        aws: providers.aws,
        sst: { aws: { Bucket, Function } },
        $interpolate: pulumi.interpolate,
        uploads,
      };
      compileFunction(subscription, Object.keys(scope))(...Object.values(scope));
      return uploads;
    },
    "Uploads",
    { authorizer: "none", root: resolve(import.meta.dirname, "..") },
  );
}, 60_000);

test("S3 notifies the function of uploads only", () => {
  const bucket = stack.outputs["bucket"];
  expect(stack.all("s3/bucketNotification:BucketNotification").map(({ inputs }) => inputs)).toEqual([
    {
      bucket,
      lambdaFunctions: [
        {
          lambdaFunctionArn: FUNCTION_ARN,
          events: ["s3:ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload"],
          filterPrefix: "uploads/",
        },
      ],
    },
  ]);
});

test("only this bucket of this account may call it, and the permission exists before the notification", () => {
  const [permission, ...others] = stack.all("lambda/permission:Permission");
  expect(others).toEqual([]);
  expect(permission?.inputs).toEqual({
    action: "lambda:InvokeFunction",
    function: FUNCTION_ARN,
    principal: "s3.amazonaws.com",
    sourceArn: `arn:aws:s3:::${String(stack.outputs["bucket"])}`,
    sourceAccount: ACCOUNT,
  });
  const notification = stack.one("s3/bucketNotification:BucketNotification", "UploadEvents");
  expect(notification.dependsOn).toContain(permission?.name);
});

test("the function may read uploads and write receipts only", () => {
  const bucket = `arn:aws:s3:::${String(stack.outputs["bucket"])}`;
  expect(granted).toEqual([
    { actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [`${bucket}/uploads/*`] },
    { actions: ["s3:ListBucket"], resources: [bucket, "arn:aws:s3:::receipts-0a1b2c3"] },
    { actions: ["s3:GetObject", "s3:PutObject"], resources: ["arn:aws:s3:::receipts-0a1b2c3/receipts/*"] },
  ]);
});
