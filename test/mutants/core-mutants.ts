import { type Mutant, mutantsOf } from "./mutant.ts";

const claim = [
  ...mutantsOf(
    "packages/core/src/edge/claim.ts",
    [
      `if (request.method !== "PUT") return { status: "refused", reason: "method-not-allowed" };`,
      "",
      "a HEAD or a link preview uses the URL up",
    ],
    [
      `if (checked.status === "refused") return checked;`,
      `if (checked.status === "refused") { if (checked.hash !== undefined) await deps.index.claim(checked.hash, deps.ids.claimant()); return checked; }`,
      "a refusal for a header uses the URL up",
    ],
    [`if (claim.status !== "claimed") return claim;`, "", "the upload is passed on for any answer of the index"],
    [
      "const clientSecret = onlyValue(request.headers, CLIENT_HEADER);",
      "const clientSecret = undefined as string | undefined;",
      "a client that makes itself known is not known again",
    ],
  ),
  ...mutantsOf(
    "packages/core/src/edge/presigned-upload.ts",
    [
      "await keys.verifyTag(url.canonical, url.tag)",
      `url.tag.split(".")[0]`,
      "forged and altered URLs get as far as the index, and with it to S3",
    ],
    [` || !url.signedHeaders.includes(LOCK_HEADER)`, "", "a URL that works around the edge is let through it"],
    [`if (now >= promisedEnd(url)) return "expired";`, "", "an expired URL is used up, and then refused by S3"],
    ["now >= promisedEnd(url)", "now > promisedEnd(url)", "a URL lives one instant longer than was promised"],
    [
      `return isAhead(url.signedAt, now) ? "not-yet-valid" : undefined;`,
      "return undefined;",
      "a URL dated in the future is used up, and then refused by S3",
    ],
    [
      `if ("fault" in read) return { status: "refused", hash, ...read.fault };`,
      `if ("fault" in read) return { status: "checked", hash, key: "", declaredBytes: 0, path: url.path, query: url.query, headers: [] };`,
      "the pre-claim header check: what S3 refuses has used the URL up, and is echoed",
    ],
    [
      "const { path, query } = url;",
      "const { path } = url; const { query } = request;",
      "the client's tag and encoding reach S3: a wrong signature, echoed with the lock",
    ],
  ),
  ...mutantsOf(
    "packages/core/src/edge/ticket-upload.ts",
    [
      `path.startsWith(TICKET_PATH) && query === ""`,
      "path.startsWith(TICKET_PATH)",
      "a ticket with a query has another form",
    ],
    [
      `if ("fault" in read) return { status: "refused", hash, ...read.fault };`,
      `if ("fault" in read) throw new Error();`,
      "a refusal for a header is a fault",
    ],
    ["[...granted, length, ...added]", "[...granted, ...added]", "a signature that leaks is good for any length"],
    ["[...granted, length, ...added]", "[length, ...added]", "S3 refuses metadata that were granted, after the claim"],
    ["Math.min(ticket.maxBytes ?? maxBytes, maxBytes)", "maxBytes", "max-bytes is not enforced by anybody"],
    [
      "Math.min(ticket.maxBytes ?? maxBytes, maxBytes)",
      "ticket.maxBytes",
      "a ticket brings more than the settings allow",
    ],
    [
      "allowsRetries: ticket.retries !== undefined",
      "allowsRetries: true",
      "a client retries although its grant does not allow it",
    ],
    [
      "[...storage, ...singleUseHeaders",
      "[...singleUseHeaders",
      "with tickets, objects are stored without the key of the settings",
    ],
    [
      "[...read.passedOn, ...storage], request",
      "read.passedOn, request",
      "with long tags, S3 refuses the head of a ticket's request after the claim",
    ],
    [
      "singleUseHeaders(ticket.id, ids.lock())",
      `singleUseHeaders(ticket.id, "0".repeat(64))`,
      "a signature that leaks can be used by anybody",
    ],
    [
      "const headers = [...read.passedOn, ...added];",
      "const headers = read.passedOn;",
      "S3 refuses every upload after the claim",
    ],
  ),
];

const edgeHeaders = mutantsOf(
  "packages/core/src/url/edge-headers.ts",
  [
    "return EDGE_HEADERS.map(({ name, value }) => [name, value(grantId, lock)]);",
    "return EDGE_HEADERS.filter(({ name }) => name !== NEW_KEY_HEADER).map(({ name, value }) => [name, value(grantId, lock)]);",
    "one signature of a ticket that is sent twice stores twice",
  ],
  [
    "await keys.lock(url, keyId)",
    "await keys.lock(url)",
    "in a rotation, URLs of the old key are used up and refused by S3",
  ],
  [
    "filter(({ name }) => url.signedHeaders.includes(name))",
    `filter(({ name }) => url.signedHeaders.includes(name) && name !== NEW_KEY_HEADER)`,
    "with ifNoneMatch, every upload is refused by S3",
  ],
  [
    "filter(({ name }) => url.signedHeaders.includes(name))",
    "filter(({ name }) => url.signedHeaders.includes(name) && name !== GRANT_ID_HEADER)",
    "every upload is used up and refused by S3, which echoes the lock",
  ],
  ["filter(({ name }) => url.signedHeaders.includes(name))", "filter(() => true)", "S3 is sent what no URL signed"],
  [
    "name: LOCK_HEADER, signedWhen: () => true",
    "name: LOCK_HEADER, signedWhen: () => false",
    "the URL works around the edge",
  ],
  [
    "name: GRANT_ID_HEADER, signedWhen: () => true",
    "name: GRANT_ID_HEADER, signedWhen: () => false",
    "nothing says which grant an object came from",
  ],
  [
    "return [...added, ...signedStorageHeaders(url)];",
    "return added;",
    "S3 refuses what has to be encrypted, after the claim",
  ],
  [
    "EDGE_HEADERS.some((header) => header.name === name)",
    "name === LOCK_HEADER",
    "a grant binds a header that only the edge may add",
  ],
  [
    "return signedHeaders.includes(NEW_KEY_HEADER);",
    "return true;",
    "two uploads of one client at once replace each other",
  ],
);

const amzDate = mutantsOf(
  "packages/core/src/url/amz-date.ts",
  [
    "const isThatDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;",
    "const isThatDay = true;",
    "a thirtieth of February",
  ],
  [" && minute < 60", "", "an hour of a hundred minutes"],
);

const urlLife = mutantsOf(
  "packages/core/src/url/url-life.ts",
  ["(Number(expires) - ORIGIN_GRACE_SECONDS)", "Number(expires)", "a claim won in the last second is refused by S3"],
  [
    "signedAt.getTime() > now.getTime() + MAX",
    "signedAt.getTime() >= now.getTime() + MAX",
    "the skew that is allowed is one instant shorter than was promised",
  ],
  [
    "signedAt.getTime() > now.getTime() + MAX_SKEW_SECONDS * 1000",
    "signedAt.getTime() > now.getTime()",
    "URLs of an issuer with a clock slightly ahead are refused",
  ],
);

const objectNames = mutantsOf(
  "packages/core/src/gate/check-issue-request.ts",
  [
    `if (typeof folder !== "string" || !folders.is(folder))`,
    "if (false)",
    "a caller's folder leads out of the uploads",
  ],
  ["${keyPrefix}${folder}${name}", "${keyPrefix}${name}", "a caller's objects go elsewhere"],
  ["name.length > MAX_GRANT_ID_LENGTH", "false", "an id that S3 refuses after the claim"],
);

const callersFolder = mutantsOf("packages/core/src/http/read-authorization.ts", [
  `typeof folder === "string" && folders.is(folder)`,
  "folders.is(folder)",
  "an authorizer's list is read as a folder",
]).map((mutant) => ({
  ...mutant,
  mustBeKilledBy: ["packages/adapter-edge/src/functions/issue-handler.test.ts"],
}));

const undecided = mutantsOf("packages/core/src/gate/refused-upload.ts", [
  `isPermanentFault(cause) ? "store-refused" : "unavailable"`,
  `"unavailable"`,
  "a missing right is answered with SlowDown, and clients try again for ever",
]);

const claimOnce = mutantsOf(
  "packages/core/src/gate/claim-once.ts",
  [": deps.ids.claimant()", `: ("0".repeat(32) as Claimant)`, "every claimant is the same one, and all of them win"],
  [`case "claimed": {\n`, `case "claimed":\n      case "already-claimed": {\n`, "a URL works twice"],
  [`case "claimed": {\n`, `case "claimed":\n      case "revoked": {\n`, "a revoked URL works"],
  [
    `case "claimed": {\n`,
    `case "claimed":\n      case "indeterminate": {\n`,
    "what could not be decided is passed on: two winners",
  ],
  ["if (!isKnown || outcome.found === undefined)", "if (true)", "a client that was first may store again and again"],
  [
    "const isKnown = clientSecret !== undefined && retries !== undefined;",
    "const isKnown = retries !== undefined;",
    "a request without a secret is treated as a retry",
  ],
  [
    `if (since === undefined) return { reason: "unavailable", cause: new Error("the index does not tell since when") };`,
    "if (since === undefined) return undefined;",
    "an index that does not tell since when gives a lease without an end",
  ],
  [
    "if (!(now.getTime() < since.getTime() + retries.leaseSeconds * 1000))",
    "if (false)",
    "the lease of a client never ends",
  ],
  [
    "if (!(now.getTime() < since.getTime() + retries.leaseSeconds * 1000))",
    "if (now.getTime() > since.getTime() + retries.leaseSeconds * 1000)",
    "a lease is one instant longer than was promised",
  ],
  [
    `return { reason: "already-stored", etag: isAnotherFile ? undefined : etag };`,
    "return undefined;",
    "a client replaces what it stored, or stores again what was deleted",
  ],
  ["isAnotherFile ? undefined : etag", "etag", "a client is answered that a file is stored which is not"],
  [
    "settled.recall(hash, claimant, !isKnown)",
    "settled.recall(hash, claimant, true)",
    "a client is refused because a claimant that is not known has the hash, which may be itself",
  ],
  [
    `if (outcome.status === "revoked") settled.revoked(hash);`,
    `if (outcome.status !== "claimed") settled.revoked(hash);`,
    "a URL that could not be decided is refused for good",
  ],
  ["settled.claimed(hash, outcome.owner)", "settled.claimed(hash, claimant)", "a client is treated as the first one"],
  [
    'if (refusal !== undefined) return { status: "refused", hash, ...refusal };',
    "",
    "retries on a store that keeps two objects",
  ],
  [
    `return { reason: undecidedReason(stored.cause), cause: stored.cause };`,
    "return undefined;",
    "a client retries while it is unknown whether an object was stored",
  ],
  [
    `return { reason: "unavailable", cause: new Error("the history answers none of never, stored, indeterminate") };`,
    "return undefined;",
    "a history that answers anything at all lets a client store again",
  ],
  [
    `outcome.mayHaveLanded ? "undecided" : undecidedReason(outcome.cause)`,
    `"unavailable"`,
    "a client is asked to retry a URL that may be used up",
  ],
  [
    `outcome.mayHaveLanded ? "undecided" : undecidedReason(outcome.cause)`,
    `"undecided"`,
    "a client throws a good URL away",
  ],
);

const clientSecret = mutantsOf("packages/core/src/gate/client-secret.ts", [
  "${LABEL}${hash}\\n${secret}",
  "${LABEL}${secret}",
  "a client is the same claimant for each of its URLs",
]);

const forms = mutantsOf("packages/core/src/url/forms.ts", [
  "{22,128}$/",
  "{1,128}$/",
  "a client is known by a secret that anybody guesses",
]);

const uploadHeaders = mutantsOf(
  "packages/core/src/gate/upload-headers.ts",
  ["if (values.has(name) && ", "if (false && ", "a header sent twice: two servers read two values"],
  [" || granted.has(name)))", "))", "a granted header sent twice: S3 signs both, and echoes"],
  [`if (name.startsWith("x-once-"))`, "if (false)", "a lock that a client sent is dropped without a word"],
  ["(?:x-amz-(?!cf-)|if-)", "(?:x-amz-|if-)", "no upload passes behind CloudFront"],
  ["(?:x-amz-(?!cf-)|if-)", "(?:x-amz-(?!cf-))", "a condition is dropped without a word"],
  ["(?:x-amz-(?!cf-)|if-)", "(?:if-)", "an ACL is dropped without a word"],
  ["PART.get(name)?.test(value) === true", "false", "a part of a file is stored as the whole"],
  ["/aws-chunked/i", "/aws-chunked/", "AWS-Chunked is stored with its signatures, or refused after the claim"],
  [`name === "content-type" && isEnvelope(value)`, "false", "a form is stored instead of the file in it"],
  [`value !== "" && !isPlainValue(value)`, "false", "a stored value is signed in another way than it is sent"],
  ["if (!isAsGranted(", "if (values.has(name) && !isAsGranted(", "a granted header left out: S3 refuses and echoes"],
  [
    `if (length.bytes === undefined && isLengthNeeded) return { fault: lengthMissing() };`,
    "",
    "a granted length that is not sent is not called missing",
  ],
  [
    "kept.push([name, value]);\n  }\n  for",
    "kept.push([name, values.get(name) ?? value]);\n  }\n  for",
    "S3 signs another form of a media type, and echoes",
  ],
  [
    "byteLengthAbove(MAX_METADATA_BYTES",
    "byteLengthAbove(2 * MAX_METADATA_BYTES",
    "metadata too long for S3 use the URL up",
  ],
  [
    "byteLengthAbove(MAX_STORED_BYTES",
    "byteLengthAbove(2 * MAX_STORED_BYTES",
    "headers too long for S3 use the URL up",
  ],
);

const headerRules = mutantsOf(
  "packages/core/src/edge/header-rules.ts",
  [`if (name === "upgrade")`, "if (false)", "a change of protocol after the claim"],
  [`if (name === "authorization")`, "if (false)", "S3 refuses two proofs after the claim"],
  ["{21}[AQgw]==$/", "{22}==$/", "an invalid Content-MD5 is refused by S3 after the claim"],
  [
    "const passedOn = [...read.kept];",
    "const passedOn = [...headers];",
    "every alias of an x-amz- header reaches the store",
  ],
  [" && !terms.granted.has(name)) passedOn", ") passedOn", "a granted length is passed on twice"],
  [
    `if (name === "content-md5" && !granted.has(name))`,
    "if (false)",
    "S3 refuses an unsigned Content-MD5 after the claim",
  ],
  [
    "byteLengthAbove(MAX_HEAD_BYTES - separators",
    "byteLengthAbove(2 * MAX_HEAD_BYTES - separators",
    "headers that are too long for S3 use the URL up",
  ],
  ["separators, line, ...sent", "separators, ...sent", "headers too long for S3 beside a long URL use it up"],
  [`name === "via"`, "false", "a long Via, which reaches S3, uses the URL up"],
  ["const separators = 4 * sent.length;", "const separators = 0;", "many headers that are short use the URL up"],
  ["shown.get(RETRIES_PARAMETER) === SAME_CLIENT && ", "", "a client retries although its grant does not allow it"],
  [" && requiresNewKey(signedHeaders)", "", "two uploads of one client at once replace each other"],
  [
    "if (declaredBytes === undefined) return { fault: lengthMissing() };",
    "if (declaredBytes === undefined) return { passedOn: read.kept, declaredBytes: 0 };",
    "an upload without a length is refused by S3 after the claim",
  ],
  ["bytes > MAX_PUT_BYTES", "bytes >= MAX_PUT_BYTES", "5 GiB, which S3 takes, are refused"],
  ["!(bytes <= maxBytes)", "bytes > maxBytes", "a limit that is no number is none"],
  ["if (maxBytes !== undefined && !(bytes", "if (false && !(bytes", "max-bytes is not enforced"],
  [
    "if (value === undefined || (isStorage",
    "if (value === undefined) continue; if ((isStorage",
    "a signed header without its value in the URL: S3 refuses and echoes",
  ],
  [" || (isStorage && !isPlainValue(value))", "", "the edge adds a header that nobody can send, after the claim"],
  ["if (!isStorage) values", "values", "clients have to send what only the edge adds"],
  [
    "findHeadFault(url, [...read.passedOn, ...signedStorageHeaders(url)], headers)",
    "findHeadFault(url, read.passedOn, headers)",
    "with long tags, S3 refuses the head of a request after the claim",
  ],
);

const bytes = mutantsOf(
  "packages/core/src/bytes/bytes.ts",
  ["sum + utf8(text).length", "sum + text.length", "headers that are too long for S3 in UTF-8 use the URL up"],
  ["if (3 * units <= limit)", "if (units <= limit)", "headers that are too long for S3 in UTF-8 use the URL up"],
  ["let difference = a.length ^ b.length;", "let difference = 0;", "the beginning of a secret is as good as the whole"],
  [
    "difference |= a.charCodeAt(i) ^ b.charCodeAt(i);",
    "difference = a.charCodeAt(i) ^ b.charCodeAt(i);",
    "the last digit of a tag is enough",
  ],
);

const length = mutantsOf(
  "packages/core/src/gate/declared-length.ts",
  ["!wholeNumber.is(length)", "!/^[0-9]{1,16}$/.test(length)", "a length in two forms"],
  [`if (values.has("transfer-encoding"))`, "if (false)", "two ideas of where the body ends"],
);

const signedUrl = mutantsOf(
  "packages/core/src/edge/signed-url.ts",
  ["byteLengthAbove(MAX_URL_BYTES - 1", "byteLengthAbove(2 * MAX_URL_BYTES", "a URL of any length is worked on"],
  [
    "/^\\/(?:[!-$&->@-~]|%[0-9A-Fa-f]{2})*$/.test(path) ?",
    `path.startsWith("/") ?`,
    "a path that servers read differently",
  ],
  ["if (!ALLOWED.has(name)) return", "if (false) return", "signing parameters in another case, or of another version"],
  ["if (signing.has(name)) return", "if (false) return", "a signing parameter twice: which one counts?"],
  ["if (tag !== undefined) return", "if (false) return", "a tag twice: which one counts?"],
  ["if (name !== lowerCase)", "if (false)", "a constraint in another case"],
  ["if (shown.has(shownName)) return", "if (false) return", "a constraint twice: which one counts?"],
  [
    "for (const name of REQUIRED) if (!signing.has(name))",
    `for (const name of REQUIRED) if (name !== "X-Amz-Credential" && !signing.has(name))`,
    "a URL without a credential is worked on",
  ],
  [
    `signing.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256"`,
    "false",
    "another algorithm than the one that was thought about",
  ],
  [
    `sha256Hex.is(signing.get("X-Amz-Signature") ?? "")`,
    `sha256Hex.is((signing.get("X-Amz-Signature") ?? "").toLowerCase())`,
    "a signature in capitals, which S3 refuses after the claim",
  ],
  [" || Number(expires) > MAX_EXPIRES_SECONDS", "", "a URL that lives longer than SigV4 allows"],
  ["!sortedOnce ||\n", "\n", "signed headers in another order, or twice"],
  [`!signedHeaders.includes("host") ||\n`, "\n", "a URL that is good at any host"],
);

const canonical = mutantsOf(
  "packages/core/src/url/canonical-request.ts",
  [" || compare(valueA, valueB)", "", "two forms of one URL, two hashes: it works twice"],
  ["compare(nameA, nameB) || ", "", "an order other than S3's: a wrong signature, echoed"],
  ["if (name !== TAG_PARAMETER) encoded", "encoded", "the tag would have to cover itself, and reaches S3"],
  [".replace(/[!'()*]/g,", ".replace(/[]/g,", "' for %27: S3 computes another signature, and echoes"],
  [
    "const decoded = decodeURIComponent(text);",
    `const decoded = decodeURIComponent(text.replaceAll("+", " "));`,
    "+ and %20 are one URL here and two for S3",
  ],
  ["/^[A-Za-z0-9._~-]*$/", "/^[A-Za-z0-9._~+-]*$/", "+ and %2B are two forms, and S3 computes another signature"],
  [`name === "" || `, "", "empty names, which servers drop"],
  ["encodeURIComponent(decoded); //", "//", "a lone surrogate makes the function throw"],
  ["`${method}\\n${path}\\n${query}`", "`${path}\\n${query}`", "the hash does not tell methods apart"],
  ["`${method}\\n${path}\\n${query}`", "`${method}\\n${query}`", "a tag is good for any path"],
);

const edgeKeys = mutantsOf(
  "packages/core/src/url/edge-keys.ts",
  [
    "equalInConstantTime(await macOf(tagLabel + canonicalRequest), mac) ? id : undefined",
    "id",
    "any tag that names a key is good",
  ],
  [
    "const tagLabel = `${TAG_LABEL}${scope}\\n`;",
    "const tagLabel = `${TAG_LABEL}\\n`;",
    "a URL that was used up in one index is free in the next one",
  ],
  [
    `const LOCK_LABEL = "presign-once/lock/1\\n";`,
    "const LOCK_LABEL = TAG_LABEL;",
    "a tag, which clients have, may serve as a lock",
  ],
  [
    "${LOCK_LABEL}${path}\\n${date}\\n${expires}",
    "${LOCK_LABEL}${date}\\n${expires}",
    "URLs of the same second share a lock",
  ],
  [
    "${LOCK_LABEL}${path}\\n${date}\\n${expires}",
    "${LOCK_LABEL}${path}\\n${expires}",
    "URLs of one key share a lock for ever",
  ],
  ["edgeKeyId.is(id) && sha256Hex.is(mac)", "edgeKeyId.is(id)", "a text that is no tag is taken for one"],
  ["hmac(first.id, tagLabel + canonicalRequest)", "hmac(first.id, canonicalRequest)", "no tag that is made is good"],
);

const issue = mutantsOf(
  "packages/core/src/edge/issue.ts",
  [
    "const signedSeconds = expiresInSeconds + ORIGIN_GRACE_SECONDS;",
    "const signedSeconds = expiresInSeconds;",
    "a claim won in the last second is refused by S3",
  ],
  [
    "const requireNewKey = ifNoneMatch || retries !== undefined;",
    "const requireNewKey = ifNoneMatch;",
    "two uploads of one client at once replace each other",
  ],
  [
    "if (retries !== undefined) shown.push([SHOWN_PREFIX + RETRIES_PARAMETER, retries]);",
    "",
    "what was granted is not in the URL: no client may try again",
  ],
  [
    "query: shownParameters({ ...request, headers: [...headers, ...storage] }),",
    "query: [],",
    "the edge cannot hold an upload to what was granted",
  ],
  [
    "headers: [...headers, ...storage, ...(await",
    "headers: [...headers, ...(await",
    "objects are stored without a key",
  ],
  ["return b !== undefined && b < a ? b : a;", "return a;", "a URL is promised for longer than its credentials live"],
  [
    'checkUsable(readSignedUrl("PUT", path, taggedQuery), asked, request);',
    "",
    "a URL is handed out that the edge has to refuse",
  ],
  ["const locked = { path, date:", 'const locked = { path: "/", date:', "no upload is taken by S3"],
);

const registerGrant = mutantsOf("packages/core/src/gate/register-grant.ts", [
  `const registration = (await index?.register(hash, { expiresAt: grant.expiresAt })) ?? { status: "registered" };`,
  `await index?.register(hash, { expiresAt: grant.expiresAt });\n  const registration = { status: "registered" } as { status: "registered" } | { status: "indeterminate"; cause: unknown };`,
  "a URL is issued that may not be registered",
]);

/** Mutants of the core: the gate, its rules, and what URLs are made of. */
const around = [
  ...mutantsOf("packages/core/src/http/read-authorization.ts", [
    "check(isKnown, ",
    "check(true, ",
    "an authorizer that answers anything but a plain no allows every caller",
  ]),
  ...mutantsOf("packages/adapter-s3/src/strategies/scope-of.ts", [
    `"host", uploads, originPath]`,
    `"host", originPath]`,
    "a URL for another bucket passes, and S3's refusal shows the lock",
  ]),
].map((mutant) => ({ ...mutant, mustBeKilledBy: ["packages/adapter-edge/"] }));

const keyAllowance = [
  ...mutantsOf("packages/core/src/ticket/read-ticket.ts", [
    `if (!deps.keys.allows(ticket, keyId)) return { status: "refused", hash, reason: "not-issued" };`,
    "",
    "a key for one tenant makes tickets for all",
  ]),
  ...mutantsOf("packages/core/src/edge/presigned-upload.ts", [
    `if (!keys.allows({ method: "PUT", key: url.key }, keyId)) return { status: "refused", reason: "not-issued" };`,
    "",
    "a key for one tenant makes presigned URLs for all",
  ]),
  ...mutantsOf(
    "packages/core/src/url/edge-keys.ts",
    [`method === "PUT" ? allowance.uploads : allowance.downloads`, "allowance.uploads", "who may write may read"],
    ["isObjectKey(key) && ", "", "a path leaves the folder that a key is for"],
    ["keys.find(({ id }) => id === keyId)?.allows", "first.allows", "the limit of a key is that of the first"],
  ),
];

const callerLimits = [
  ...mutantsOf(
    "packages/core/src/http/grant-request.ts",
    [
      "Math.min(limits.maxBytes, maxBytes)",
      "Math.max(limits.maxBytes, maxBytes)",
      "a caller may bring more than the settings allow",
    ],
    [
      "Math.min(limits.maxExpiresInSeconds, expiresInSeconds)",
      "limits.maxExpiresInSeconds",
      "a caller's URLs live longer than its authorizer says",
    ],
    [
      "(contentTypes === undefined || isAmong(value, contentTypes))",
      "true",
      "a caller that may upload images uploads a page",
    ],
    ["value === (limits.extension ?? value)", "true", "a caller chooses another extension than its authorizer"],
    [
      "return findContradiction(request) ?? withType(request, limits);",
      "return request;",
      "a URL without a type takes every type",
    ],
  ),
  ...mutantsOf("packages/core/src/gate/upload-headers.ts", [
    " && !ADDED_METADATA.includes(own)",
    "",
    "an object that names another grant",
  ]),
  ...mutantsOf("packages/core/src/gate/upload-headers.ts", [
    "if (minBytes !== 0 && !(Number(length.bytes) >= minBytes)) return { fault: tooSmall(minBytes) };",
    "",
    "an empty file passes for one of a least size",
  ]),
  ...mutantsOf(
    "packages/core/src/gate/caller-limits.ts",
    ["value !== FILENAME_METADATA && ", "", "a caller without a name forges the mark of another by a file name"],
    [
      "essence.startsWith(known.slice(0, -1))",
      "essence.startsWith(known.slice(0, -2))",
      "imagex/png passes for image/*",
    ],
  ),
];

const settledHashes = mutantsOf(
  "packages/core/src/gate/settled-hashes.ts",
  ["if (settled.owner === claimant) return", "if (false) return", "the client that was first is refused"],
  [
    `isFresh || settled.owner !== undefined ? "already-claimed"`,
    `settled.owner !== undefined ? "already-claimed"`,
    "a used URL costs requests at every try",
  ],
  ["if (known.size <= maxHashes) return;", "return;", "a process remembers until its memory is full"],
  ["      remember(hash, settled);\n      if", "      if", "a hot URL is forgotten before a cold one"],
);

export const coreMutants: readonly Mutant[] = [
  ...claim,
  ...inPackage(edgeHeaders),
  ...inPackage(urlLife),
  ...amzDate,
  ...inPackage(undecided),
  ...objectNames,
  ...callersFolder,
  ...inPackage(claimOnce),
  ...inPackage(settledHashes),
  ...inPackage(clientSecret),
  ...forms,
  ...uploadHeaders,
  ...headerRules,
  ...bytes,
  ...inPackage(length),
  ...signedUrl,
  ...canonical,
  ...edgeKeys,
  ...keyAllowance,
  ...callerLimits,
  ...issue,
  ...inPackage(registerGrant),
  ...around,
];

/** Of a file without tests next to it: the tests of the package must fail. */
function inPackage(mutants: readonly Mutant[]): readonly Mutant[] {
  return mutants.map((mutant) => ({ ...mutant, mustBeKilledBy: ["packages/core/"] }));
}
