import { describe, expect, test } from "vitest";

import { careless } from "../../test/careless-s3.ts";
import { accessTo, answer, BUCKET, s3Error, startFakeS3 } from "../../test/fake-s3.ts";
import { refusedEndpoint } from "../../test/refused-endpoint.ts";
import { tries } from "../../test/tries.ts";
import { doctor, type DoctorOptions } from "./doctor.ts";

const quick: Pick<DoctorOptions, "rounds" | "claimants" | "newDeadline"> = {
  rounds: 1,
  claimants: 4,
  newDeadline: tries(3), // counted and not timed, so that the laws say the same on a busy machine
};

describe("on a server that ignores conditions", () => {
  test("conditional is unsafe, with the laws that it breaks", { timeout: 20_000 }, async () => {
    const { script } = careless();
    const server = await startFakeS3(script);
    const told: string[] = [];
    const onProgress = (strategy: string, law: string) => void told.push(`${strategy}: ${law}`);
    const [report] = await doctor({
      access: server.access,
      bucket: BUCKET,
      strategies: ["conditional"],
      ...quick,
      exhaustive: true,
      onProgress,
    });
    expect(told).toEqual(report!.laws.map(({ name }) => `conditional: ${name}`));
    expect(report).toMatchObject({ strategy: "conditional", verdict: "unsafe", rounds: 1, claimants: 4 });
    const broken = report!.laws.filter((law) => law.broken !== undefined).map(({ name }) => name);
    expect(broken).toContain("a second claim is refused");
    expect(broken).toContain("exactly one of many concurrent claims wins");
    expect(broken).not.toContain("the first claim of a registered hash wins");
    expect(report!.laws.find(({ name }) => name === "exactly one of many concurrent claims wins")!.broken).toBe(
      "4 of 4 concurrent claims won in round 1 of 1",
    );
  });

  test("a strategy is given up at the first law that it breaks", async () => {
    const { access } = await startFakeS3(careless().script);
    const [report] = await doctor({ access, bucket: BUCKET, strategies: ["conditional"], ...quick });
    expect(report).toMatchObject({ verdict: "unsafe" });
    expect(report!.laws.map(({ broken }) => broken !== undefined)).toEqual([false, true]);
  });

  test("versioning is unavailable, and the check writes nothing", async () => {
    const { script } = careless();
    const server = await startFakeS3(script);
    const reports = await doctor({ access: server.access, bucket: BUCKET, strategies: ["versioning"], ...quick });
    expect(reports).toMatchObject([
      { strategy: "versioning", verdict: "unavailable", reason: `versioning is off on ${BUCKET}`, laws: [] },
    ]);
    expect(server.operations).not.toContain("PutObject");
  });

  test("removes all that it wrote, and touches nothing else", async () => {
    const { script, objects } = careless();
    const server = await startFakeS3(script);
    const ours = new Map([
      ["signatures/of-somebody", "x"],
      ["signatures/doctor-of-somebody", "y"],
    ]);
    for (const [key, body] of ours) objects.set(key, body);
    const options = { access: server.access, bucket: BUCKET, strategies: ["conditional"] as const, ...quick };
    await doctor({ ...options, exhaustive: true });
    expect(new Map(objects)).toEqual(ours);
    const written = server.requests.filter(
      ({ operation }) => operation === "PutObject" || operation === "DeleteObject",
    );
    expect(written.length).toBeGreaterThan(10);
    for (const { key } of written) expect(key).toMatch(/^signatures\/doctor-[0-9a-f-]{36}\/[0-9a-f]{64}$/);
  });

  test("returns the report even if the cleanup fails", async () => {
    const { script } = careless({ DeleteObject: s3Error(403, "AccessDenied") });
    const server = await startFakeS3(script);
    const options = { access: server.access, bucket: BUCKET, strategies: ["conditional"] as const, ...quick };
    expect(await doctor(options)).toMatchObject([{ verdict: "unsafe" }]);
  });

  test("returns the report even if the list for the cleanup fails", async () => {
    const { script } = careless();
    let listed = 0;
    const list = script.ListObjectsV2 as Exclude<typeof script.ListObjectsV2, readonly unknown[] | undefined>;
    const server = await startFakeS3({
      ...script,
      ListObjectsV2: (request) => (listed++ === 0 ? list(request) : s3Error(500, "InternalError")),
    });
    const options = { access: server.access, bucket: BUCKET, strategies: ["conditional"] as const, ...quick };
    expect(await doctor(options)).toMatchObject([{ verdict: "unsafe" }]);
  });

  test("removes all that it wrote even if the examination fails", async () => {
    const { script, objects } = careless();
    const server = await startFakeS3(script);
    let laws = 0;
    const onProgress = () => {
      if (++laws === 4) throw new Error("enough");
    };
    const options = { access: server.access, bucket: BUCKET, strategies: ["conditional"] as const, ...quick };
    await expect(doctor({ ...options, exhaustive: true, onProgress })).rejects.toThrow("enough");
    expect([...objects.keys()]).toEqual([]);
  });
});

describe("versioning is unavailable", () => {
  test.each([
    [
      "suspended",
      answer(200, {}, "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"),
      "versioning is suspended on",
    ],
    ["a secret", s3Error(403, "AccessDenied"), "versioning cannot be asked for on index-bucket (AccessDenied)"],
    [
      "not implemented",
      s3Error(501, "NotImplemented"),
      "versioning cannot be asked for on index-bucket (NotImplemented)",
    ],
  ])("if it is %s", async (_name, GetBucketVersioning, reason) => {
    const { script } = careless({ GetBucketVersioning });
    const server = await startFakeS3(script);
    const reports = await doctor({ access: server.access, bucket: BUCKET, strategies: ["versioning"], ...quick });
    expect(reports).toMatchObject([{ verdict: "unavailable", reason: expect.stringContaining(reason) }]);
  });
});

describe("throws one error that names a bucket that cannot be examined", () => {
  const unreachable = (why: string) => ({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(`^bucket: ${BUCKET} cannot be listed .*${why}`),
  });

  test.each([
    ["missing", s3Error(404, "NoSuchBucket"), "NoSuchBucket"],
    ["forbidden", s3Error(403, "AccessDenied"), "AccessDenied"],
    ["elsewhere", s3Error(301, "PermanentRedirect"), "PermanentRedirect"],
  ])("if it is %s", async (_name, said, why) => {
    const server = await startFakeS3({ ListObjectsV2: [said] });
    await expect(doctor({ access: server.access, bucket: BUCKET, ...quick })).rejects.toMatchObject(unreachable(why));
    expect(server.operations).toEqual(["ListObjectsV2"]);
  });

  test("if no server answers", async () => {
    const access = accessTo(await refusedEndpoint());
    await expect(doctor({ access, bucket: BUCKET, ...quick })).rejects.toMatchObject(unreachable("ECONNREFUSED"));
  });
});
