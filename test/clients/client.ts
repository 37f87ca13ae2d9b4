/** A job for a client; `url` is its target. */
export type Job =
  /** Send the file as it is, with these headers. */
  | {
      readonly action: "upload" | "resume";
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** Send the file in the client's own form. */
  | { readonly action: "form"; readonly url: string }
  /** GET, with a query that the client encodes. */
  | { readonly action: "ask"; readonly url: string; readonly parameters: Readonly<Record<string, string>> };

/** What the user of a client sees. */
export interface Seen {
  /** Absent when the client shows no answer. */
  readonly status?: number;
  /** Value of `x-presign-once-already-stored`; empty when the client does not show it. */
  readonly alreadyStored: string;
  readonly body: string;
  /** The client's exception or exit status, in one line; absent when it reports success or hands over the answer. */
  readonly error?: string;
}

/** A client that is installed, and ready for jobs. */
export interface Client {
  run(job: Job): Promise<Seen>;
  stop(): Promise<void>;
}

/**
 * Reads what a driver prints: the body, then `answer STATUS ALREADY-STORED` if the client shows an answer, and
 * `error TEXT` or a line of curl's if it reports a failure.
 */
export function readSeen(printed: string): Seen {
  const answer = /^answer ([2-5]\d\d)(?: (.*))?$/m.exec(printed);
  const error = /^(?:error (.*)|(curl: .*))$/m.exec(printed);
  return {
    ...(answer === null ? {} : { status: Number(answer[1]) }),
    alreadyStored: answer?.[2]?.trim() ?? "",
    body: answer === null ? printed : printed.slice(0, answer.index).trim(),
    ...(error === null ? {} : { error: withoutUrls(error[1] ?? error[2] ?? "") }),
  };
}

/** An exception's text may hold the upload's URL, which is a credential. */
const withoutUrls = (text: string) => text.replaceAll(/https?:\/\/\S+/g, "URL");
