import { bundle } from "./bundle.ts";
import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { inspect } from "./inspect.ts";
import { issue } from "./issue.ts";
import { local } from "./local.ts";
import { revoke } from "./revoke.ts";
import { token } from "./token.ts";

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [issue, inspect, revoke, doctor, token, bundle, local];
