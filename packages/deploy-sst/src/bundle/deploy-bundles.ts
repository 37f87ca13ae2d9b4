/** What a deployment needs to find on disk. */
export interface DeployBundles {
  /** The two functions, each one file. */
  readonly issueFile: string;
  readonly verifyFile: string;
  /** The check of `config.json` that the functions themselves make, as a CommonJS module. */
  readonly configCheckFile: string;
  /** Size of each function's archive before `config.json` is in it. */
  readonly zippedBytes: { readonly issue: number; readonly verify: number };
}
