import { expect, test } from "vitest";

import { parseOrigin } from "./origin.ts";

test.each(["", "127.0.0.1:80", "ftp://h", "http://h/path", "http://h/?q", "http://"])(
  "refuses the URL %j as an origin",
  (url) => {
    expect(() => parseOrigin({ url })).toThrow(/^origin\.url /);
  },
);

test.each(["path", "/path/", "/", "//a", "/a b", "/a?b", "/a#b"])("refuses the path %j as an origin path", (path) => {
  expect(() => parseOrigin({ url: "http://h", path })).toThrow(/^origin\.path /);
});

test.each([
  "If-None-Match",
  "If-Match",
  "Cookie",
  "Host",
  "X-Amz-Acl",
  "x-amz-meta-a",
  "X-Edge-A",
  "Range",
  "Via",
  "X-Real-Ip",
  "Content-Length",
])("refuses %s as a custom header, as CloudFront does", (key) => {
  expect(() => parseOrigin({ url: "http://h", customHeaders: { [key]: "v" } })).toThrow(`cannot add ${key}`);
});

test.each([
  ["a b", "v"],
  ["x-a", "a\r\nb"],
])("the custom header %j: %j is refused", (key, value) => {
  expect(() => parseOrigin({ url: "http://h", customHeaders: { [key]: value } })).toThrow("not a valid header");
});

test("uses the scheme's default port", () => {
  expect(parseOrigin({ url: "http://h" })).toMatchObject({ port: 80, host: "h" });
  expect(parseOrigin({ url: "https://h" })).toMatchObject({ port: 443, host: "h" });
  expect(parseOrigin({ url: "http://[::1]:81" })).toMatchObject({ port: 81, host: "[::1]:81", hostname: "::1" });
});
