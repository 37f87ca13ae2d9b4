import type { Strategy } from "@presign-once/adapter-s3/strategies";

/** Whether a bucket keeps versions. */
export type BucketKind = "unversioned" | "versioned";

/** What was seen of a strategy on a bucket. */
export type StrategyOutcome =
  | { readonly status: "held"; readonly claims: number }
  | { readonly status: "unsafe"; readonly seen: string }
  | { readonly status: "unavailable"; readonly seen: string };

/** What was seen of one kind of bucket of one server. */
export interface Measurement {
  readonly server: string;
  readonly bucket: BucketKind;
  readonly strategies: Readonly<Record<Strategy, StrategyOutcome>>;
  /** Whether one object is kept of two uploads of a key that overlap, as retries and a relay with `requireNew` need it. */
  readonly oneObject: { readonly puts: string; readonly parts: string };
}

/** A run of the battery: what `docs/servers.md` is made of. */
export interface Run {
  /** Day of the run, such as `2026-11-30`. */
  readonly date: string;
  readonly command: string;
  readonly measurements: readonly Measurement[];
}

/** Writes a run as the table of `docs/servers.md`, and what was seen of each unsafe combination below it. */
export function describeRun({ date, command, measurements }: Run): string {
  const rows = measurements.map(({ server, bucket, strategies, oneObject }) => [
    server,
    bucket,
    ...(["conditional", "sealed", "versioning"] as const).map((name) => cell(strategies[name])),
    oneObject.puts,
    oneObject.parts,
  ]);
  const head = [
    "server",
    "bucket",
    "`conditional`",
    "`sealed`",
    "`versioning`",
    "one PUT of two",
    "one upload in parts of two",
  ];
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const unsafe = measurements.flatMap(({ server, bucket, strategies }) =>
    Object.entries(strategies).flatMap(([name, outcome]) =>
      outcome.status === "unsafe" ? [`- **${server}, ${bucket}, \`${name}\`**: ${outcome.seen}`] : [],
    ),
  );
  const seen = unsafe.length === 0 ? [] : ["", "Seen of the unsafe ones:", "", ...unsafe];
  return [`Measured on ${date} by \`${command}\`:`, "", ...lines, ...seen, ""].join("\n");
}

function cell(outcome: StrategyOutcome): string {
  switch (outcome.status) {
    case "held":
      return `held in ${outcome.claims.toLocaleString("en")} claims`;
    case "unsafe":
      return "**unsafe**";
    case "unavailable":
      return "–";
  }
}
