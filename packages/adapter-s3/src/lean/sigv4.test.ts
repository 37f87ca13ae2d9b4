import { describe, expect, test } from "vitest";

import { encodePath } from "../s3/s3-address.ts";
import { createSigner, type SignableRequest } from "./sigv4.ts";

/** The credentials, the host and the time of the examples in S3's documentation. */
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const HOST = "examplebucket.s3.amazonaws.com";
const NOW = new Date("2013-05-24T00:00:00Z");
const signer = createSigner("us-east-1");

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
describe("computes the signatures of the examples in S3's documentation", () => {
  const examples: [name: string, request: SignableRequest, body: string, signature: string][] = [
    [
      "GET Object",
      { method: "GET", path: "/test.txt", query: [], headers: { host: HOST, range: "bytes=0-9" } },
      "",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ],
    [
      "PUT Object",
      {
        method: "PUT",
        path: "/test%24file.text",
        query: [],
        headers: { host: HOST, date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
      },
      "Welcome to Amazon S3.",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ],
    [
      "GET Bucket Lifecycle",
      { method: "GET", path: "/", query: [["lifecycle", ""]], headers: { host: HOST } },
      "",
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ],
    [
      "GET Bucket (List Objects)",
      {
        method: "GET",
        path: "/",
        query: [
          ["prefix", "J"],
          ["max-keys", "2"],
        ],
        headers: { host: HOST },
      },
      "",
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ],
  ];

  test.each(examples)("%s", (_name, request, body, signature) => {
    const { authorization } = signer.signHeaders(request, body, credentials, NOW);
    expect(authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20130524\/us-east-1\/s3\/aws4_request, SignedHeaders=/,
    );
    expect(authorization?.split("Signature=")[1]).toBe(signature);
  });
});

describe("a signature in the headers", () => {
  const request: SignableRequest = {
    method: "PUT",
    path: "/key",
    query: [],
    headers: { host: HOST, "if-match": '"x"' },
  };
  const signatureOf = (more: Partial<SignableRequest> = {}, body = "body", now = NOW, token?: string) =>
    signer.signHeaders({ ...request, ...more }, body, { ...credentials, sessionToken: token }, now)["authorization"];

  test("covers method, path, query, headers, body, time and token", () => {
    const others = [
      signatureOf({ method: "GET" }),
      signatureOf({ path: "/other" }),
      signatureOf({ query: [["versionId", "1"]] }),
      signatureOf({ headers: { host: HOST, "if-match": '"y"' } }),
      signatureOf({}, "another body"),
      signatureOf({}, "body", new Date("2013-05-24T00:00:01Z")),
      signatureOf({}, "body", NOW, "token"),
    ];
    expect(new Set([signatureOf(), ...others]).size).toBe(8);
  });

  test("trims a header value, and collapses repeated spaces in it", () => {
    const withValue = (value: string) => signatureOf({ headers: { host: HOST, "x-amz-meta-a": value } });
    expect(withValue("  a   b ")).toBe(withValue("a b"));
    expect(withValue("ab")).not.toBe(withValue("a b"));
  });

  test("comes with the token of temporary credentials, the time and the digest of the body", () => {
    const signed = signer.signHeaders(request, "", { ...credentials, sessionToken: "t" }, NOW);
    expect(signed).toMatchObject({
      host: HOST,
      "if-match": '"x"',
      "x-amz-security-token": "t",
      "x-amz-date": "20130524T000000Z",
      "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    });
    expect(signed["authorization"]).toContain(
      "SignedHeaders=host;if-match;x-amz-content-sha256;x-amz-date;x-amz-security-token,",
    );
    expect(signer.signHeaders(request, "", credentials, NOW)).not.toHaveProperty("x-amz-security-token");
  });

  test("uses a new key for the next day, and for other credentials", () => {
    const fresh = (at: Date, by = credentials) =>
      createSigner("us-east-1").signHeaders(request, "", by, at)["authorization"];
    const tomorrow = new Date("2013-05-25T00:00:00Z");
    const others = { accessKeyId: "AKIDOTHER", secretAccessKey: "another" };
    expect(signer.signHeaders(request, "", credentials, NOW)["authorization"]).toBe(fresh(NOW));
    expect(signer.signHeaders(request, "", credentials, tomorrow)["authorization"]).toBe(fresh(tomorrow));
    expect(signer.signHeaders(request, "", others, tomorrow)["authorization"]).toBe(fresh(tomorrow, others));
  });
});

test("escapes all of a path but slashes and unreserved characters", () => {
  expect(encodePath("a-b_c.d~/é +%?#'()*!")).toBe("a-b_c.d~/%C3%A9%20%2B%25%3F%23%27%28%29%2A%21");
});
