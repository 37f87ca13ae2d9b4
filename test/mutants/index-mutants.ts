import { type Mutant, mutantsOf } from "./mutant.ts";

const conditional = mutantsOf(
  "packages/adapter-s3/src/conditional-index.ts",
  ["{ key, body, condition: { IfMatch: unquotedEtag ? unquote(etag) : etag } }", "{ key, body }", "everybody wins"],
  [`, condition: { IfNoneMatch: "*" } }`, " }", "registering again reopens a used URL"],
  [
    "const entry = await readEntry(store, key, deadline);\n        switch (entry.state) {",
    `const entry = { state: "unreadable" } as Awaited<ReturnType<typeof readEntry>>;\n        switch (entry.state) {`,
    "the read-back: a claim whose answer was lost is never known as won, nor a second one as lost",
  ],
  [
    `if (isMissingKey(error)) return { status: "unknown", attempts };`,
    `if (isMissingKey(error)) return { status: "unknown", attempts };\n          if ((error as Error).name === "PreconditionFailed") return { status: "already-claimed", attempts };`,
    "a claim that landed and was answered 412 on its repetition burns the URL",
  ],
  [
    `entry.claimant === claimant ? "claimed" : "already-claimed"`,
    `"already-claimed"`,
    "a claim whose answer was lost burns the URL",
  ],
  [
    `entry.claimant === claimant ? "claimed" : "already-claimed"`,
    `"claimed"`,
    "everybody wins who reads the entry back",
  ],
  ["etag = entry.etag;", "", "under SSE-KMS nobody ever wins"],
  ["let etag = ISSUED_ETAG;", `let etag = "*";`, "any entry may be overwritten, claimed or not: two winners"],
  [
    "landed ||= mayHaveLanded(error);",
    "landed = mayHaveLanded(error);",
    "after a lost answer and a refusal, a used-up URL is called unused",
  ],
  ["landed ||= mayHaveLanded(error);", "", "a used-up URL is called unused"],
  [
    "if (isPermanent(cause)) break;\n        const entry = await readEntry(store, key, deadline);\n        switch",
    "const entry = await readEntry(store, key, deadline);\n        switch",
    "what can never succeed is tried until time is over",
  ],
  [
    `if (isMissingKey(error)) return { status: "unknown", attempts };`,
    "",
    "a hash that was never issued costs two requests",
  ],
  [
    `if (entry.state === "claimed") return { status: "already-registered" };`,
    `if (entry.state === "claimed") return { status: "registered" };`,
    "a used URL is handed out",
  ],
  [
    `if (entry.state === "issued") return { status: "registered" };`,
    "",
    "a registration whose answer was lost is never known",
  ],
  [
    `if (entry.state === "foreign") return { status: "indeterminate", cause: foreignEntry() };`,
    "",
    "somebody else's object is taken for something that may pass",
  ],
  [
    '} while (await deadline.pause());\n      return { status: "indeterminate", mayHaveLanded: landed',
    '} while (false);\n      return { status: "indeterminate", mayHaveLanded: landed',
    "one 409 or 503 of S3 refuses an upload",
  ],
  [
    `case "missing":\n            return { status: "unknown", attempts };`,
    `case "missing":\n            return { status: "already-claimed", attempts };`,
    "a revoked URL is called used",
  ],
  [
    `case "unreadable":\n            break;`,
    `case "unreadable":\n            return { status: "already-claimed", attempts };`,
    "what nobody could read is called used",
  ],
);

const versioning = mutantsOf(
  "packages/adapter-s3/src/versioning-index.ts",
  [
    "const oldest = versions.at(-1);",
    "const oldest = versions.at(0);",
    "the position rule: the newest version wins, and so does everybody who was newest for a while",
  ],
  [
    "const oldest = versions.at(-1);",
    "const oldest = [...versions].sort((a, b) => Number(a.LastModified) - Number(b.LastModified))[0];",
    "the position rule: LastModified decides, and ties",
  ],
  [
    "(known !== undefined && !versions.some(({ VersionId }) => VersionId === known.VersionId))",
    "false",
    "a list that lags behind lets two win",
  ],
  [
    "if (answer.DeleteMarkers?.some(({ Key }) => Key === key))",
    "if (false)",
    "an entry that was deleted reopens the URL",
  ],
  [
    "page = answer.IsTruncated",
    "page = answer.IsTruncated && versions.length < 0",
    "with many versions, one in the middle wins",
  ],
  ["if (version.Key !== key) continue;", "", "the version of another key wins or loses"],
  [
    "if (isMissingKey(error)) return undefined;\n      throw error;",
    "return undefined;",
    "a throttled look at the used entry counts as unused",
  ],
  [
    `if (Status !== "Enabled") throw versioningOff();`,
    "",
    "without versions, the last writer wins after the first has",
  ],
  ["versioningSeen = true;", "", "every claim asks once more"],
  [` || VersionId === "null"`, "", "with versioning suspended, writers overwrite each other"],
  [`if (!issued) return { status: "unknown", attempts };`, "", "a URL that was never issued, or was revoked, works"],
  [
    "if (oldest.ETag === etagOf(claimedBody(claimant))) return true;",
    "",
    "a claim whose answer was lost burns the URL",
  ],
  [
    "if (known !== undefined && etagsAreMd5(known)) return false;",
    "if (known !== undefined) return false;",
    "under SSE-KMS a claim whose answer was lost burns the URL",
  ],
  [
    "if (own && oldest.VersionId === known?.VersionId) return true;",
    "if (oldest.VersionId === known?.VersionId) return true;",
    "who finds another's claim wins with it",
  ],
  ["landed = true;\n", "\n", "a used-up URL is called unused"],
  ["landed ||= mayHaveLanded(error);", "", "a used-up URL is called unused, after a lost answer"],
  ["if (isPermanent(error)) throw error;", "", "what can never succeed is tried until time is over"],
  ["          if (claimed === undefined) {", "          if (true) {", "every refused upload writes one more version"],
  [
    "if (known !== undefined) requireVersionId(known);",
    "",
    "without versions, a claim is won by a write that nobody can find",
  ],
  [`if (entry.state !== "claimed") throw untold();`, "", "an entry that is no claim is taken for another's"],
  ['if (entry.state === "unreadable") throw entry.error;', "", "an entry that could not be read is not read again"],
  ["return entry.claimant === claimant;", "return true;", "under SSE-KMS everybody wins"],
  [
    "if (versions.length > 0 || known !== undefined) break;",
    "break;",
    "a claim whose answer was lost before it arrived is not tried again",
  ],
  [
    "requireVersionId(await putEntry(store, entry, deadline));",
    "await putEntry(store, entry, deadline);",
    "with versioning suspended, URLs are issued that nobody can claim",
  ],
);

const store = [
  ...mutantsOf(
    "packages/adapter-s3/src/entry-store.ts",
    [
      "if (Buffer.byteLength(body) !== ContentLength)",
      "if (false)",
      "half an answer is read as a whole one",
      "Node already fails an answer that ends before its length; this is for an HTTP client that does not",
    ],
    [
      `isMissingKey(error) ? { state: "missing" } : { state: "unreadable", error }`,
      `{ state: "missing" }`,
      "an entry that could not be read counts as revoked",
    ],
    ["if (ContentLength > MAX_ENTRY_BYTES) {", "if (false) {", "somebody else's object is read to its end"],
    ["if (!ETag || Body === undefined)", "if (Body === undefined)", "an answer without an ETag is built upon"],
    ["...entry.condition,", "", "no condition reaches S3: everybody wins"],
    [
      "return { ...parseEntry(body), etag: ETag };",
      'return { ...parseEntry(body), etag: `"${ContentLength}"` };',
      "the ETag is not the one of the body: under SSE-KMS nobody wins",
    ],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/index-entry.ts",
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

const failures = [
  ...mutantsOf(
    "packages/adapter-s3/src/s3-failure.ts",
    [
      "if (status === undefined) return true;",
      "if (status === undefined) return false;",
      "after a time-out, a used-up URL is called unused",
    ],
    [
      "if (status >= 300 && status < 500) return false;",
      "if (status >= 300 && status <= 500) return false;",
      "after a 500, a used-up URL is called unused",
    ],
    [
      "!(status === 503 && THROTTLED.has(name))",
      "status !== 503",
      "after a 503 of some proxy, a used-up URL is called unused",
    ],
    ["!(status === 503 && THROTTLED.has(name))", "true", "when S3 throttles, clients throw good URLs away"],
    ["404, 408, 409, 412, 429", "404, 408, 412, 429", "one 409 of S3 refuses an upload, although it says try again"],
    ["404, 408, 409, 412, 429", "404, 408, 409, 429", "a 412 is not read back: a lost answer burns the URL"],
    [
      ` && MISSING_KEY.has(asSdkError(error).name ?? "")`,
      "",
      "the 404 of a missing bucket, or of some proxy, counts as revoked",
    ],
    ["if (($metadata?.attempts ?? 1) > 1) return true;", "", "an SDK that retries hides a write that landed"],
    [
      ` && syscall !== "read" && syscall !== "write"`,
      "",
      "a route that is lost halfway counts as a write that never left",
    ],
    [`if (name === "RequestTimeout") return false;`, "", "S3's 400 for a slow socket is not tried again"],
    ["if (status === 501) return true;", "", "what the server does not have is asked for until time is over"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/deadline.ts",
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
    ["if (performance.now() + jittered >= lastStart) return false;", "", "a claim never ends"],
    ["clearTimeout(timer);", "", "every request leaves a timer behind"],
    [
      "const final = isPermanent(error) || error instanceof PresignOnceError;",
      "const final = false;",
      "what can never succeed is tried until time is over",
    ],
    ["pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);", "", "everybody who was refused comes back at once"],
    [
      "pauseMs * (0.5 + Math.random())",
      "pauseMs",
      "everybody who was refused comes back at the same instant",
      "no promise depends on it: it spreads the load of many, and a test could only measure time",
    ],
  ),
];

/** Mutants of the two indexes and what they stand on. */
export const indexMutants: readonly Mutant[] = [...conditional, ...versioning, ...store, ...failures];
