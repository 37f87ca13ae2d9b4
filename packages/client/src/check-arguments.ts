import { UploadError } from "./upload-error.ts";

type Check = readonly [expected: string, isRight: (value: unknown) => boolean];

const FUNCTION: Check = ["a function", (value) => typeof value === "function"];
const COUNT: Check = ["a whole number from 0", isWhole];
const CHECKS: Readonly<Record<string, Check>> = {
  file: ["a File or Blob, such as input.files[0]", isBlob],
  options: ["an object", isObject],
  endpoint: ["an http(s) URL without user name; outside a page an absolute one", isHttpUrl],
  headers: ["an object with a string for each header name", isHeaders],
  signal: ["an AbortSignal, such as controller.signal", (value) => isObject(value) && "aborted" in value],
  stallSeconds: ["a number of seconds from 0", (value) => typeof value === "number" && value >= 0],
  onProgress: FUNCTION,
  onGrant: FUNCTION,
  onRetry: FUNCTION,
  retries: COUNT,
  freshUrls: COUNT,
  clientSecret: [
    "22 to 128 letters, digits, - and _",
    (value) => typeof value === "string" && /^[\w-]{22,128}$/.test(value),
  ],
  grant: ["what requestGrant returned", isGrant],
};

/**
 * Checks what a function was called with, before anything is read or sent.
 *
 * @param positional       arguments by name, all required
 * @param options          each looked at where it is set
 * @param requiredOptions  names of options that must be set
 * @throws {UploadError} `ARGUMENT_INVALID`, naming the argument and the expected form; never its value, which may be secret
 */
export function checkArguments(
  positional: Readonly<Record<string, unknown>>,
  options: object,
  ...requiredOptions: readonly string[]
): void {
  const values: Readonly<Record<string, unknown>> = { ...options, ...positional, options };
  const required = [...Object.keys(positional), "options", ...requiredOptions];
  for (const [name, form] of Object.entries(CHECKS)) {
    if (values[name] !== undefined || required.includes(name)) check(name, values[name], form);
  }
}

function check(name: string, value: unknown, [expected, isRight]: Check): void {
  let cause: unknown;
  try {
    if (isRight(value)) return;
  } catch (error) {
    cause = error;
  }
  const found = typeof value === "object" ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
  throw new UploadError("ARGUMENT_INVALID", `${name}: expected ${expected}, found ${found}.`, { cause });
}

/**
 * Makes sure that files can be sent from here.
 *
 * @throws {UploadError} `Unsupported` in Node.js, in a service worker, and wherever else there is no `XMLHttpRequest`
 */
export function checkPlatform(): void {
  if (typeof XMLHttpRequest === "undefined")
    throw new UploadError(
      "Unsupported",
      "There is no XMLHttpRequest here: files are sent from a browser's page or web worker. Elsewhere use fetch with the granted URL and headers.",
    );
}

/** Whether a value is a grant that can be used. Throws for a URL or a header that cannot be. */
export function isGrant(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { url, method, headers, contentLength } = value;
  const isSize = contentLength === undefined || isWhole(contentLength);
  return typeof url === "string" && isHttpUrl(url) && method === "PUT" && isHeaders(headers) && isSize;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Also of another window, whose Blob is another class. */
function isBlob(value: unknown): boolean {
  return value instanceof Blob || /^\[object (Blob|File)\]$/.test(Object.prototype.toString.call(value));
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== "string" && !(value instanceof URL)) return false;
  const { protocol, username, password } = new URL(value, globalThis.location?.href);
  return /^https?:$/.test(protocol) && username + password === "";
}

function isHeaders(value: unknown): boolean {
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === "string")) return false;
  return Boolean(new Headers(value as Record<string, string>)); // throws for what cannot be sent
}
