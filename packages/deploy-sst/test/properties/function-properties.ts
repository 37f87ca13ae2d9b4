import { ACCOUNT } from "@presign-once/test/deploy/stand-ins/aws-provider";
import { expect } from "vitest";

import { secretOf } from "../record-stack.ts";
import { ALL_VARIANTS, type Property } from "./property.ts";
import { archiveOf, settingsOf } from "./read-stack.ts";

/** What the edge functions are to be. */
export const functionProperties: readonly Property[] = [
  {
    name: "the functions meet the rules of Lambda@Edge",
    of: ["plain", "everything"],
    check(stack, variant) {
      for (const { name, inputs } of stack.all("lambda/function:Function")) {
        const { code: _, ...others } = inputs;
        expect(others).toEqual({
          region: "us-east-1",
          role: `arn:aws:iam::${ACCOUNT}:role/${name}Role-0a1b2c3`,
          runtime: variant === "everything" ? "nodejs22.x" : "nodejs24.x",
          architectures: ["x86_64"],
          handler: "index.handler",
          memorySize: 128,
          timeout: 5,
          publish: true,
        });
      }
      expect(stack.all("lambda/function:Function")).toHaveLength(2);
    },
  },
  {
    name: "each function's archive holds its own bundle and config.json, and nothing else",
    of: ["plain"],
    check(stack) {
      for (const [name, folder] of [
        ["UploadsIssue", "issue"],
        ["UploadsVerify", "verify"],
      ] as const) {
        const archive = archiveOf(stack, name);
        expect(Object.keys(archive).toSorted()).toEqual(["config.json", "index.mjs"]);
        expect(archive["index.mjs"]?.path).toMatch(new RegExp(`[\\\\/]${folder}[\\\\/]index\\.mjs$`));
      }
    },
  },
  {
    name: "config.json has the values of the arguments",
    of: ALL_VARIANTS,
    check(stack, variant) {
      const settings = settingsOf(stack, "UploadsIssue");
      const { authorizer, ...shared } = settings;
      const { signing, downloads, expiresInSeconds, maxExpiresInSeconds, maxBytes, ifNoneMatch, retries, baseUrl } =
        shared;
      const lives = { signing, downloads, expiresInSeconds, maxExpiresInSeconds };
      const found = { ...lives, maxBytes, ifNoneMatch, retries, baseUrl, authorizer };
      if (variant === "everything")
        expect(found).toEqual({
          expiresInSeconds: 60,
          maxExpiresInSeconds: 1_800,
          maxBytes: 1_000,
          ifNoneMatch: true,
          baseUrl: "https://up.example",
          authorizer: { type: "bearer", tokens: [{ name: "app", sha256: "0a".repeat(32) }] },
        });
      else if (variant === "tickets")
        expect(found).toEqual({ signing: "at-use", maxExpiresInSeconds: 2_592_000, authorizer: "none" });
      else if (variant === "download links")
        expect(found).toEqual({ downloads: { leaseSeconds: 600 }, authorizer: "none" });
      else if (variant === "retries") expect(found).toEqual({ retries: { leaseSeconds: 60 }, authorizer: "none" });
      else expect(found).toEqual({ authorizer: "none" });
      expect(settings.index.strategy).toBe(variant === "versioning" || variant === "sealed" ? variant : "conditional");
    },
  },
  {
    name: "config.json of verify is that of issue without the authorizer",
    of: ALL_VARIANTS,
    check(stack) {
      const { authorizer, ...shared } = settingsOf(stack, "UploadsIssue");
      expect(authorizer).toBeDefined();
      expect(settingsOf(stack, "UploadsVerify")).toEqual(shared);
    },
  },
  {
    name: "the edge keys are random, one per name, in the order of the names",
    only: "sst",
    of: ["plain", "everything"],
    check(stack, variant) {
      const names = variant === "everything" ? ["new", "old"] : ["key-1"];
      const made = stack.all("random:index/randomBytes:RandomBytes");
      expect(made.map(({ name }) => name)).toEqual(names.map((name) => `UploadsEdgeKey-${name}`));
      for (const { inputs } of made) expect(inputs).toEqual({ length: 32 });
      const keys = names.map((id) => ({
        ...{ id, secret: secretOf(`UploadsEdgeKey-${id}`).toString("base64url") },
        ...(id === "old" ? { allows: { uploads: ["tenant-7/"] } } : {}),
      }));
      expect(settingsOf(stack, "UploadsIssue").keys).toEqual(keys);
    },
  },
  {
    name: "values with edge keys are encrypted in the state",
    only: "sst",
    of: ["plain", "everything"],
    check(stack) {
      for (const { secrets } of stack.all("lambda/function:Function")) expect(secrets).toEqual(["code"]);
      expect(JSON.stringify(stack.outputs)).not.toContain(secretOf("UploadsEdgeKey-key-1").toString("base64url"));
    },
  },
  {
    name: "an issuer gets the settings of verify and where the edge is, and no key in plain text",
    of: ["plain", "everything"],
    check(stack) {
      const { json, secret } = stack.issuerSettings;
      expect(secret).toBe(true);
      expect(JSON.parse(json)).toEqual({ ...settingsOf(stack, "UploadsVerify"), baseUrl: stack.outputs["url"] });
    },
  },
  {
    name: "an issuer of one key gets the same with that key alone",
    only: "sst",
    of: ["everything"],
    check(stack) {
      const keys = settingsOf(stack, "UploadsVerify").keys as readonly { readonly id: string }[];
      const [all, restricted] = [stack.issuerSettings, stack.issuerSettingsOfLastKey!].map(({ json, secret }) => {
        expect(secret).toBe(true);
        return JSON.parse(json) as object;
      });
      expect(restricted).toEqual({ ...all, keys: keys.slice(-1) });
    },
  },
  {
    name: "functions are left behind on removal only if asked",
    of: ["plain", "everything"],
    check(stack, variant) {
      for (const { retainOnDelete } of stack.all("lambda/function:Function"))
        expect(retainOnDelete).toBe(variant === "everything");
    },
  },
  {
    name: "deleting a function is retried for hours",
    only: "sst",
    of: ["plain", "everything"],
    check(stack) {
      for (const { deleteTimeout } of stack.all("lambda/function:Function"))
        expect(Number(/^(\d+)h$/.exec(deleteTimeout)?.[1])).toBeGreaterThanOrEqual(2);
    },
  },
];
