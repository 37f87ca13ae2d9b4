/** One question about a deployment, which a smoke test asks. */
export interface Check {
  /** What `--only` takes: in kebab case, such as `second-use`. */
  readonly name: string;
  /** The rule in a few words, for the report: "a second use is refused". */
  readonly title: string;
  /**
   * Asks the question once. Runs after all checks before it in the list have ended.
   *
   * @param trace  takes what the deployment answered; stays empty where nothing was sent through the edge
   * @returns `passed`, or what is wrong, or why it could not be asked
   * @throws {CheckFailed} instead of returning `failed`
   */
  run(trace: Trace): Promise<CheckResult>;
}

/** What a check came to. */
export type CheckResult =
  | {
      readonly status: "passed";
      /** A figure, or what was found beside the rule. */
      readonly note?: string | undefined;
    }
  | {
      readonly status: "failed";
      readonly diagnosis: Diagnosis;
      /** What was seen this time, in one line. Holds no URL, no token and no query. */
      readonly seen?: string | undefined;
    }
  | {
      readonly status: "skipped";
      /** Always printed. */
      readonly reason: string;
    };

/** What is wrong with a deployment, in plain words: one row of `docs/troubleshooting.md`. */
export interface Diagnosis {
  /** Stable and in kebab case, for scripts: such as `waf-blocked`. */
  readonly code: string;
  /** What a client sees. */
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
}

/** Ends a check from anywhere inside it, with a diagnosis. */
export class CheckFailed extends Error {
  readonly diagnosis: Diagnosis;
  readonly seen: string | undefined;

  /**
   * @param diagnosis  what is wrong
   * @param seen       what was seen this time, in one line, without URLs, tokens and queries
   */
  constructor(diagnosis: Diagnosis, seen?: string, options?: ErrorOptions) {
    super(diagnosis.symptom, options);
    this.name = "CheckFailed";
    this.diagnosis = diagnosis;
    this.seen = seen;
  }
}

/** Collects the answers that a check got through the edge, in their order. */
export type Trace = TracedAnswer[];

/** What leads from an answer to its line in the logs. */
export interface TracedAnswer {
  readonly status: number;
  /** Header `x-cache`: whether CloudFront made the answer itself, and why. */
  readonly xCache: string | undefined;
  /** Header `x-amz-cf-pop`: the edge location. */
  readonly pop: string | undefined;
  /** Header `x-amz-cf-id`: the `requestId` of the log line. */
  readonly requestId: string | undefined;
  /** From the first byte sent to the last byte received. */
  readonly ms: number;
}
