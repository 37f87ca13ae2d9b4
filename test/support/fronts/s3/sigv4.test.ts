import { expect, test } from "vitest";

import { readSignature } from "./presented-signature.ts";
import { readHead } from "./request-head.ts";
import { computeSignature } from "./sigv4.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const HOST = "examplebucket.s3.amazonaws.com";

/** What a request presents, and what it should. */
function signaturesOf(
  method: string,
  target: string,
  rawHeaders: readonly string[],
): [presented: string, computed: string] {
  const head = readHead(method, target, rawHeaders);
  const presented = readSignature(head);
  if ("refusal" in presented) throw new Error(presented.refusal.message);
  return [presented.signature, computeSignature(head, presented, SECRET).signature];
}

test("the signature of the example for a query is the documented one", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  const documented = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
  const target = `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${documented}`;
  expect(signaturesOf("GET", target, ["Host", HOST])).toEqual([documented, documented]);
});

test("the signature of the example for a header is the documented one", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  const documented = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
  const signed = "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class";
  const headers = {
    Authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${documented}`,
    Host: HOST,
    Date: "Fri, 24 May 2013 00:00:00 GMT",
    "x-amz-date": "20130524T000000Z",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
  };
  expect(signaturesOf("PUT", "/test%24file.text", Object.entries(headers).flat())).toEqual([documented, documented]);
});
