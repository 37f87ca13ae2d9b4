import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import { type CommandResult, runCommand } from "@presign-once/cli";
import { createManualClock } from "@presign-once/core/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { createInProcessEdge, type InProcessEdge } from "../origin-lock/in-process-edge.ts";
import { newKey } from "../origin-lock/known-keys.ts";
import type { Place } from "./place.ts";

/** Races of an upload and a revocation, and by how much later the upload starts in each. */
const ROUNDS = 10;
const STEP_MS = 4;

/**
 * What an operator sees and does of URLs that a real edge issues and lets through, with the settings file of its functions.
 *
 * @param name   of the server and strategy
 * @param start  starts the S3 server, with an empty bucket
 */
export function describeOperator(name: string, start: () => Promise<Place>): void {
  describe(`operator on ${name}`, { timeout: 60_000 }, () => {
    let place: Place;
    let edge: InProcessEdge;
    let directory: string;
    beforeAll(async () => {
      place = await start();
      // Where the functions find their credentials, and the AWS SDK of the operator's tools too.
      vi.stubEnv("AWS_ACCESS_KEY_ID", place.server.credentials.accessKeyId);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", place.server.credentials.secretAccessKey);
      edge = createInProcessEdge(place, [newKey("k1")]);
      directory = await mkdtemp(join(tmpdir(), "presign-once-operator-"));
      await writeFile(join(directory, "presign-once.config.json"), JSON.stringify(edge.settings));
      const { keys: _, ...withoutKeys } = edge.settings;
      await writeFile(join(directory, "no-keys.json"), JSON.stringify(withoutKeys));
    }, 180_000);
    afterAll(async () => {
      vi.unstubAllEnvs();
      await rm(directory, { recursive: true });
      await place?.stop();
    }, 60_000);

    const isSealed = () => edge.settings.index.strategy === "sealed";

    /** Runs a command about a URL, which goes in by the standard input and must not come out again. */
    async function run(command: string, url: string, flags: readonly string[] = [], secondsLater = 0) {
      const clock = createManualClock(new Date());
      clock.advance(secondsLater);
      const surroundings = { env: {}, directory, clock, stdin: Readable.from([Buffer.from(url)]), report: () => {} };
      const result = await runCommand([command, "-", "--json", ...flags], surroundings);
      const { searchParams } = new URL(url);
      for (const secret of [searchParams.get("X-Amz-Signature"), searchParams.get("x-once-tag"), "X-Amz-"])
        expect(result.stdout + result.stderr).not.toContain(secret);
      return { ...result, told: parse(result) };
    }

    /** The last log line of the functions. */
    function lastLine(): Record<string, unknown> {
      return JSON.parse(edge.log.at(-1) ?? "null") as Record<string, unknown>;
    }

    test("a URL is issued, then claimed by the claimant in the log, and stays claimed after its end", async () => {
      const url = await edge.issue();
      const issued = await run("inspect", url);
      expect(issued).toMatchObject({ exitCode: 0, stderr: "", told: { status: "issued", isVerified: true } });
      expect(issued.told["shortHash"]).toBe(lastLine()["hash"]);
      expect(`/${String(issued.told["key"])}`).toBe(new URL(url).pathname);

      expect(await edge.upload(url)).toBe("stored");
      const { claimant, hash } = lastLine();
      const claimed = await run("inspect", url);
      expect(claimed).toMatchObject({ exitCode: 3, told: { status: "claimed", claimant, shortHash: hash } });
      expect(Math.abs(Date.parse(String(claimed.told["at"])) - Date.now())).toBeLessThan(60_000);
      expect(await run("inspect", url, [], 3_600)).toMatchObject({
        exitCode: 3,
        told: { status: "claimed", isExpired: true },
      });
    });

    test("an unused URL expires", async () => {
      const url = await edge.issue();
      expect(await run("inspect", url, [], 3_600)).toMatchObject({ exitCode: 5, told: { status: "expired" } });
      expect(await edge.upload(url)).toBe("stored"); // for the edge, because its clock was not moved
    });

    test("inspecting a URL does not use it up", async () => {
      const url = await edge.issue();
      for (let i = 0; i < 3; i++) await run("inspect", url);
      expect(await edge.upload(url)).toBe("stored");
    });

    test("the edge refuses a revoked URL, and a second revocation succeeds too", async () => {
      const url = await edge.issue();
      expect(await run("revoke", url)).toMatchObject({ exitCode: 0, stderr: "", told: { status: "revoked" } });
      expect(await edge.upload(url)).toBe("UrlUnknown");
      expect(await run("revoke", url)).toMatchObject({ exitCode: 0, told: { status: "revoked" } });
      expect(await edge.upload(url)).toBe("UrlUnknown");
      const { exitCode, told } = await run("inspect", url);
      expect([exitCode, told["status"]]).toEqual([4, "revoked"]);
      expect(Math.abs(Date.parse(String(told["at"])) - Date.now())).toBeLessThan(60_000);
    });

    test("a revocation after the upload reports claimant and time, and changes nothing", async () => {
      const url = await edge.issue();
      expect(await edge.upload(url)).toBe("stored");
      const { claimant } = lastLine();
      const { exitCode, told } = await run("revoke", url);
      expect([exitCode, told]).toMatchObject([3, { status: "already-claimed", claim: { claimant } }]);
      expect(await edge.upload(url)).toBe("UrlAlreadyUsed");
    });

    test("exactly one of a concurrent upload and revocation takes effect, and both report it", async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const url = await edge.issue();
        // The command has more to do before it asks, so the upload is given less and less of a start.
        const later = sleep(round * STEP_MS).then(() => edge.upload(url));
        const [uploaded, { told }] = await Promise.all([later, run("revoke", url)]);
        const outcome = `${uploaded}, ${String(told["status"])}`;
        expect(["stored, already-claimed", "UrlUnknown, revoked"]).toContain(outcome);
      }
    });

    test("a changed URL, or one of another edge, is reported as not issued here", async () => {
      const stranger = createInProcessEdge(place, [newKey("k1")]);
      const url = await edge.issue();
      const foreign = [
        url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")),
        url.replace("/uploads/", "/uploads/x"),
        await stranger.issue(),
      ];
      for (const command of ["inspect", "revoke"])
        for (const other of foreign)
          expect(await run(command, other)).toMatchObject({ exitCode: 7, told: { status: "not-issued" } });
      expect(await edge.upload(url)).toBe("stored");
    });

    test("without keys, the state comes from the index alone", async () => {
      const noKeys = ["--config", "no-keys.json"];
      const [used, unused] = [await edge.issue(), await edge.issue()];
      expect(await edge.upload(used)).toBe("stored");
      expect(await run("inspect", used, noKeys)).toMatchObject({ exitCode: 3, told: { isVerified: false } });
      const told = isSealed() ? [9, "unverified"] : [0, "issued"];
      const { exitCode, told: inspected } = await run("inspect", unused, noKeys);
      expect([exitCode, inspected["status"]]).toEqual(told);
      const madeUp = unused.replace("/uploads/", "/uploads/x");
      expect((await run("inspect", madeUp, noKeys)).exitCode).toBe(isSealed() ? 9 : 6);
      expect((await run("revoke", unused, noKeys)).exitCode).toBe(isSealed() ? 9 : 0);
      expect(await edge.upload(unused)).toBe("UrlUnknown");
    });

    test("a URL issued by the operator works for one upload at the edge", async () => {
      const clock = createManualClock(new Date());
      const surroundings = { env: {}, directory, clock, stdin: Readable.from([]), report: () => {} };
      const { exitCode, stdout } = await runCommand(["issue", "--expires-in", "60"], surroundings);
      expect(exitCode).toBe(0);
      const url = stdout.trim();
      expect(await run("inspect", url)).toMatchObject({ exitCode: 0 });
      expect(await edge.upload(url)).toBe("stored");
      expect(await edge.upload(url)).toBe("UrlAlreadyUsed");
    });

    test("a missing bucket and wrong credentials print one line each", async () => {
      const url = await edge.issue();
      const missing = await run("inspect", url, ["--config", "no-keys.json", "--index-bucket", "no-such-bucket"]);
      expect(missing).toMatchObject({ exitCode: 2, stdout: "" });
      expect(missing.stderr).toMatch(/^presign-once: inspect: [^\n]+ has no bucket no-such-bucket: [^\n]+\n$/);

      const { secretAccessKey } = place.server.credentials;
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another");
      const refused = await run("revoke", url);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
      expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
      expect(refused.stderr).toMatch(
        /^presign-once: revoke: the URL is not revoked for certain: [^\n]+ these credentials [^\n]+\n$/,
      );
      expect(await edge.upload(url)).toBe("stored");
    });
  });
}

function parse({ stdout }: CommandResult): Record<string, unknown> {
  return stdout === "" ? {} : (JSON.parse(stdout) as Record<string, unknown>);
}
