import { aborted, UploadError } from "./upload-error.ts";

/** What ends a step before it ends by itself. */
export interface Limits {
  /** Stops the upload. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Seconds without any progress after which the upload is given up with the code `Stalled`; 0 or `Infinity` for no
   * limit. Default 120: a CDN may wait a minute for the store's answer.
   */
  readonly stallSeconds?: number | undefined;
}

/** What a step is given. */
export interface Step {
  /** Ends the step's work when a limit is reached. */
  readonly signal: AbortSignal;
  /** Says that there was progress; the time without any is counted from here. */
  moved(): void;
}

const STALL_SECONDS = 120;
/** The limit is counted in parts, so that a page that was frozen or a computer that slept is not taken for a stall. */
const PARTS = 4;
/** Longest delay of a timer, in milliseconds; a longer one would pass at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Runs one step of an upload within its limits.
 *
 * @param doing        what the step does, for the message
 * @param run          does it; its result is the result
 * @param countsLater  whether time without progress counts only from the first progress on
 * @throws {UploadError} `Aborted` or `Stalled` when a limit is reached; else what `run` throws
 */
export function withinLimits<T>(
  { signal, stallSeconds = STALL_SECONDS }: Limits,
  doing: string,
  run: (step: Step) => Promise<T>,
  countsLater = false,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const work = new AbortController();
    const partMs = Math.min((stallSeconds * 1000) / PARTS, MAX_DELAY_MS);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const end = (): void => {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const stop = (error: UploadError): void => {
      end();
      reject(error);
      work.abort(error);
    };
    const abort = (): void => stop(aborted(signal?.reason));
    const count = (part: number): void => {
      clearTimeout(timer);
      if (isOver || stallSeconds === 0 || stallSeconds === Infinity) return;
      timer = setTimeout(() => {
        if (part < PARTS) count(part + 1);
        else stop(new UploadError("Stalled", `No progress for ${stallSeconds} seconds while ${doing}.`));
      }, partMs);
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    if (!countsLater) count(1);
    run({ signal: work.signal, moved: () => count(1) })
      .finally(end)
      .then(resolve, reject);
  });
}
