/** What became of one test. */
export interface TestReport {
  /** File, from the folder of the package, then suites and title, with ` > ` between them. */
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why it failed, with stack traces. */
  readonly errors: readonly string[];
}

/** What became of all tests in one runtime. */
export interface RuntimeReport {
  /** What the runtime calls itself: its `navigator.userAgent`. */
  readonly userAgent: string;
  readonly tests: readonly TestReport[];
}

/** A JavaScript runtime other than the one that runs this. */
export interface Runtime {
  readonly name: string;
  /** What its user agent says of it, so that no other runtime is taken for it. */
  readonly userAgent: RegExp;
  /**
   * Runs a program there, alone, and ends it.
   *
   * @param program  text of an ECMAScript module that exports `run(): Promise<RuntimeReport>`
   * @throws when the runtime does not start, or the program throws
   */
  run(program: string): Promise<RuntimeReport>;
}
