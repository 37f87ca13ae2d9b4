import type { Mutant } from "./mutant.ts";

const mustBeKilledBy = ["search", "test/origin-lock/echo.search.test.ts"];

/** Mutants that the search for echoes has to find by itself, through the whole stack: proof that it would see one. */
export const searchMutants: readonly Mutant[] = [
  {
    file: "packages/core/src/edge/presigned-upload.ts",
    original: "const { path, query } = url;",
    replacement: 'const { path } = url; const query = request.query.replace(/&?x-once-tag=[^&]*/, "");',
    breaks: "the client's encoding reaches S3: + for %2B, &=, an escaped name",
    mustBeKilledBy,
  },
];
