import { type Mutant, mutantsOf } from "./mutant.ts";

const conditional = mutantsOf(
  "packages/adapter-s3/src/strategies/conditional-index.ts",
  [
    "condition: quotes.ifMatch(ISSUED_ETAG)",
    `condition: { ifMatch: "*" }`,
    "any entry may be overwritten, claimed or not: two winners",
  ],
  ["return quotes.ifMatch(etag);", "return quotes.ifMatch(ISSUED_ETAG);", "under SSE-KMS no claimant ever wins"],
  ["readFirst: !etagIsExpected", "readFirst: true", "every claim takes two requests"],
  [
    `if (settlement.status === "settled" && issued.etag !== undefined) etagIsExpected = issued.etag === ISSUED_ETAG;`,
    "",
    "under SSE-KMS every claim takes three requests",
  ],
  [
    `settlement.status === "settled" && issued.etag !== undefined`,
    "issued.etag !== undefined",
    "a claim that was lost makes the next one take two requests",
  ],
  [
    "etagIsExpected = issued.etag === ISSUED_ETAG",
    "etagIsExpected = false",
    "after one lost answer every claim takes two requests",
  ],
  [`, condition: { ifNoneMatch: "*" } }`, " }", "registering again reopens a used URL"],
  [
    `if (entry.state === "claimed" || entry.state === "revoked") return { status: "already-registered" };`,
    `if (entry.state === "claimed" || entry.state === "revoked") return { status: "registered" };`,
    "a used URL is handed out",
  ],
  [
    `if (entry.state === "issued") return { status: "registered" };`,
    "",
    "a registration with a lost answer stays undecided",
  ],
  [
    `if (entry.state === "foreign") return { status: "indeterminate", cause: foreignEntry() };`,
    "",
    "a foreign object lets an upload pass",
  ],
);

const quotesOfEtags = mutantsOf(
  "packages/adapter-s3/src/strategies/quotes-of-etags.ts",
  [
    "if (ofAnother !== 412) return ofAnother === 200 ? false : undefined;",
    "",
    "a store that ignores an ETag without quotes lets every claimant win",
  ],
  ["withoutQuotes(etagOf(key))", "etagOf(key)", "the condition that is tried is not the one that claims are sent with"],
  ["ofItself === 200 ? true :", "ofItself !== undefined ? true :", "a store that refuses both forms loses its quotes"],
  ["if (answer === undefined) return;", "", "one 503 leaves a handle without the form that its store reads"],
  ["if (isSettled) return;", "", "each claim on a store that refuses all conditions tries the forms again"],
  ["isUnquoted = answer;", "", "on Ceph RGW 16 no claimant ever wins"],
);

const conditionalWrite = mutantsOf(
  "packages/adapter-s3/src/strategies/conditional-write.ts",
  [
    "putEntry(store, { key, body, condition }, deadline)",
    "putEntry(store, { key, body }, deadline)",
    "every claimant wins",
  ],
  [
    "const read = await readEntry(store, key, deadline);",
    `const read = { state: "unreadable" } as Awaited<ReturnType<typeof readEntry>>;`,
    "the read-back: a claim with a lost answer is never known as won, nor a second one as lost",
  ],
  [
    `if (ifIssued !== undefined && isMissingKey(error)) return { status: "unknown", attempts };`,
    `if ((error as Error).name === "PreconditionFailed") return { status: "settled-before", by: "claim", attempts };`,
    "a claim that landed and was answered 412 on its repetition uses the URL up",
  ],
  [
    `if (ifIssued !== undefined && isMissingKey(error)) return { status: "unknown", attempts };`,
    "",
    "a hash that was never issued costs two requests",
  ],
  ["condition = await ifIssued(read.etag, cause);", "", "under SSE-KMS no claimant ever wins"],
  [
    "if (readFirst) readFirst = false;\n    else {",
    'if (readFirst) return { status: "settled", attempts };\n    else {',
    "under SSE-KMS every claimant of a process with experience wins",
  ],
  [
    "if (readFirst) readFirst = false;",
    "if (false) readFirst = false;",
    "under SSE-KMS every claim takes three requests",
  ],
  ["attempts === 0 || ", "", "under SSE-KMS a claim waits between its read and its write"],
  [
    "landed ||= mayHaveLanded(error);",
    "landed = mayHaveLanded(error);",
    "after a lost answer and a refusal, a used-up URL is called unused",
  ],
  ["landed ||= mayHaveLanded(error);", "", "a used-up URL is called unused"],
  ["if (isPermanent(cause)) break;", "", "what can never succeed is tried until time is over"],
  ["|| (await deadline.pause()));", "|| false);", "one 409 or 503 of S3 refuses an upload"],
  [
    `case "missing":\n        if (ifIssued !== undefined) return { status: "unknown", attempts };`,
    `case "missing":\n        if (ifIssued !== undefined) return { status: "settled-before", by: "claim", attempts };`,
    "a URL with a removed entry is reported as used",
  ],
  [
    `case "missing":\n        if (ifIssued !== undefined)`,
    `case "missing":\n        if (true)`,
    "without registration, one 503 of S3 refuses an upload",
  ],
  [
    `case "unreadable":\n`,
    `case "unreadable":\n        return { status: "settled-before", by: "claim", attempts };\n`,
    "an unreadable entry is reported as used",
  ],
  [
    "if (landed || !isPermanent(read.error))",
    "if (!isPermanent(read.error))",
    "after a lost answer, one wrong 404 makes a claim that was won undecided",
  ],
  ["if (landed || !isPermanent(read.error))", "if (true)", "an entry that may not be read is read until time is over"],
);

const settled = mutantsOf(
  "packages/adapter-s3/src/strategies/settled-index.ts",
  [
    "return { ...settlement, cause: explainFailure(settlement.cause) };",
    "return settlement;",
    "a missing right is answered with SlowDown, and clients try again for ever",
  ],
  ["if (entry.body === body) return", "if (false) return", "a claim with a lost answer uses the URL up"],
  ["if (entry.body === body) return", "if (true) return", "every claimant that reads the entry back wins"],
  [`if (settlement.by === "revocation") return { status: "revoked", attempts };`, "", "a revoked URL is called used"],
  [
    `case "settled-before":\n          return { status: "already-claimed" };`,
    `case "settled-before":\n          return { status: "revoked" };`,
    "a URL that was used is called revoked",
  ],
  [
    `return { status: "settled", found: { since: entry.lastModified } };`,
    `return { status: "settled", found: { since: new Date() } };`,
    "the lease of a client restarts at each of its uploads",
  ],
  [
    "...(found === undefined ? {} : { found })",
    "",
    "the index does not tell a client that tries again from one that is first",
  ],
);

const sealed = mutantsOf(
  "packages/adapter-s3/src/strategies/sealed-index.ts",
  [
    `condition: { ifNoneMatch: "*" }`,
    `condition: { ifMatch: "*" }`,
    "an entry that is not there can never be written: no claimant wins",
  ],
  ["claims/${hash}", "claims/${hash.slice(0, 1)}", "one URL uses others up"],
  [
    `looked.state === "unknown" ? { state: "issued", at: undefined } : looked`,
    "looked",
    "an unused URL is reported as unknown",
  ],
);

const versioning = mutantsOf(
  "packages/adapter-s3/src/strategies/versioning-index.ts",
  ["!deadline.leavesTime()", "false", "a URL is used up by a write for which no time was left"],
  [`if (!issued) return { status: "unknown", attempts };`, "", "a URL that was never issued works"],
  ["landed = true;\n", "\n", "a used-up URL is called unused"],
  ["landed ||= mayHaveLanded(error);", "", "a used-up URL is called unused, after a lost answer"],
  ["if (isPermanent(error)) throw error;", "", "what can never succeed is tried until time is over"],
  [
    "if (isOwn) {\n            if (attempts === 0",
    "if (true) {\n            if (attempts === 0",
    "every refused upload writes one more version",
  ],
  [
    "if (known !== undefined) requireVersionId(known);",
    "",
    "without versions, a claim is won by a write that cannot be found",
  ],
  [
    "if (versions.length > 0 || known !== undefined) break;",
    "break;",
    "a claim that was lost on its way is not retried",
  ],
  [
    "requireVersionId(await putEntry(store, entry, deadline));",
    "await putEntry(store, entry, deadline);",
    "with versioning suspended, URLs are issued that cannot be claimed",
  ],
);

const versionedKeys = mutantsOf(
  "packages/adapter-s3/src/strategies/versioned-keys.ts",
  [
    "if (page.deleteMarkers.some((marker) => marker.key === key))",
    "if (false)",
    "an entry that was deleted reopens the URL",
  ],
  ["after = page.next;", "after = undefined;", "with many versions, one in the middle wins"],
  ["if (version.key !== key) continue;", "", "the version of another key wins or loses"],
  [
    "if (isMissingKey(error)) return undefined;\n        throw error;",
    "return undefined;",
    "a throttled look at the used entry counts as unused",
  ],
  [
    `if (status !== "Enabled") throw versioningOff();`,
    "",
    "without versions, the last writer wins after the first has",
  ],
  ["versioningSeen = true;", "", "every claim asks once more"],
  [` || versionId === "null"`, "", "with versioning suspended, writers overwrite each other"],
);

const oldestVersion = mutantsOf(
  "packages/adapter-s3/src/strategies/oldest-version.ts",
  [
    "const oldest = versions.at(-1);",
    "const oldest = versions.at(0);",
    "the position rule: the newest version wins, and so does each that was the newest for a while",
  ],
  [
    "const oldest = versions.at(-1);",
    "const oldest = [...versions].sort((a, b) => Number(a.lastModified) - Number(b.lastModified))[0];",
    "the position rule: LastModified decides, and ties",
  ],
  [
    "(known !== undefined && !versions.some(({ versionId }) => versionId === known.versionId))",
    "false",
    "a list that lags behind lets two win",
  ],
  ["if (oldest.etag === etagOf(body)) return", "if (false) return", "a claim with a lost answer uses the URL up"],
  [
    "if (known !== undefined && etagsAreMd5(known))",
    "if (known !== undefined)",
    "under SSE-KMS a claim with a lost answer uses the URL up",
  ],
  [
    "if (isOwn && oldest.versionId === known?.versionId)",
    "if (oldest.versionId === known?.versionId)",
    "who finds another's claim wins with it",
  ],
  [`by: oldest.etag === REVOKED_ETAG ? "revocation" : "claim"`, `by: "claim"`, "a revoked URL is called used"],
  [
    `if (entry.state !== "claimed" && entry.state !== "revoked") throw untold();`,
    "",
    "an entry that is no claim is read as another's claim",
  ],
  ['if (entry.state === "unreadable") throw entry.error;', "", "an entry that could not be read is not read again"],
  ["return settlementOf(entry, body);", `return { status: "settled" };`, "under SSE-KMS every claimant wins"],
);

const history = mutantsOf(
  "packages/adapter-s3/src/upload/upload-history.ts",
  [
    "if (only === undefined && !wasDeleted)",
    "if (only === undefined)",
    "what was stored and deleted may be stored again",
  ],
  [
    "page.versions.filter((listed) => listed.key === key)",
    "page.versions",
    "another object with the same key prefix ends retries",
  ],
  [
    "versions.length > 1 || wasDeleted ? undefined : page.next",
    "undefined",
    "an object behind a thousand versions of others is not seen",
  ],
  [" && others.length === 0", "", "a client is answered that its upload is stored when another object replaced it"],
  ["only?.isLatest === true && ", "", "a client is answered that its upload is stored when it was deleted"],
  [
    "object: isUpload ? storedUpload(head) : undefined",
    "object: storedUpload(head)",
    "another client's object is reported as a client's own",
  ],
  [
    `if (status !== "Enabled") throw versioningOff();`,
    "",
    "where nothing keeps versions, what was deleted may be stored again",
  ],
  ["if (!isMissingKey(error)) throw error;", "", "while S3 does not answer, a client stores again"],
  [
    ` && error instanceof Error && error.name === "NoSuchKey"`,
    "",
    "where the bucket is gone, or a proxy answers, a client stores again",
  ],
);

const store = [
  ...mutantsOf(
    "packages/adapter-s3/src/strategies/entry-store.ts",
    [
      `isMissingKey(error) ? { state: "missing" } : { state: "unreadable", error }`,
      `{ state: "missing" }`,
      "an entry that could not be read counts as revoked",
    ],
    [`if (etag === undefined || etag === "") return`, "if (false) return", "an answer without an ETag is built upon"],
    [
      "...entry }, signal)",
      "...entry, condition: undefined }, signal)",
      "no condition reaches S3: every claimant wins",
    ],
    [
      'return body === undefined\n      ? { state: "foreign", body: "", etag, lastModified }\n      : { ...parseEntry(body), body, etag, lastModified };',
      'return body === undefined\n      ? { state: "foreign", body: "", etag, lastModified }\n      : { ...parseEntry(body), body, etag: `"${body.length}"`, lastModified };',
      "the ETag is not the one of the body: under SSE-KMS no claimant wins",
    ],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/strategies/index-entry.ts",
    [`([0-9a-f]+)"\\}$/`, `([0-9a-f]+)"/`, "something that is more than a claim counts as one"],
    [
      "if (body === ISSUED_BODY)",
      "if (body.startsWith(ISSUED_BODY))",
      "something that is more than an issued entry counts as one",
    ],
    [
      `JSON.stringify({ "presign-once": "claimed", claimant })`,
      `JSON.stringify({ "presign-once": "claimed", claimant, at: Math.random() })`,
      "a claim that S3 was sent twice is not its own twin",
    ],
  ),
];

const transports = [
  ...mutantsOf(
    "packages/adapter-s3/src/sdk/any-version.ts",
    [`delete headers["Expect"];`, "", "each body waits for seconds if 100-continue is not answered"],
    [`headers["if-match"] = IfMatch`, "void 0", "through an SDK that does not know IfMatch every claimant wins"],
    ["if (!(command instanceof GetObjectCommand))", "if (false)", "an upload whose answer is cut never ends"],
    ["answer.statusCode = 503", "answer.statusCode = 400", "a claim that may have landed is said not to have"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/sdk/sdk-index-s3.ts",
    [
      `if (Buffer.byteLength(body) !== ContentLength) throw new Error("the answer was cut");`,
      "",
      "half an answer is read as a whole one",
      "Node already fails an answer that ends before its length; this is for an HTTP client that does not",
    ],
    ["if (ContentLength > maxBytes) {", "if (false) {", "a foreign object is read to its end"],
    ["? { IfMatch: condition.ifMatch }", "? {}", "every claimant wins"],
    [
      ": { IfNoneMatch: condition.ifNoneMatch }",
      ": {}",
      "registering again reopens a used URL; sealed, every claimant wins",
    ],
    ["next: answer.IsTruncated", "next: false", "with many versions, one in the middle wins"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/lean/lean-index-s3.ts",
    [`headers["if-match"] = condition.ifMatch;`, ";", "every claimant wins"],
    [
      `else headers["if-none-match"] = condition.ifNoneMatch;`,
      "",
      "registering again reopens a used URL; sealed, every claimant wins",
    ],
    [
      "if (answer.status < 200 || answer.status > 299)",
      "if (answer.status < 200)",
      "every refusal of S3 counts as a yes",
    ],
    [`if (answer.body !== "") throw answerError(answer, "PUT");`, "", "an error behind a 200 counts as a claim"],
    ["if (after?.versionIdMarker !== undefined)", "if (false)", "with many versions, one in the middle wins"],
    [`method === "HEAD" && status === 404 ?`, "status === 404 ?", "the 404 of some proxy counts as never issued"],
    [
      `if (body === undefined) throw new Error("the list of versions is too long");`,
      "return { versions: [], deleteMarkers: [], next: undefined };",
      "versions that are not read decide",
    ],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/lean/lean-exchange.ts",
    [
      "void request.destroy(signal.reason as Error)",
      "undefined",
      "a request that was given up keeps its connection, and may land later",
    ],
    ["closeIdle();", "", "after a pause, a claim is sent on a dead connection"],
    ["if (bytes <= maxBytes) {", "if (true) {", "a foreign object is read to its end"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/lean/sigv4.ts",
    ["if (derived?.of !== of) {", "if (derived === undefined) {", "from midnight on S3 refuses every claim"],
    [`headers["x-amz-security-token"] = sessionToken;`, ";", "with a role's credentials S3 refuses every claim"],
    [`.trim().replace(/ {2,}/g, " ")`, "", "S3 computes another signature where a value has blanks"],
    [`Object.keys(request.headers).sort()`, `["host"]`, "a URL works around the edge"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/lean/s3-xml.ts",
    [` || !/<\\/ListVersionsResult>\\s*$/.test(xml)`, "", "half a list decides who was first"],
    [`if (truncated !== "true" && truncated !== "false")`, "if (false)", "a truncated list is treated as complete"],
  ),
];

const failures = [
  ...mutantsOf(
    "packages/adapter-s3/src/s3/s3-failure.ts",
    [
      "if (status === undefined) return !NOT_SENT",
      "if (status === undefined) return false && !NOT_SENT",
      "after a time-out, a used-up URL is called unused",
    ],
    [
      "return status >= 300 && status < 500;",
      "return status >= 300 && status <= 500;",
      "after a 500, a used-up URL is called unused",
    ],
    [
      "NOT_CARRIED_OUT.get(name) !== status",
      "status !== 503",
      "after a 503 of some proxy, a used-up URL is called unused",
    ],
    ["NOT_CARRIED_OUT.get(name) !== status", "true", "when S3 throttles, clients throw good URLs away"],
    [
      "[404, 408, 409, 412, 429]",
      "[404, 408, 412, 429]",
      "one 409 of S3 refuses an upload, although it says try again",
    ],
    ["[404, 408, 409, 412, 429]", "[404, 408, 409, 429]", "a 412 is not read back: a lost answer uses the URL up"],
    [
      "status === 404 && MISSING_KEY.has(name)",
      "status === 404",
      "the 404 of a missing bucket, or of some proxy, counts as revoked",
    ],
    ["if (attempts > 1) return true;", "", "an SDK that retries hides a write that landed"],
    [
      ` || syscall === "read" || syscall === "write"`,
      "",
      "a route that is lost halfway counts as a write that never left",
    ],
    [`  ["RequestTimeout", "uncertain"],`, "", "S3's 400 for a slow socket is not tried again"],
    [`  [501, "not-implemented"],\n`, "", "an operation that the server lacks is retried until time is over"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/s3/deadline.ts",
    [
      "return await Promise.race([request(controller.signal), timeout]);",
      "return await request(controller.signal);",
      "an answer that trickles keeps the function until it is killed",
    ],
    ["controller.abort(error);", "", "a request that was given up keeps its connection"],
    ["Math.min(limits.requestMs, end - performance.now())", "limits.requestMs", "a claim takes longer than it may"],
    [
      "Math.min(limits.requestMs, end - performance.now())",
      "end - performance.now()",
      "one silent request leaves no time to read back",
    ],
    ["if (!leavesTime(jittered)) return false;", "", "a claim never ends"],
    ["leavesTime: () => leavesTime(),", "leavesTime: () => true,", "there is always time for one more write"],
    ["clearTimeout(timer);", "", "every request leaves a timer behind"],
    [
      "const final = isPermanent(error) || error instanceof PresignOnceError;",
      "const final = false;",
      "what can never succeed is tried until time is over",
    ],
    ["pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);", "", "all refused claimants retry at once"],
    [
      "pauseMs * (0.5 + Math.random())",
      "pauseMs",
      "all refused claimants retry at the same instant",
      "no promise depends on it: it spreads the load of many, and a test could only measure time",
    ],
  ),
];

/** Mutants of the indexes, of the history of uploads, and of what they stand on. */
export const indexMutants: readonly Mutant[] = [
  ...conditional,
  ...quotesOfEtags,
  ...conditionalWrite,
  ...settled,
  ...sealed,
  ...versioning,
  ...versionedKeys,
  ...oldestVersion,
  ...history,
  ...store,
  ...transports,
  ...failures,
];
