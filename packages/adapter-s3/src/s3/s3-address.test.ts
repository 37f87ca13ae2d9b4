import { describe, expect, test } from "vitest";

import { addressOf, type S3Location } from "./s3-address.ts";

const hostOf = (location: S3Location, bucket = "photos") => addressOf(location, bucket).host;

describe("on AWS", () => {
  test.each(["us-east-1", "eu-west-1", "ap-southeast-3", "mx-central-1", "us-gov-west-1", "il-central-1"])(
    "a bucket in %s has its own host name",
    (region) => {
      expect(addressOf({ region }, "photos")).toEqual({
        protocol: "https:",
        host: `photos.s3.${region}.amazonaws.com`,
        hostname: `photos.s3.${region}.amazonaws.com`,
        port: 443,
        basePath: "",
      });
    },
  );

  test.each([{ bucket: "a.b" }, { bucket: "photos", forcePathStyle: true }])(
    "a bucket is in the path if it has dots or forcePathStyle is set: %j",
    ({ bucket, ...more }) => {
      expect(addressOf({ region: "eu-west-1", ...more }, bucket)).toMatchObject({
        host: "s3.eu-west-1.amazonaws.com",
        basePath: `/${bucket}`,
      });
    },
  );

  test.each([
    "cn-north-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "auto",
    "europe",
    "",
    "eu-west-1.evil",
  ])("a region outside amazonaws.com needs an endpoint: %j", (region) => {
    const message = "region: expected one of AWS such as eu-west-1, or an endpoint too";
    expect(() => hostOf({ region })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", message }));
    expect(hostOf({ region, endpoint: "https://s3.example" })).toBe("photos.s3.example");
  });
});

describe("at an endpoint", () => {
  test.each([
    ["http://127.0.0.1:9000", { protocol: "http:", host: "127.0.0.1:9000", port: 9000, basePath: "/photos" }],
    ["http://localhost", { protocol: "http:", host: "localhost", port: 80, basePath: "/photos" }],
    ["https://s3.example:443/", { protocol: "https:", host: "s3.example", port: 443, basePath: "/photos" }],
    ["https://s3.example/base/path/", { host: "s3.example", basePath: "/base/path/photos" }],
  ])("%s, with buckets in the path", (endpoint, address) => {
    expect(addressOf({ region: "auto", endpoint, forcePathStyle: true }, "photos")).toMatchObject(address);
  });

  test("a bucket is in the host name unless forcePathStyle is set", () => {
    expect(addressOf({ region: "auto", endpoint: "http://s3.localhost:8081/x" }, "photos")).toMatchObject({
      host: "photos.s3.localhost:8081",
      hostname: "photos.s3.localhost",
      basePath: "/x",
    });
  });

  test("must be an http or https URL", () => {
    expect(() => hostOf({ region: "auto", endpoint: "ftp://s3.example" })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: "endpoint: expected an http or https URL" }),
    );
  });
});
