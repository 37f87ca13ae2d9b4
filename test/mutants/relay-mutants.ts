import { type Mutant, mutantsOf } from "./mutant.ts";

const claimer = mutantsOf(
  "packages/core/src/relay/relay-claimer.ts",
  [
    `if (!RELAY_METHODS.includes(method)) return { status: "refused", reason: "method-not-allowed" };`,
    "",
    "a HEAD or a link preview uses the URL up",
  ],
  [
    `if (good.status === "refused") return good;`,
    `if (good.status === "refused" && good.hash === undefined) return good;`,
    "an expired URL works",
  ],
  [
    `if ("fault" in read) return { status: "refused", hash, ...read.fault };`,
    `if ("fault" in read) { await claimOnce({ hash, key: ticket.key, declaredBytes: undefined, clientSecret: undefined }); return { status: "refused", hash, ...read.fault }; }`,
    "a refusal for a header uses the URL up",
  ],
  [`if (claim.status !== "claimed") return claim;`, "", "the body is stored for any answer of the index"],
  [
    "const clientSecret = onlyValue(headers, CLIENT_HEADER);",
    "const clientSecret = undefined as string | undefined;",
    "a client that makes itself known is not known again",
  ],
);

const token = [
  ...mutantsOf(
    "packages/core/src/ticket/token.ts",
    [
      "text.length <= MAX_TOKEN_LENGTH ? (TOKEN.exec(text) ?? []) : []",
      "TOKEN.exec(text) ?? []",
      "a token of any length",
    ],
    [" || !isTag(tag)", "", "a token with a query or a slash after it: more than one form"],
  ),
  ...mutantsOf(
    "packages/core/src/ticket/ticket.ts",
    ["kind !== KIND ||", "", "a token of another kind is read as a ticket"],
    ["!isSeconds(lifeSeconds) ||", "", "a ticket with an invalid end never ends"],
    [" && headers.every(isHeaderField)", "", "a ticket with invalid headers"],
    ["others.length > 0", "false", "what a ticket grants besides is not seen"],
  ),
  ...mutantsOf(
    "packages/core/src/ticket/read-ticket.ts",
    ["keyId === undefined", "false", "anybody can make a token"],
    [
      `reason === undefined ? { status: "good", hash, ticket }`,
      `true ? { status: "good", hash, ticket }`,
      "an expired URL works",
    ],
  ),
  ...mutantsOf(
    "packages/core/src/ticket/ticket-fault.ts",
    ["!isBelow(keyPrefix, key, NAMES[method]) || ", "", "whoever holds an edge key writes into the index"],
    [" || !isNamed", "", "an id that S3 refuses after the claim"],
    [" && isEachOnce", "", "a digest is compared that no client was asked for"],
    [
      "if (!isPlainValue(value)) return false;",
      "",
      "a value that is signed in another form, and refused after the claim",
    ],
    [" && utf8(key).length <= MAX_KEY_BYTES", "", "a key that S3 refuses after the claim"],
    ["headers.every(isTicketHeader) && ", "", "whoever holds an edge key copies any object of the bucket"],
    ["lifeSeconds > maxLifeSeconds", "false", "a ticket outlives its entry, and works again"],
    [`if (isAhead(issuedAt, now)) return "not-yet-valid";`, "", "a ticket of the future outlives its entry"],
    ["key.startsWith(prefix) &&", "", "a key in another folder"],
    ["!isInIndex && ", "", "without folders, a ticket reaches the index"],
  ),
];

const headers = mutantsOf(
  "packages/core/src/relay/relay-header-rules.ts",
  [
    "allowsRetries: ticket.retries !== undefined",
    "allowsRetries: true",
    "a client retries although its grant does not allow it",
  ],
  ["Math.min(takes, ticket.maxBytes ?? takes)", "takes", "max-bytes is not enforced by anybody"],
  ["Math.min(takes, ticket.maxBytes ?? takes)", "ticket.maxBytes ?? takes", "more is promised than the sink takes"],
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
  [`if (name === "content-md5")`, "if (false)", "a digest is dropped without a word"],
  ["filter(([name]) => STORED_HEADERS.has(name))", "slice()", "a checksum is stored as a header of the object"],
);

const body = mutantsOf(
  "packages/adapter-fetch/src/received-body.ts",
  [`if (bytes > terms.maxBytes) throw refuse("too-large");`, "", "max-bytes is not enforced while the bytes come"],
  ["bytes > terms.maxBytes", "bytes >= terms.maxBytes", "as many bytes as were granted are too many"],
  [`digest !== undefined && digest.base64() !== sha256`, "false", "the digest that was granted is not compared"],
  ["if (declaredBytes !== undefined && bytes !== declaredBytes)", "if (false)", "half a body is stored as the whole"],
  ["await watch?.settle().catch(breakOff)", "void 0", "an upload that a page aborts over HTTP/2 is stored as whole"],
  [
    'throw refuse(watch?.fault ?? "broken-off", cause);',
    "throw cause;",
    "a client that has gone is called a fault of the store",
  ],
);

const reads = mutantsOf(
  "packages/adapter-fetch/src/watched-reads.ts",
  [`signal.addEventListener("abort", leave);`, "", "a client that has gone is waited for"],
  [`if (waitedMs >= idleMs) return "stalled";`, "", "a client that is silent keeps its place for ever"],
  [`if (now - (begunAt ?? now) >= maxMs) return "too-long";`, "", "an upload has no end"],
  [`return "too-slow";`, "return undefined;", "a client that sends a byte now and then keeps its place"],
  ["    waitingSince = undefined;\n", "", "a slow store is treated as a silent client"],
);

const handler = [
  ...mutantsOf(
    "packages/adapter-fetch/src/relay-handler.ts",
    [`if (decision.status === "refused")\n`, `if (decision.status === "refused" && false)\n`, "all is stored"],
    ["context?.waitUntil?.(storing);", "", "an upload that breaks off is not tidied up in Workers"],
  ),
  ...mutantsOf(
    "packages/adapter-fetch/src/upload-places.ts",
    ["if (uploads >= most)", "if (false)", "any number of uploads takes memory"],
    ["if (request.signal.aborted)", "if (false)", "a client that has gone uses its URL up"],
    ["if (isAdmitted) uploads--;", "", "each refused claim takes a place of an upload for ever"],
  ),
  ...mutantsOf(
    "packages/adapter-fetch/src/store-upload.ts",
    ["return isWhole", "return true", "a client gets a success for a failed upload"],
    [
      "if (fault !== undefined && !mayBeStored)",
      "if (fault !== undefined)",
      "a client is answered that nothing was stored",
    ],
    ["  body.close();\n", "", "a read that no code waits for goes on"],
    ["  place.leave();\n", "", "each upload takes its place for ever"],
  ),
];

const sink = mutantsOf(
  "packages/adapter-s3/src/upload/s3-upload-sink.ts",
  ["leavePartsOnError: true,", "leavePartsOnError: false,", "parts are removed twice, and its failure hides the cause"],
  ["if (!progress.committing) {", "if (false) {", "a broken-off upload is looked up without need"],
  ["isOwn && ContentLength === bytes", "isOwn", "another object is treated as this upload's"],
  ["metadata.every(([name, value]) => Metadata[name] === value)", "true", "another object is treated as this upload's"],
  [`...(requireNew ? { IfNoneMatch: "*" } : {})`, "", "an object that is there is replaced"],
  ["!isNeverStored && mayHaveLanded(cause)", "mayHaveLanded(cause)", "removed parts are said to be an object, maybe"],
  [` && found.owner === "none"`, "", "a client is answered that nothing was stored when this is unknown"],
  [`isRefused && found.owner !== "unknown"`, "isRefused", "an upload that met itself is called refused"],
  ["requireNew ? markAttempt(asked) : asked", "asked", "an earlier upload of the same client is treated as this one"],
  [
    `requireNew ? Promise.resolve("left") : removeAllParts(place)`,
    "removeAllParts(place)",
    "another upload of the same client loses its parts",
  ],
  ["partSize: plan.partBytes(declaredBytes),", "", "a large body has too many parts"],
  ["guarded.close();", "", "a body that is not read any more stays open"],
);

const sinkParts = [
  ...mutantsOf(
    "packages/adapter-s3/src/upload/watched-client.ts",
    ["progress.creating = mayHaveLanded(cause)", "void 0", "an upload that was never begun is said to be left behind"],
    ["onFailure(cause);", "", "a client that waits keeps a failed upload from ending"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/upload/remove-parts.ts",
    [`if (Parts.length === 0) return "removed";`, `return "removed";`, "parts that outlive an abort stay"],
    [
      "filter(({ Key, UploadId }) => Key === key && UploadId !== undefined)",
      "slice()",
      "uploads of others are removed",
    ],
    [`aborted && (await abortAgain(s3, upload)) ? "removed" : "left"`, `"removed"`, "what is left is not told"],
  ),
  ...mutantsOf(
    "packages/adapter-s3/src/upload/guarded-body.ts",
    ["if (bytes > maxBytes) throw tooLarge(maxBytes);", "", "the 10,001st part is sent and refused"],
    ["{ highWaterMark: 0 }", "{ highWaterMark: 1_000 }", "a body is read ahead of the store"],
  ),
];

/** Mutants of the relay: its gate, what it holds bodies to, and what it leaves in the store. */
export const relayMutants: readonly Mutant[] = [
  ...claimer,
  ...token,
  ...headers,
  ...[...body, ...reads, ...handler].map((mutant) => ({ ...mutant, mustBeKilledBy: ["packages/adapter-fetch/"] })),
  ...[...sink, ...sinkParts].map((mutant) => ({
    ...mutant,
    mustBeKilledBy: ["packages/adapter-s3/src/upload"],
  })),
];
