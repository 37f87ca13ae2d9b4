import { PresignOnceError } from "@presign-once/core";

import type { Surroundings } from "./command.ts";

/** Names the flag's variable. It is no setting of the functions', so the settings file has no field for it. */
const VARIABLE = "PRESIGN_ONCE_RELAY_SCOPE";

/** The flag with the scope of a relay's keys, as `parseArgs` takes it. */
export const relayScopeFlag = { "relay-scope": { type: "string" } } as const;

/** The lines of `--help` about it. */
export const RELAY_SCOPE_HELP = `  --relay-scope TEXT   scope of the relay's edge keys, or ${VARIABLE}: where it is another than
                       "STRATEGY BUCKET" or, with a folder of its own, "STRATEGY BUCKET FOLDER" of the index
`;

/**
 * Reads the scope that the operator gave; the flag first, then the environment.
 *
 * @returns `undefined` if none was given
 * @throws {PresignOnceError} `CONFIG_INVALID`: several lines
 */
export function readRelayScope(
  flags: Readonly<{ "relay-scope"?: string | undefined }>,
  { env }: Pick<Surroundings, "env">,
): string | undefined {
  const flag = flags["relay-scope"];
  const scope = flag ?? env[VARIABLE];
  if (scope?.includes("\n"))
    throw new PresignOnceError(
      "CONFIG_INVALID",
      `${flag === undefined ? VARIABLE : "--relay-scope"}: expected one line`,
    );
  return scope === "" ? undefined : scope;
}
