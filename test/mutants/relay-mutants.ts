import { type Mutant, mutantsOf } from "./mutant.ts";

const claimer = mutantsOf(
  "packages/core/src/relay/relay-claimer.ts",
  [
    `if (!RELAY_METHODS.includes(method)) return { status: "refused", reason: "method-not-allowed" };`,
    "",
    "a HEAD or a link preview uses the URL up",
  ],
  ["(await deps.keys.verifyTag(token.canonical, token.tag)) === undefined", "false", "anybody can make a token"],
  [
    "if (!(deps.clock.now() < grant.expiresAt))",
    "if (deps.clock.now() >= grant.expiresAt)",
    "a token whose end is no time never ends",
  ],
  [`if (!(deps.clock.now() < grant.expiresAt)) return`, "if (false) return", "an expired URL works"],
  [
    `if ("fault" in read) return { status: "refused", hash, ...read.fault };`,
    `if ("fault" in read) { await claimOnce(deps, hash); return { status: "refused", hash, ...read.fault }; }`,
    "a refusal for a header uses the URL up",
  ],
  [`claim.status === "claimed" ?`, "true ?", "whatever the index says, the body is stored"],
  ["metadata[GRANT_ID_METADATA] = id;", "metadata[GRANT_ID_METADATA] ??= id;", "an object that names another grant"],
);

const token = mutantsOf(
  "packages/core/src/relay/relay-token.ts",
  [
    "token.length <= MAX_TOKEN_LENGTH ? (TOKEN.exec(token) ?? []) : []",
    "TOKEN.exec(token) ?? []",
    "a token of any length",
  ],
  ["\\.[0-9a-f]{64})$/", "\\.[0-9a-f]{64})/", "a token with a query or a slash after it: more than one spelling"],
  ["v === VERSION &&", "", "a token of another version is read as one of this"],
  ["headers.every(isHeaderField)", "true", "a token whose headers are none"],
  ["Number.isSafeInteger(exp) &&", "", "an end within a second"],
);

const headers = mutantsOf(
  "packages/core/src/relay/relay-header-rules.ts",
  [
    `if (declaredBytes === undefined && granted.has("content-length")) return { fault: lengthMissing() };`,
    "",
    "a granted length that is not sent is not called missing",
  ],
  [
    "if (values.get(name) !== value)",
    "if (values.has(name) && values.get(name) !== value)",
    "a granted header left out",
  ],
  ["Math.min(takes, grant.maxBytes ?? takes)", "takes", "max-bytes is not enforced by anybody"],
  ["Math.min(takes, grant.maxBytes ?? takes)", "grant.maxBytes ?? takes", "more is promised than the sink takes"],
  [
    "declaredBytes === undefined ? limits.maxUndeclaredBytes : limits.maxDeclaredBytes",
    "limits.maxDeclaredBytes",
    "a body of unknown length runs out of parts",
  ],
  [
    "if (declaredBytes !== undefined && !(declaredBytes <= maxBytes))",
    "if (false)",
    "a length that is too much uses the URL up",
  ],
  [`if (name === "content-range")`, "if (false)", "a part of a body is stored as the whole"],
  [`if (name === "content-md5")`, "if (false)", "a digest is dropped without a word"],
  ["/aws-chunked/i", "/aws-chunked/", "a body with signatures in it is stored as it came"],
  ["/^\\s*multipart\\/form-data/i", "/^multipart\\/mixed/i", "a form is stored in place of the file in it"],
  [`if (name.startsWith("if-"))`, "if (false)", "a condition is dropped without a word"],
  [` && !name.startsWith("x-amz-cf-")`, "", "no upload passes behind CloudFront"],
  ["filter(([name]) => STORED.has(name))", "slice()", "cookies are stored with the object"],
);

/** Mutants of the relay's gate. */
export const relayMutants: readonly Mutant[] = [...claimer, ...token, ...headers];
