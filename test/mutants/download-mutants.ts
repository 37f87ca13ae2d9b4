import { type Mutant, mutantsOf } from "./mutant.ts";

const gate = mutantsOf(
  "packages/core/src/ticket/download-gate.ts",
  [
    `if (!DOWNLOAD_METHODS.includes(method)) return { status: "refused", reason: "method-not-allowed" };`,
    "",
    "a PUT with a pass is passed on as a GET",
  ],
  [
    `return { status: "shown", hash, ticket };\n      case "claimed":`,
    `case "claimed":`,
    "a link that nobody used is shown as used",
  ],
  [
    `case "revoked":\n      case "unknown":\n        return { status: "refused", hash, reason: told.status };`,
    `case "revoked":\n      case "unknown":\n        return { status: "shown", hash, ticket };`,
    "a link that was taken back is shown",
  ],
  [
    `return { status: "refused", hash, reason: undecidedReason(told.cause), cause: told.cause };`,
    `return { status: "shown", hash, ticket };`,
    "a link is shown as unused while nothing is known of it",
  ],
  [
    `const isOwn = told.status === "claimed" && told.claimant === (await clientClaimant(hash, pass.nonce, digests));`,
    `const isOwn = told.status === "claimed" || (await clientClaimant(hash, pass.nonce, digests)) === "";`,
    "a late client is treated as the first one",
  ],
  [
    `told.status === "claimed" && told.claimant === (await clientClaimant(hash, pass.nonce, digests))`,
    `(await clientClaimant(hash, pass.nonce, digests)) === ""`,
    "a download that broke off cannot go on after a minute",
  ],
  [
    `if (prepared.status === "refused") return { ...prepared, hash };`,
    `if (prepared.status === "refused") throw prepared.cause;`,
    "missing credentials are a fault, not an answer",
  ],
  [
    `ticket.retries === "none" ? undefined : pass?.nonce`,
    "pass?.nonce",
    "a link for exactly one request is good for several",
  ],
  [`ticket.retries === "none" ? undefined : pass?.nonce`, "undefined", "a download that broke off is lost"],
  [
    `ticket.retries === "none" ? undefined : pass?.nonce`,
    `ticket.retries === "none" ? undefined : (pass?.nonce ?? "same")`,
    "every client of a link with confirm=never is the same one",
  ],
  [`if (claim.status !== "claimed") return claim;`, "", "the file is sent for any answer of the index"],
  [
    "const part = claim.repeated ? partOf(request.headers) : undefined;",
    "const part = partOf(request.headers);",
    "a link is used up for the last byte of its file",
  ],
  [
    "const part = claim.repeated ? partOf(request.headers) : undefined;",
    "const part = undefined;",
    "a download that broke off starts again",
  ],
  [`method === "GET" && ticket.confirm === "never"`, `method === "GET"`, "a link preview uses the link up"],
  [`method === "GET" && ticket.confirm === "never"`, `ticket.confirm === "never"`, "a HEAD uses the link up"],
  [
    `await readPass(query.slice(PASS_PARAMETER.length), hash, keys)`,
    `{ expiresAt: new Date(8e15), nonce: query }`,
    "any query is a pass",
  ],
  [`pass === undefined || method === "POST"`, "pass === undefined", "a POST with a pass is taken for a look"],
  ["isGet && clock.now() < pass.expiresAt", "clock.now() < pass.expiresAt", "a HEAD uses the link up"],
  ["isGet && clock.now() < pass.expiresAt", "isGet", "a pass is good for as long as its link"],
  [
    "clock.now() < pass.expiresAt",
    "clock.now() <= pass.expiresAt",
    "a pass lives one instant longer than was promised",
  ],
  [
    `return isGet ? use(request, good, prepare, pass) : { status: "shown", hash, ticket };`,
    "return use(request, good, prepare, pass);",
    "a HEAD is signed as a GET, and S3 refuses it",
  ],
  ["range === undefined || !ONE_RANGE.test(range)", "range === undefined", "any text is sent to S3 as a range"],
  [
    "ifRange !== undefined && (isStrongEtag(ifRange) || DATE.test(ifRange))",
    "ifRange !== undefined",
    "any text is sent to S3 as a condition",
  ],
  [
    "return isCondition ? { range, ifRange } : undefined;",
    "return { range, ifRange: isCondition ? ifRange : undefined };",
    "a client whose condition is not understood puts parts of two files together",
  ],
  [
    `if (!headers.some(([name]) => name === "if-range")) return`,
    `if (onlyValue(headers, "if-range") === undefined) return`,
    "a client that sends its condition twice puts parts of two files together",
  ],
  [
    "return isCondition ? { range, ifRange } : undefined;",
    "return isCondition ? { range, ifRange: undefined } : undefined;",
    "a client puts parts of two files together",
  ],
);

const ticket = mutantsOf(
  "packages/core/src/ticket/download-ticket.ts",
  [`head?.method !== "GET" || `, "head === undefined || ", "a ticket for an upload downloads"],
  [" || encodeSegments(key) !== head.key) return", ") return", "one link has many payloads"],
  ["    !isFileName(fileName) ||\n", "", "a name breaks out of its header"],
  [`(type ?? DOWNLOAD_TYPES[0])`, `DOWNLOAD_TYPES[0]`, "every file is a file of no type"],
  ["    contentType === undefined ||\n", "", "S3 is told to answer with no type"],
  [`!(confirm === null || confirm === "never") ||`, "", "a ticket of another version is read as one of this"],
  [`!(retries === null || retries === "none") ||`, "", "a ticket of another version is read as one of this"],
  ["    others.length > 0\n", "    false\n", "a ticket of another version is read as one of this"],
  [String.raw`\p{Bidi_Control}`, "", "a program is shown as a document"],
  [String.raw`\p{Bidi_Control}/\\`, String.raw`\p{Bidi_Control}`, "a file is stored in another folder"],
  ["percentEncode(name).length <= MAX", "name.length <= MAX", "a name is too long for S3, after the claim"],
);

const pass = mutantsOf(
  "packages/core/src/ticket/pass.ts",
  [
    'return tokenText("pass", `${hash}.${text}`);',
    'return tokenText("pass", text);',
    "a pass of one link is good for all others",
  ],
  ['tokenText("pass"', 'tokenText("ticket"', "a pass has the tag of a ticket"],
  [
    "if ((await keys.verifyTag(passText(hash, `${expiry}.${nonce}`), tag)) === undefined) return undefined;",
    "",
    "anybody makes a pass",
  ],
  [
    "passText(hash, `${expiry}.${nonce}`), tag",
    'passText(hash, `${expiry}.${"1".padStart(32, "0")}`), tag',
    "one pass is those of many clients",
  ],
  ["${ids.claimant()}", '${"0".repeat(32)}', "all who press are the same client, and all of them win"],
  ["+ PASS_SECONDS", "+ 60 * PASS_SECONDS", "a pass that leaks is good for an hour"],
  ["Number(expiry) * 1000", "Number(expiry)", "no pass is ever in time"],
);

const issuer = mutantsOf(
  "packages/core/src/ticket/download-issuer.ts",
  ["check(isBelow(keyPrefix, key), ", "check(true || isBelow(keyPrefix, key), ", "a link to the index"],
  ["check(isFileName(name), ", "check(true || isFileName(name), ", "a link that the edge does not take"],
  ["check(isType, ", "check(true || isType, ", "a link that the edge does not take"],
  ["check(isLife, ", "check(true || isLife, ", "a link that lives longer than the index remembers"],
  ["check(baseUrlForm.is(baseUrl), ", "check(true || baseUrl.is(baseUrl), ", "a link that leads elsewhere"],
  ["check(token.length <= MAX_TOKEN_LENGTH, ", "check(true, ", "a link that the edge does not take"],
  ["return registerHash(deps.index, ", "return registerHash(undefined, ", "a link that no index knows"],
  ["  checkKeyPrefix(keyPrefix);\n", "", "a prefix that is no folder reaches its neighbours"],
);

const terms = [
  ...mutantsOf("packages/core/src/ticket/ticket-fault.ts", [
    "isBelow(keyPrefix, key, NAMES[method])",
    "isBelow(keyPrefix, key)",
    "an upload to a key that nothing escapes",
  ]),
  ...mutantsOf(
    "packages/core/src/url/object-key.ts",
    [`segment !== "" && segment !== "." && segment !== ".."`, "true", "a key that a server reads as another one"],
    [` && segment !== ".."`, "", "a link to another folder"],
    ["/^[^\\p{Cc}\\p{Cs}\\\\]+$/u", "/^[^\\p{Cc}\\p{Cs}]+$/u", "a key that some servers read as another path"],
  ),
].map((mutant) => ({ ...mutant, mustBeKilledBy: ["packages/core/"] }));

const header = mutantsOf(
  "packages/core/src/url/content-disposition.ts",
  [`|["\\\\%]/gu`, "/gu", "a name breaks out of its quotes"],
  ["${percentEncode(fileName)}", "${fileName}", "a name breaks out of its header"],
  ["attachment;", "inline;", "a file is shown in the name of the site"],
);

const request = mutantsOf(
  "packages/core/src/http/download-request.ts",
  ["Object.hasOwn(PARAMETERS, name) ? ", "", "a name that every object has is a parameter"],
  ["if (values.has(name)) return", "if (false) return", "two readers read two keys"],
  ["if (!is(value)) return", "if (false) return", "parameters are not looked at"],
  [
    "Math.min(limits.expiresInSeconds, limits.maxExpiresInSeconds)",
    "limits.expiresInSeconds",
    "a link lives longer than any may",
  ],
  [`...(values.has("confirm") ? { confirm: "never" } : {}),`, "", "a link that a program is to download shows a page"],
  [`...(values.has("retries") ? { retries: "none" } : {}),`, "", "a link for one request is good for several"],
);

const endpoint = mutantsOf(
  "packages/core/src/http/issue-endpoint.ts",
  [
    "if (!handedOut.some((folder) => isBelow(keyPrefix + folder, asked.key)))",
    "if (!isBelow(keyPrefix, asked.key))",
    "every caller hands out the objects of all others",
  ],
  [
    'isCallers && fault.field !== "folder"',
    "isCallers",
    "a fault of the authorizer is told to the caller as their own",
  ],
);

const answered = mutantsOf(
  "packages/core/src/http/read-authorization.ts",
  ["check(areFolders, ", "check(true, ", "an authorizer's folder without an end reaches its neighbours"],
  [
    "downloads = [] } = authorization",
    'downloads = [""] } = authorization',
    "callers without folders hand out everything",
  ],
);

const edge = mutantsOf(
  "packages/core/src/edge/download.ts",
  [
    "headers: [lock], query: forced(ticket)",
    "headers: [], query: forced(ticket)",
    "a signature that leaks gets the file",
  ],
  ["headers: [lock], query: forced(ticket)", "headers: [lock], query: []", "S3 answers with HTML that browsers run"],
  ["wholeSeconds(clock.now()), expires", "clock.now(), expires", "S3 is asked with a date that is none"],
  ["headers: [...range, lock] };", "headers: range };", "S3 refuses every download after the claim"],
);

const relay = mutantsOf(
  "packages/adapter-fetch/src/download-handler.ts",
  [`"Content-Security-Policy": "sandbox",\n`, "", "a stored page runs"],
  [`"X-Content-Type-Options": "nosniff",\n`, "", "a stored page runs"],
  ["        signal.aborted\n", "        (false as boolean)\n", "a client that has gone uses the link up"],
  [
    "source.open({ key: ticket.key, ...part, signal })",
    "source.open({ key: ticket.key, signal })",
    "a download starts again",
  ],
  ["...part, signal })", "...part })", "a client that has gone leaves a request to the store behind"],
  ["if (signal.aborted) end", "if (false as boolean) end", "a client that has gone is told to be the store's failure"],
  ["      finish();\n", "", "a worker is kept at work for a download that is over"],
);

const sending = mutantsOf(
  "packages/adapter-fetch/src/send-file.ts",
  ["    close();\n", "", "the connection of a client that has gone stays open"],
  ["next.done === true && isShort", "false as boolean", "a file that is too short ends like a whole one"],
  ["body.pipeThrough(new FixedLengthStream(bytes))", "body", "workerd ends a file that broke off like a whole one"],
  ["to.error(cause);", "to.close();", "a file that broke off ends like a whole one"],
);

const source = mutantsOf(
  "packages/adapter-s3/src/upload/s3-download-source.ts",
  ["Range: range, IfMatch: ifRange", "Range: range", "a client puts parts of two files together"],
  ["if (!isStrongEtag(ifRange)) return get({});", "", "a date is sent as an ETag"],
  [", { abortSignal: reader.signal }", "", "the request of a reader that has gone goes on"],
  ["if (signal?.aborted === true) leave();", "", "a reader that has gone before is waited for"],
);

const answers = mutantsOf(
  "packages/core/src/http/download-answers.ts",
  [`["Referrer-Policy", "no-referrer"]],\n    body`, `],\n    body`, "the pass is told to other sites"],
  ["`${path}?${query}`], NO_STORE", "`${path}?${query}`]", "a pass is stored in caches"],
  [`  revoked: "download-revoked",\n`, "", "a link that was taken back is told to be forged"],
  [`...PAGE_HEADERS, ...headers`, `...headers`, "a page that may run and load anything"],
);

const page = mutantsOf(
  "packages/core/src/http/download-page.ts",
  ["/[&<>\"']/g", "/[&>\"']/g", "a name runs a script"],
  ["${escape(name)}</h1>", "${name}</h1>", "a name runs a script"],
  ["<title>${escape(title)}</title>", "<title>${title}</title>", "a name runs a script"],
  [` action="?"`, "", "the button of a page at a late pass leads to an error"],
);

const handler = mutantsOf(
  "packages/adapter-edge/src/functions/verify-handler.ts",
  [
    "deps.downloader !== undefined && request.uri.startsWith(DOWNLOAD_PATH)",
    "deps.downloader !== undefined && false",
    "no link is taken",
  ],
  [`method === "HEAD" ? { ...given, body: "" } : given`, "given", "a HEAD is answered with a body"],
  ["    deps.writeLine(describeDownload(decision, requestId));\n", "", "downloads leave no trace in the log"],
  [`acceptsHtml(headers) ? "html" : "json"`, `"html"`, "programs are answered with a page"],
);

export const downloadMutants: readonly Mutant[] = [
  ...gate,
  ...edge,
  ...relay,
  ...sending,
  ...source,
  ...ticket,
  ...pass,
  ...issuer,
  ...terms,
  ...header,
  ...request,
  ...endpoint,
  ...answered,
  ...answers,
  ...page,
  ...handler,
];
