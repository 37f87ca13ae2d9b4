import { expect, test } from "vitest";

import { uploadLarge } from "./large-upload.ts";

const MIB = 1024 ** 2;
const MOST = 200 * MIB;

test.runIf(process.platform === "linux")(
  "768 MiB of unknown length keep the relay below 200 MB",
  { timeout: 240_000 },
  async () => {
    const upload = await uploadLarge(768 * MIB);
    console.log(
      `relay, 768 MiB: ${upload.seconds.toFixed(1)} s, peak ${Math.round(upload.peakBytes / MIB)} MB resident`,
    );
    expect(upload).toMatchObject({ status: 200, outcome: "stored", objectBytes: 768 * MIB, leftovers: 0 });
    expect(upload.peakBytes).toBeLessThan(MOST);
  },
);

test.runIf(process.platform === "linux")(
  "a client that disconnects after 96 MiB of them leaves neither an object nor parts",
  { timeout: 240_000 },
  async () => {
    const upload = await uploadLarge(768 * MIB, 96 * MIB);
    expect(upload).toMatchObject({ outcome: "broken-off", objectBytes: undefined, leftovers: 0 });
    expect(upload.peakBytes).toBeLessThan(MOST);
  },
);
