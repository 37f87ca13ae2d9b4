/**
 * `pnpm test large`: streams an upload of any size and of unknown length through the README's relay on Node into an R2
 * on disk, and tells how long it took and how much memory the relay had. Needs as much room for temporary files.
 *
 * Ends with 1 if the object is not there whole, or if anything is left of an upload that broke off.
 */
import { parseArgs } from "node:util";

import { uploadLarge } from "./large-upload.ts";

const HELP = `usage: pnpm test large [options]

  --gib N       size of the upload; default 8
  --hang-up     the client hangs up half-way
  --plain       Node without the flag that the README gives
`;
const GIB = 1024 ** 3;

const { values } = parseArgs({
  options: {
    gib: { type: "string", default: "8" },
    "hang-up": { type: "boolean", default: false },
    plain: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  const bytes = Number(values.gib) * GIB;
  const hangsUp = values["hang-up"];
  const upload = await uploadLarge(bytes, hangsUp ? bytes / 2 : Infinity, values.plain ? [] : undefined);
  console.log(JSON.stringify({ ...upload, peakMiB: Math.round(upload.peakBytes / 1024 ** 2) }));
  const isWhole = upload.status === 200 && upload.objectBytes === bytes;
  const isGone = upload.objectBytes === undefined && upload.outcome === "broken-off";
  if (upload.leftovers > 0 || !(hangsUp ? isGone : isWhole)) process.exitCode = 1;
}
