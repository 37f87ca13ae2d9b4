import { parseArgs } from "node:util";

import type { TableStyle } from "./report/format.ts";
import type { Section } from "./sections/section.ts";

/** The options of the command line. */
export type BenchArguments =
  | { readonly task: "help" }
  | { readonly task: "profile" }
  | { readonly task: "measure"; readonly names: readonly string[]; readonly quick: boolean; readonly form: Form };

/** How the findings are written. */
type Form = "json" | TableStyle;

/**
 * Reads the command line.
 *
 * @param words     without node and the script
 * @param sections  names that `--only` may take
 * @throws {TypeError} an option or a section that does not exist
 */
export function readArguments(words: readonly string[], sections: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: "string", multiple: true, default: [...sections] },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return { task: "help" };
  if (values.profile) return { task: "profile" };
  const unknown = values.only.find((name) => !sections.includes(name));
  if (unknown !== undefined) throw new TypeError(`--only ${unknown}: expected one of ${sections.join(", ")}`);
  const form = values.json ? "json" : values.markdown ? "markdown" : "text";
  return { task: "measure", names: values.only, quick: values.quick, form };
}

/** The text of `--help`. */
export function helpText(sections: readonly Pick<Section, "name" | "about">[]): string {
  return `usage: pnpm bench [options]

  --only NAME  one section; may be repeated
  --quick      less of everything, in under a minute
  --json       all figures as one JSON document
  --markdown   the tables in Markdown
  --profile    instead: where the CPU time of a claim goes, by package and function
  --help       this text

sections:
${sections.map(({ name, about }) => `  ${name.padEnd(11)}  ${about}`).join("\n")}

What each figure means: docs/performance.md
`;
}
