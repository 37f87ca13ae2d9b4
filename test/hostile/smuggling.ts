import type { Attempt } from "./watch.ts";

type Bytes = Attempt["bytes"];

/** Stands in values, paths and bodies; must stand in no log line and no answer. */
export const PLANTED = "pl4nted-s3cret";

const BODY = `hello ${PLANTED}`;
const LENGTH = `Content-Length: ${BODY.length}`;

/** A good head but for some lines, a body, and more. */
function put(name: string, lines: string, body = BODY): Attempt {
  return { name, bytes: (target, host) => `PUT ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n\r\n${body}` };
}

/** A chunked body, in one chunk or as given. */
const CHUNKED = `5\r\nhello\r\n0\r\n\r\n`;
const SMUGGLED = `GET /${PLANTED} HTTP/1.1\r\nHost: smuggled\r\n\r\n`;

/** Two ideas of where the body ends. */
const framing: readonly Attempt[] = [
  put("CL.TE", `${LENGTH}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${SMUGGLED}`),
  put("TE.CL", `Transfer-Encoding: chunked\r\nContent-Length: 4`, `5c\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  put("TE.TE", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", CHUNKED),
  put("TE with a tab", `${LENGTH}\r\nTransfer-Encoding:\tchunked`),
  put("TE with a blank before its colon", `${LENGTH}\r\nTransfer-Encoding : chunked`),
  put("TE with a vertical tab", `${LENGTH}\r\nTransfer-Encoding: \x0bchunked`),
  put("TE that is no coding", `${LENGTH}\r\nTransfer-Encoding: xchunked`),
  put("TE that is two codings", `${LENGTH}\r\nTransfer-Encoding: chunked, identity`),
  put("TE in quotes", `${LENGTH}\r\nTransfer-Encoding: "chunked"`),
  put("TE on a folded line", `${LENGTH}\r\nTransfer-Encoding:\r\n chunked`),
  put("TE behind a bare LF", `${LENGTH}\r\nX-Note: a\nTransfer-Encoding: chunked`),
  put("TE behind a bare CR", `${LENGTH}\r\nX-Note: a\rTransfer-Encoding: chunked`),
  put("TE spelt with _", `${LENGTH}\r\nTransfer_Encoding: chunked`),
  put("TE alone", "Transfer-Encoding: chunked", CHUNKED),
  put("TE: identity alone", "Transfer-Encoding: identity"),
  put("TE: gzip, chunked", "Transfer-Encoding: gzip, chunked", CHUNKED),
  put("two lengths", `${LENGTH}\r\nContent-Length: 6`),
  put("the same length twice", `${LENGTH}\r\n${LENGTH}`),
  ...[
    "5, 5",
    "+5",
    "-5",
    "0x5",
    "5 5",
    "5e0",
    "05",
    "5.0",
    "",
    "five",
    "\x0b5",
    "18446744073709551621",
    "9007199254740993",
    "5368709121",
  ].map((length) => put(`the length ${JSON.stringify(length)}`, `Content-Length: ${length}`, "hello")),
  put("a length spelt with _", "Content_Length: 5", "hello"),
  put("a length on a folded line", "Content-Length:\r\n 5", "hello"),
  put("a length with a blank before its colon", "Content-Length : 5", "hello"),
  put("no length", "Accept: */*", ""),
  put("no length, and a body", "Accept: */*"),
  put("chunks with extensions", "Transfer-Encoding: chunked", "5;a=b;c\r\nhello\r\n0\r\n\r\n"),
  put("a chunk larger than all", "Transfer-Encoding: chunked", "fffffffffffffffff\r\nhello"),
  put("a chunk of negative size", "Transfer-Encoding: chunked", "-5\r\nhello\r\n0\r\n\r\n"),
  put("chunks ended by bare LF", "Transfer-Encoding: chunked", "5\nhello\n0\n\n"),
  put(
    "a trailer that S3 would read",
    "Transfer-Encoding: chunked\r\nTrailer: x-amz-acl",
    "5\r\nhello\r\n0\r\nx-amz-acl: public-read\r\n\r\n",
  ),
  put("an invalid end of chunks", "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n"),
];

/** Lines that one parser takes for a header and another does not. */
const lines: readonly Attempt[] = [
  put("a folded header", `${LENGTH}\r\nX-Note: a\r\n x-amz-acl: public-read`),
  put("a folded header, by a tab", `${LENGTH}\r\nX-Note: a\r\n\tx-amz-acl: public-read`),
  put("a header behind a bare LF", `${LENGTH}\r\nX-Note: a\nx-amz-acl: public-read`),
  put("a header behind a bare CR", `${LENGTH}\r\nX-Note: a\rx-amz-acl: public-read`),
  put("a header behind CR CR LF", `${LENGTH}\r\nX-Note: a\r\r\nx-amz-acl: public-read`),
  put("a header behind a NUL", `${LENGTH}\r\nX-Note: a\0x-amz-acl: public-read`),
  put("a header behind a next-line", `${LENGTH}\r\nX-Note: a\x85x-amz-acl: public-read`),
  put("a blank before a colon", `${LENGTH}\r\nx-amz-acl : public-read`),
  put("a blank before a name", `${LENGTH}\r\n x-amz-acl: public-read`),
  put("a name with a NUL", `${LENGTH}\r\nx-amz\0-acl: public-read`),
  put("a name with a byte beyond ASCII", `${LENGTH}\r\nx-amz-acl\xa0: public-read`),
  put("no name", `${LENGTH}\r\n: public-read`),
  put("no colon", `${LENGTH}\r\nx-amz-acl`),
  put("nothing but a colon", `${LENGTH}\r\n:`),
  put("a name in quotes", `${LENGTH}\r\n"x-amz-acl": public-read`),
  put("the id", `${LENGTH}\r\nx-amz-meta-presign-once-id: ${PLANTED}`),
  put("the id, spelt with _", `${LENGTH}\r\nx_amz_meta_presign_once_id: ${PLANTED}`),
  put("the lock", `${LENGTH}\r\nx-once-lock: ${PLANTED}`),
  put("the lock, spelt with _", `${LENGTH}\r\nx_once_lock: ${PLANTED}`),
  put("the lock, named by Connection", `${LENGTH}\r\nConnection: x-once-lock`),
  put("an empty lock", `${LENGTH}\r\nx-once-lock:`),
  put("an empty Authorization", `${LENGTH}\r\nAuthorization:`),
  put("an Authorization with a secret", `${LENGTH}\r\nAuthorization: Bearer ${PLANTED}`),
  put("a Content-MD5 with a secret", `${LENGTH}\r\nContent-MD5: ${PLANTED}`),
  put(
    "secrets everywhere",
    `${LENGTH}\r\nCookie: ${PLANTED}\r\nReferer: /${PLANTED}\r\nX-Note: ${PLANTED}\r\nUser-Agent: ${PLANTED}\r\nif-match: ${PLANTED}`,
  ),
  put("secrets where they may be", `${LENGTH}\r\nCookie: ${PLANTED}\r\nReferer: /${PLANTED}\r\nUser-Agent: ${PLANTED}`),
  put("100 headers", `${LENGTH}\r\n${"X-Note: 1\r\n".repeat(99)}X-Note: 1`),
  put("100 names", `${LENGTH}\r\n${Array.from({ length: 100 }, (_, i) => `X-${i}: 1`).join("\r\n")}`),
  put(
    "more headers than Node keeps",
    `${LENGTH}\r\n${Array.from({ length: 2_100 }, (_, i) => `${i}:`).join("\r\n")}\r\nx-amz-acl: public-read`,
  ),
  put(
    "a length after more headers than Node keeps",
    `${Array.from({ length: 2_100 }, (_, i) => `${i}:`).join("\r\n")}\r\n${LENGTH}`,
  ),
  put("one header of 9 kB", `${LENGTH}\r\nX-Note: ${"a".repeat(9_000)}`),
  put("one header of 30 kB", `${LENGTH}\r\nX-Note: ${"a".repeat(30_000)}`),
  put("one header of 60 kB", `${LENGTH}\r\nX-Note: ${"a".repeat(60_000)}`),
  put("an unknown expectation", `${LENGTH}\r\nExpect: ${PLANTED}`),
  put("an expectation to wait for", `${LENGTH}\r\nExpect: 100-continue`),
  put(
    "an offer of HTTP/2",
    `${LENGTH}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA`,
  ),
  put(
    "an offer of a web socket",
    `${LENGTH}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13`,
  ),
];

/** Request lines and hosts. */
const targets: readonly Attempt[] = (
  [
    ["two blanks", (t) => `PUT  ${t} HTTP/1.1`],
    ["a tab", (t) => `PUT\t${t}\tHTTP/1.1`],
    ["no version", (t) => `PUT ${t}`],
    ["a version from the future", (t) => `PUT ${t} HTTP/9.9`],
    ["HTTP/1.0", (t) => `PUT ${t} HTTP/1.0`],
    ["small letters", (t) => `put ${t} http/1.1`],
    ["an empty line first", (t) => `\r\nPUT ${t} HTTP/1.1`],
    ["a header first", (t) => `x-amz-acl: public-read\r\nPUT ${t} HTTP/1.1`],
    ["a long method", (t) => `${"P".repeat(10_000)} ${t} HTTP/1.1`],
    ["a NUL in the path", (t) => `PUT ${t.replace("/uploads", "/\0uploads")} HTTP/1.1`],
    ["UTF-8 in the path", (t) => `PUT ${t.replace("/uploads", "/\xc3\xbcploads")} HTTP/1.1`],
    ["a byte that is no UTF-8 in the query", (t) => `PUT ${t}&a=\xff HTTP/1.1`],
    ["a blank in the query", (t) => `PUT ${t}&a=b c HTTP/1.1`],
    ["a fragment", (t) => `PUT ${t}#${PLANTED} HTTP/1.1`],
    ["a secret in the query", (t) => `PUT ${t}&a=${PLANTED} HTTP/1.1`],
    ["a secret in the path", (t) => `PUT /${PLANTED}${t} HTTP/1.1`],
    ["a URL of 8,192 bytes", (t) => `PUT ${`${t}&a=`.padEnd(8_192, "a")} HTTP/1.1`],
    ["a URL of 8,193 bytes", (t) => `PUT ${`${t}&a=`.padEnd(8_193, "a")} HTTP/1.1`],
    ["a URL of 100,000 bytes", (t) => `PUT ${`${t}&a=`.padEnd(100_000, "a")} HTTP/1.1`],
    ["the whole URL", (t, host) => `PUT http://${host}${t} HTTP/1.1`],
    ["the whole URL of another host", (t) => `PUT http://smuggled.example${t} HTTP/1.1`],
    ["the whole URL with a user", (t, host) => `PUT http://a:b@${host}${t} HTTP/1.1`],
    ["an authority", (_, host) => `CONNECT ${host} HTTP/1.1`],
    ["an asterisk", () => `OPTIONS * HTTP/1.1`],
    ["a path without its slash", (t) => `PUT ${t.slice(1)} HTTP/1.1`],
    ["two slashes", (t) => `PUT /${t} HTTP/1.1`],
    ["a way back", (t) => `PUT /x/..${t} HTTP/1.1`],
    ["an escaped ?", (t) => `PUT ${t.replace("?", "%3f")} HTTP/1.1`],
    ["a second ?", (t) => `PUT ${t.replace("?", "?&?")} HTTP/1.1`],
  ] satisfies [string, Bytes][]
).map(([name, line]) => ({
  name: `a request line with ${name}`,
  bytes: (target, host) => `${line(target, host)}\r\nHost: ${host}\r\n${LENGTH}\r\n\r\n${BODY}`,
}));

const hosts: readonly Attempt[] = [
  { name: "no Host", bytes: (t) => `PUT ${t} HTTP/1.1\r\n${LENGTH}\r\n\r\n${BODY}` },
  { name: "no Host in HTTP/1.0", bytes: (t) => `PUT ${t} HTTP/1.0\r\n${LENGTH}\r\n\r\n${BODY}` },
  put("a second Host", `Host: smuggled.example\r\n${LENGTH}`),
  ...[
    "",
    "smuggled.example",
    "a:b@127.0.0.1",
    "127.0.0.1:99999",
    "127.0.0.1/x",
    "127.0.0.1?x",
    "\xff",
    PLANTED,
    "a b",
    "[::1]",
  ].map((host): Attempt => ({
    name: `the Host ${JSON.stringify(host)}`,
    bytes: (t) => `PUT ${t} HTTP/1.1\r\nHost: ${host}\r\n${LENGTH}\r\n\r\n${BODY}`,
  })),
];

/** A good upload, as bytes. */
const good: Bytes = (t, host) => `PUT ${t} HTTP/1.1\r\nHost: ${host}\r\n${LENGTH}\r\n\r\n${BODY}`;
const refused: Bytes = (t, host) => good(t, host).replace(LENGTH, `x-amz-acl: private\r\n${LENGTH}`);

/** Several requests at once, and bytes that are none. */
const sequences: readonly Attempt[] = [
  { ...put("a request after the body", LENGTH, BODY + SMUGGLED), methods: ["PUT", "GET"] },
  put("half a request after the body", LENGTH, `${BODY}GET /`),
  put("rubbish after the body", LENGTH, `${BODY}\0\0\0\xff`),
  put("much rubbish after the body", LENGTH, `${BODY}${"\0".repeat(1_000_000)}`),
  put("a body that is a request", `Content-Length: ${SMUGGLED.length}`, SMUGGLED),
  { name: "one upload after the other", bytes: (t, host) => good(t, host).repeat(3), methods: ["PUT", "PUT", "PUT"] },
  {
    name: "an upload after a HEAD",
    bytes: (t, host) => `HEAD ${t} HTTP/1.1\r\nHost: ${host}\r\n\r\n${good(t, host)}`,
    methods: ["HEAD", "PUT"],
  },
  {
    name: "an upload after a refused one",
    bytes: (t, host) => refused(t, host) + good(t, host),
    methods: ["PUT", "PUT"],
  },
  { name: "a GET with a body", bytes: (t, host) => good(t, host).replace("PUT", "GET") },
  { name: "the preface of HTTP/2", bytes: () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0" },
  { name: "a TLS handshake", bytes: () => "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" },
  { name: "an answer", bytes: () => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
  { name: "all bytes", bytes: () => Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("") },
];

/** Every attempt by name. */
export const hostileAttempts: readonly Attempt[] = [...framing, ...lines, ...targets, ...hosts, ...sequences];
