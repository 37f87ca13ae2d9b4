import { closeSync, openSync, writeSync } from "node:fs";
import { devNull } from "node:os";

/**
 * Sends what is written to the standard output to nowhere, at once as in Lambda: a log line is part of what a function
 * costs, and a terminal is not.
 *
 * @returns gives the standard output back
 */
export function silenceLog(): () => void {
  const { stdout } = process;
  const write = stdout.write;
  const nowhere = openSync(devNull, "w");
  stdout.write = (text: string | Uint8Array) => {
    writeSync(nowhere, String(text));
    return true;
  };
  return () => {
    stdout.write = write;
    closeSync(nowhere);
  };
}
