import {
  type sendOnce,
  type SendOptions,
  type upload,
  UploadError,
  type UploadGrant,
  type UploadProgress,
} from "@presign-once/client";

import type { RowEvent } from "./row.ts";
import { takeTurns } from "./take-turns.ts";

/** How often an upload is sent again after a lost connection: for seven seconds, with doubled waits. */
const RETRIES = 3;
/** How many files are uploaded at once; browsers have six connections to an edge. */
const AT_ONCE = 3;

/** The files of the page, and their uploads. */
export interface Uploads {
  /** Uploads a file with a URL of its own. */
  begin(id: number, file: File): void;
  /** Uploads a file of before with a new URL. */
  retry(id: number): void;
  /** Sends a file to its URL again, as a person could who found that URL in a log. */
  sendAgain(id: number): void;
  cancel(id: number): void;
}

/** What the uploads are made with. */
export interface UploadsOptions {
  readonly upload: typeof upload;
  readonly sendOnce: typeof sendOnce;
  /** Told of everything that happens to a file. */
  readonly tell: (id: number, event: RowEvent) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A file, the URL that was issued for it last, and the upload that is under way. */
interface Job {
  readonly file: File;
  grant?: UploadGrant;
  underway?: AbortController;
}

/** Creates the uploads of a page. A file is in one upload at a time; what is asked for meanwhile is ignored. */
export function createUploads({ upload, sendOnce, tell, now }: UploadsOptions): Uploads {
  const jobs = new Map<number, Job>();
  const takeTurn = takeTurns(AT_ONCE);

  async function run(id: number, job: Job, send: (options: SendOptions) => Promise<unknown>): Promise<void> {
    job.underway = new AbortController();
    const onProgress = (progress: UploadProgress): void => tell(id, { type: "progressed", progress, at: now() });
    try {
      await send({ onProgress, signal: job.underway.signal });
      tell(id, { type: "stored" });
    } catch (error) {
      const refusal = error instanceof UploadError ? error : new UploadError("UploadRefused", String(error));
      tell(id, { type: "failed", refusal });
    } finally {
      delete job.underway;
    }
  }

  const withNewUrl = (id: number, job: Job): Promise<void> =>
    run(id, job, async (options) => {
      tell(id, { type: "queued" });
      const endTurn = await takeTurn(options.signal ?? new AbortController().signal);
      tell(id, { type: "started", withNewUrl: true, at: now() });
      delete job.grant;
      const onGrant = (grant: UploadGrant): void => {
        job.grant = grant;
        tell(id, { type: "granted", grant, at: now() });
      };
      const onRetry = ({ attempt }: { attempt: number }): void => tell(id, { type: "lost", attempt, of: RETRIES });
      const whole = { ...options, endpoint: "/url", retries: RETRIES, onGrant, onRetry };
      return upload(job.file, whole).finally(endTurn);
    });

  return {
    begin(id, file) {
      const job = { file };
      jobs.set(id, job);
      void withNewUrl(id, job);
    },
    retry(id) {
      const job = jobs.get(id);
      if (job !== undefined && job.underway === undefined) void withNewUrl(id, job);
    },
    sendAgain(id) {
      const job = jobs.get(id);
      const grant = job?.grant;
      if (job === undefined || grant === undefined || job.underway !== undefined) return;
      tell(id, { type: "started", withNewUrl: false, at: now() });
      void run(id, job, (options) => sendOnce(job.file, grant, options));
    },
    cancel(id) {
      jobs.get(id)?.underway?.abort();
    },
  };
}
