/** Remove what earlier builds left, so that no file without a source is packed. */
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { packageFolders } from "./packages.ts";

for (const folder of await packageFolders()) await rm(join(folder, "dist"), { recursive: true, force: true });
