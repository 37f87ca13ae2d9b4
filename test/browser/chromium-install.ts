import { type DebianProgram, installFromDebian } from "../servers/debian-install.ts";

/** Where Debian's package puts it. */
export const CHROMIUM = "/usr/bin/chromium";

/** How Debian's Chromium, 300 MB, is installed and recognised. */
export const chromiumPackage: DebianProgram = {
  packages: ["chromium", "fonts-dejavu-core"],
  probe: [CHROMIUM, "--version"],
};

/** Installs Debian's Chromium, unless it is there. Announces and throws as `installFromDebian` does. */
export function installChromium(announce: (line: string) => void): Promise<void> {
  return installFromDebian(chromiumPackage, announce);
}
