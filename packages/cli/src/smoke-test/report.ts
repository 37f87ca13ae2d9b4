import type { CommandOutput } from "../command.ts";
import { counted } from "../counted.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { formatTable } from "../format-table.ts";
import type { TracedAnswer } from "./check.ts";
import { type CheckReport, NOT_RUN } from "./run-checks.ts";

/** What a smoke test came to. */
export interface SmokeReport {
  /** The host of the endpoint; never more of it. */
  readonly host: string;
  readonly checks: readonly CheckReport[];
  readonly requests: number;
  /** Keys of the objects that it stored and did not delete. */
  readonly objects: readonly string[];
  /** Why they could not be deleted; `undefined`: nothing was to delete them. */
  readonly whyLeft?: string | undefined;
}

/** Writes a report, for people or as JSON. @returns `exitCode`: 0 where no check failed, 1 otherwise */
export function describeSmokeTest(report: SmokeReport, { json }: { readonly json: boolean }): CommandOutput {
  const passed = report.checks.every(({ result }) => result.status !== "failed");
  return {
    exitCode: passed ? EXIT_CODES.done : EXIT_CODES.fault,
    stdout: json
      ? `${JSON.stringify({ passed, ...report, checks: report.checks.map(flat) }, null, 2)}\n`
      : forPeople(report),
  };
}

/** One object for each check: `status` beside its name. */
function flat({ name, title, result, answers }: CheckReport): object {
  return { name, title, ...result, answers };
}

function forPeople({ host, checks, requests, objects, whyLeft = "keys: --json" }: SmokeReport): string {
  const run = checks.filter(({ result }) => !(result.status === "skipped" && result.reason.startsWith(NOT_RUN)));
  const rows = formatTable(run.map((check) => [mark(check), check.name, check.title, remark(check)])).split("\n");
  const explained = new Set<string>();
  const lines = run.flatMap((check, index) => [rows[index] ?? "", ...explanation(check, explained)]);
  const count = (status: string) => run.filter(({ result }) => result.status === status).length;
  const notRun = checks.length - run.length;
  const sum = [
    `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`,
    ...(notRun === 0 ? [] : [`${notRun} not run, since a first check failed`]),
    `${counted(requests, "request")} to ${host}`,
    ...(objects.length === 0 ? [] : [`${counted(objects.length, "small object")} left in the bucket (${whyLeft})`]),
  ];
  const isLogged = run.some(({ result, answers }) => result.status === "failed" && answers.length > 0);
  return `${[...lines, "", sum.join("; "), ...(isLogged ? WHERE_LOGS_ARE : [])].join("\n")}\n`;
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html */
const WHERE_LOGS_ARE = [
  "",
  "The log line of an answer has its id as requestId. It is in the log group /aws/lambda/us-east-1.<function>, in the region",
  "of AWS near the edge location, whose first letters are an airport's. How to search all: docs/deploy.md, Reading the logs.",
];

function mark({ result }: CheckReport): string {
  return result.status === "failed" ? "FAILED" : result.status;
}

function remark({ result }: CheckReport): string {
  switch (result.status) {
    case "passed":
      return result.note ?? "";
    case "skipped":
      return result.reason;
    case "failed":
      return result.diagnosis.code;
  }
}

/** @param explained  the codes whose cause was printed before */
function explanation({ result, answers }: CheckReport, explained: Set<string>): string[] {
  if (result.status !== "failed") return [];
  const { diagnosis, seen } = result;
  const isNew = !explained.has(diagnosis.code);
  explained.add(diagnosis.code);
  const texts = [
    ["symptom", diagnosis.symptom],
    ["cause", diagnosis.cause],
    ["fix", diagnosis.fix],
  ];
  const rows = [
    ...(isNew ? texts : []),
    ...(seen === undefined ? [] : [["seen", seen]]),
    ...distinct(answers).map((answer) => ["answer", describeAnswer(answer)]),
  ];
  return formatTable(rows.map(([name = "", text = ""]) => ["       ", name, text]))
    .split("\n")
    .slice(0, -1);
}

/** At most so many answers are printed for a check; JSON has all. */
const MAX_ANSWERS = 4;

/** The last ones, of which a failure is made; of many that are alike one. */
function distinct(answers: readonly TracedAnswer[]): TracedAnswer[] {
  const byKind = new Map(answers.map((answer) => [`${answer.status} ${answer.xCache}`, answer]));
  return [...byKind.values()].slice(-MAX_ANSWERS);
}

function describeAnswer({ status, xCache, pop, requestId, ms }: TracedAnswer): string {
  const words = [
    ["x-cache", xCache],
    ["x-amz-cf-pop", pop],
    ["x-amz-cf-id", requestId],
  ] as const;
  return `${status}, ${words.map(([name, value]) => `${name} ${value ?? "missing"}`).join(", ")}, ${ms} ms`;
}
