import { installFromDebian } from "../servers/debian-install.ts";

/** Where Debian's package puts it. */
export const CHROMIUM = "/usr/bin/chromium";

/** Installs Debian's Chromium, 300 MB, unless it is there. Announces and throws as `installFromDebian` does. */
export function installChromium(announce: (line: string) => void): Promise<void> {
  return installFromDebian({ packages: ["chromium", "fonts-dejavu-core"], probe: [CHROMIUM, "--version"] }, announce);
}
