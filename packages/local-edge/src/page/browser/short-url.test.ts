import { expect, test } from "vitest";

import { shortenPath, shortenUrl } from "./short-url.ts";

test.each([
  ["/uploads/eddf168f-2f32-41f9", "/uploads/eddf168f…"],
  ["/uploads/short", "/uploads/short"],
  ["/u/WyJ0IiwiODEx", "/u/WyJ0Iiwi…"],
  ["/", "/"],
])("shortens the last part of %s", (path, short) => {
  expect(shortenPath(path)).toBe(short);
});

test.each([
  [
    "http://127.0.0.1:8080/uploads/eddf168f-2f32?X-Amz-Date=1&x-once-tag=abcdef",
    "http://127.0.0.1:8080/uploads/eddf168f…?…abcdef",
  ],
  ["http://127.0.0.1:8080/u/WyJ0IiwiODEx.local.34406c", "http://127.0.0.1:8080/u/WyJ0Iiwi…34406c"],
  ["http://127.0.0.1:8080/u/a", "http://127.0.0.1:8080/u/a"],
])("shows address, start and end of %s", (url, short) => {
  expect(shortenUrl(url)).toBe(short);
});
