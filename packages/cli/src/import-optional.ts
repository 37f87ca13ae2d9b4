import { PresignOnceError } from "@presign-once/core";

/**
 * Imports a package that few commands need: an optional peer dependency, which may not be installed.
 *
 * @param name     of the package
 * @param load     imports it, or one of its entries
 * @param install  what the command needs beside, to be installed at once. Default: this package alone
 * @throws {PresignOnceError} `CONFIG_INVALID`: it is not installed; names it and the line that installs it. A module that
 *                            is missing inside the package is thrown as it is: that is not for the user to set right
 */
export async function importOptional<Module>(
  name: string,
  load: () => Promise<Module>,
  install: readonly string[] = [name],
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (isMissing(name, error))
      // Beside this package: npx may have put this one where another project's packages are not found.
      throw new PresignOnceError("CONFIG_INVALID", `needs ${name}: npm install ${install.join(" ")} @presign-once/cli`);
    throw error;
  }
}

/** Node gives one code to a missing package and to a missing file of one; only the message names the package. */
function isMissing(name: string, error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND" &&
    error.message.startsWith(`Cannot find package '${name}' `)
  );
}
