import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { toHex } from "../bytes/bytes.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { createEdgeKeys, type EdgeKey, type LockedUrl } from "./edge-keys.ts";

const OLD = key("2025", 0x01);
const NEW = key("2026", 0x02);
const CANONICAL = "PUT\n/uploads/1\nX-Amz-Date=20260102T030405Z&X-Amz-Signature=ab";
const URL_TO_LOCK: LockedUrl = { path: "/uploads/1", date: "20260102T030405Z", expires: "630" };

describe("computes known values:", () => {
  test("a tag is the key's id and an HMAC-SHA256 under the label of tags", async () => {
    const mac = await hmac(OLD, `presign-once/tag/1\n\n${CANONICAL}`);
    expect(await createEdgeKeys([OLD]).tag(CANONICAL)).toBe(`2025.${mac}`);
    expect(mac).toBe("c14038adef9e202d36ea3ed82e6a77b6c3ed33f094a6123c17b0d859bd9e8d9a");
  });

  test("a lock is an HMAC-SHA256 of path, date and expiry under the label of locks", async () => {
    const mac = await hmac(OLD, "presign-once/lock/1\n/uploads/1\n20260102T030405Z\n630");
    expect(await createEdgeKeys([OLD]).lock(URL_TO_LOCK)).toBe(mac);
    expect(mac).toBe("011e8632d476ca15f52db8f474693dd7a6d547b25822716c12d2e0d2751c2411");
  });

  test("hashes text outside ASCII as UTF-8", async () => {
    const mac = await hmac(OLD, "presign-once/tag/1\n\né🗝");
    expect(await createEdgeKeys([OLD]).tag("é🗝")).toBe(`2025.${mac}`);
    expect(mac).toBe("2923a98894b6b43aab50dc9826c48285e809aa4de9652f456b6dae484b3a53fd");
  });
});

describe("the scope", () => {
  test("is a separate line in the input of a tag", async () => {
    const mac = await hmac(OLD, `presign-once/tag/1\nsealed here\n${CANONICAL}`);
    expect(await createEdgeKeys([OLD], { scope: "sealed here" }).tag(CANONICAL)).toBe(`2025.${mac}`);
    expect(mac).toBe("d5491d6476524725ed8ecba04acaa077ee60a9e3c604a7400471d3c1eed877ff");
  });

  test.each(["", "sealed", "sealed there", "sealed here "])("refuses a tag with another scope: %j", async (scope) => {
    const tag = await createEdgeKeys([OLD], { scope: "sealed here" }).tag(CANONICAL);
    expect(await createEdgeKeys([OLD], { scope }).verifyTag(CANONICAL, tag)).toBeUndefined();
  });

  test("may not have several lines: it could end where a request begins", () => {
    expect(() => createEdgeKeys([OLD], { scope: "sealed\nPUT" })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: "scope: expected one line" }),
    );
  });
});

describe("the tag", () => {
  test("verifies, and names the key that made it", async () => {
    const keys = createEdgeKeys([OLD, NEW]);
    expect(await keys.verifyTag(CANONICAL, await keys.tag(CANONICAL))).toBe("2025");
  });

  test("is refused for a changed canonical request", async () => {
    const keys = createEdgeKeys([OLD]);
    const tag = await keys.tag(CANONICAL);
    for (let i = 0; i < CANONICAL.length; i++) {
      const changed = `${CANONICAL.slice(0, i)}~${CANONICAL.slice(i + 1)}`;
      expect(await keys.verifyTag(changed, tag)).toBeUndefined();
    }
    for (const changed of ["", `${CANONICAL}\n`, CANONICAL.toLowerCase()])
      expect(await keys.verifyTag(changed, tag)).toBeUndefined();
  });

  test("is refused if any character is changed", async () => {
    const keys = createEdgeKeys([OLD]);
    const tag = await keys.tag(CANONICAL);
    for (let i = 0; i < tag.length; i++) {
      const changed = tag.slice(0, i) + (tag[i] === "0" ? "1" : "0") + tag.slice(i + 1);
      expect(await keys.verifyTag(CANONICAL, changed)).toBeUndefined();
    }
  });

  test("is refused if it names another key than the one that made it", async () => {
    const keys = createEdgeKeys([OLD, NEW]);
    const tag = await keys.tag(CANONICAL);
    expect(await keys.verifyTag(CANONICAL, tag.replace("2025", "2026"))).toBeUndefined();
    expect(await keys.verifyTag(CANONICAL, tag.replace("2025", "2027"))).toBeUndefined();
  });

  test("is refused if made by a key with the same id but another secret", async () => {
    const tag = await createEdgeKeys([key("2025", 0x03)]).tag(CANONICAL);
    expect(await createEdgeKeys([OLD]).verifyTag(CANONICAL, tag)).toBeUndefined();
  });

  test("is refused in another form", async () => {
    const keys = createEdgeKeys([OLD]);
    const tag = await keys.tag(CANONICAL);
    const [id, mac = ""] = tag.split(".");
    const spellings = [
      "",
      ".",
      id,
      mac,
      `.${mac}`,
      `${id}${mac}`,
      `${id}.${mac.toUpperCase()}`,
      `${id}.${mac.slice(2)}`,
    ];
    for (const spelling of [...spellings, `${tag}00`, `${tag}\n`, ` ${tag}`, `${tag}.${mac}`])
      expect(await keys.verifyTag(CANONICAL, spelling ?? "")).toBeUndefined();
  });

  test("never makes verification throw", async () => {
    const keys = createEdgeKeys([OLD]);
    const anything = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
    await fc.assert(
      fc.asyncProperty(
        anything,
        fc.oneof(
          anything,
          anything.map((text) => `2025.${text}`),
        ),
        async (canonical, tag) => {
          expect(await keys.verifyTag(canonical, tag)).toBeUndefined();
        },
      ),
    );
  });
});

describe("the origin lock", () => {
  test("depends on path, date, expiry and key only", async () => {
    const keys = createEdgeKeys([OLD, NEW]);
    const locks = await Promise.all([
      keys.lock(URL_TO_LOCK),
      keys.lock({ ...URL_TO_LOCK, path: "/uploads/2" }),
      keys.lock({ ...URL_TO_LOCK, date: "20260102T030406Z" }),
      keys.lock({ ...URL_TO_LOCK, expires: "631" }),
      keys.lock(URL_TO_LOCK, "2026"),
    ]);
    expect(new Set(locks).size).toBe(locks.length);
    expect(await createEdgeKeys([NEW, OLD]).lock({ ...URL_TO_LOCK }, "2025")).toBe(locks[0]);
  });

  test("separates its fields", async () => {
    const keys = createEdgeKeys([OLD]);
    const lock = await keys.lock({ path: "/1", date: "23", expires: "4" });
    expect(await keys.lock({ path: "/12", date: "3", expires: "4" })).not.toBe(lock);
    expect(await keys.lock({ path: "/1", date: "2", expires: "34" })).not.toBe(lock);
  });

  test("uses the first key unless another is named", async () => {
    const keys = createEdgeKeys([NEW, OLD]);
    expect(await keys.lock(URL_TO_LOCK)).toBe(await keys.lock(URL_TO_LOCK, "2026"));
  });

  test("throws for an unknown key", async () => {
    await expect(createEdgeKeys([OLD]).lock(URL_TO_LOCK, "2026")).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  test("is never a valid tag, not even of the text that it is derived from", async () => {
    const keys = createEdgeKeys([OLD]);
    const { path, date, expires } = URL_TO_LOCK;
    const lock = await keys.lock(URL_TO_LOCK);
    const text = `${path}\n${date}\n${expires}`;
    for (const canonical of [text, `presign-once/lock/1\n${text}`, `presign-once/tag/1\n${text}`])
      expect(await keys.verifyTag(canonical, `2025.${lock}`)).toBeUndefined();
  });
});

test("keeps URLs usable during a rotation: neighbouring deployments verify and unlock them", async () => {
  // Edges are deployed one by one, so each stage meets URLs of the stage before it and of the stage after it.
  const stages = [[OLD], [OLD, NEW], [NEW, OLD]].map((keys) => createEdgeKeys(keys));
  for (const [i, issuing] of stages.entries()) {
    const tag = await issuing.tag(CANONICAL);
    const lock = await issuing.lock(URL_TO_LOCK);
    for (const verifying of stages.slice(Math.max(0, i - 1), i + 2)) {
      const keyId = await verifying.verifyTag(CANONICAL, tag);
      expect(keyId).toBe(i < 2 ? "2025" : "2026");
      expect(await verifying.lock(URL_TO_LOCK, keyId)).toBe(lock);
    }
  }
});

test("stops verifying with a removed key, and keeps verifying with the others", async () => {
  const [before, after] = [createEdgeKeys([NEW, OLD]), createEdgeKeys([NEW])];
  expect(await after.verifyTag(CANONICAL, await before.tag(CANONICAL))).toBe("2026");
  expect(await after.verifyTag(CANONICAL, await createEdgeKeys([OLD]).tag(CANONICAL))).toBeUndefined();
});

test("copies the secret, so that overwriting it later changes nothing", async () => {
  const secret = new Uint8Array(32).fill(0x01);
  const keys = createEdgeKeys([{ id: "2025", secret }]);
  secret.fill(0);
  expect(await keys.tag(CANONICAL)).toBe(await createEdgeKeys([OLD]).tag(CANONICAL));
});

describe("refuses a configuration by field:", () => {
  test.each<[string, EdgeKey[], RegExp]>([
    ["no key", [], /^keys: expected at least one/],
    ["a repeated id", [OLD, { ...NEW, id: "2025" }], /^keys: .*2025.*twice/],
    ["an empty id", [{ ...OLD, id: "" }], /^keys: expected each id/],
    ["an id of 33 characters", [{ ...OLD, id: "a".repeat(33) }], /^keys: expected each id/],
    ["an id with a dot", [{ ...OLD, id: "a.b" }], /^keys: expected each id/],
    ["an id with a line end", [{ ...OLD, id: "a\n" }], /^keys: expected each id/],
    ["a secret of 31 bytes", [OLD, { ...NEW, secret: NEW.secret.slice(1) }], /^keys: .*2026.*32 bytes/],
    ["a secret of 33 bytes", [{ ...OLD, secret: new Uint8Array(33) }], /^keys: .*2025.*32 bytes/],
    ["an empty secret", [{ ...OLD, secret: new Uint8Array() }], /^keys: .*2025.*32 bytes/],
    ["no allowance", [{ ...OLD, allows: null as never }], /^keys: expected allows of 2025 to be an object/],
    ["one folder, no list", [{ ...OLD, allows: { uploads: "a/" as never } }], /^keys: expected allows.uploads of 2025/],
    ...["a", "/a/", "a//", "../", "a/../b/", "a/./", "a\\b/", "/", "a\n/", 7 as never].map(
      (folder): [string, EdgeKey[], RegExp] => [
        `a folder ${JSON.stringify(folder)}`,
        [OLD, { ...NEW, allows: { uploads: [], downloads: ["a/", folder] } }],
        /^keys: expected allows.downloads of 2026 to be a list of folders, each followed by \//,
      ],
    ),
  ])("%s", (_, keys, message) => {
    expect(() => createEdgeKeys(keys)).toThrow(PresignOnceError);
    expect(() => createEdgeKeys(keys)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => createEdgeKeys(keys)).toThrow(message);
  });

  test("but accepts folders of any characters that can be printed, and all folders", () => {
    const keys = createEdgeKeys([{ ...OLD, allows: { uploads: [""], downloads: ["a é/b/", ".a/"] } }]);
    expect(keys.allows({ method: "PUT", key: "a/b" })).toBe(true);
    expect(keys.allows({ method: "GET", key: "a é/b/c" })).toBe(true);
  });

  test("but accepts an id of 32 letters, digits, dashes and underscores", async () => {
    const id = "Aa0-_".padEnd(32, "z");
    expect(await createEdgeKeys([{ ...OLD, id }]).tag("")).toMatch(new RegExp(`^${id}\\.[0-9a-f]{64}$`));
  });
});

/** By Web Crypto itself; the answers that it must give are those of Node's `createHmac`. */
async function hmac({ secret }: EdgeKey, text: string): Promise<string> {
  const bytes = new Uint8Array(secret);
  const imported = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text))));
}

function key(id: string, byte: number): EdgeKey {
  return { id, secret: new Uint8Array(32).fill(byte) };
}
