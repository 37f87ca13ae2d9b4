"use client";

import { useInsertionEffect, useRef, useState } from "react";

import type { UploadProgress } from "./report-progress.ts";
import type { UploadGrant } from "./request-grant.ts";
import type { UploadError } from "./upload-error.ts";
import { upload as send, type UploadOptions, type UploadRetry } from "./upload.ts";

/** How to upload: the options of `upload`, without those that the hook sets itself. */
export type UseUploadOptions = Omit<UploadOptions, "onGrant" | "onProgress" | "onRetry" | "signal">;

/** What the last upload came to; `status` says which of the other fields are set. */
export type UploadState =
  | State<{ status: "idle" }>
  /** `progress` is undefined until the first bytes are sent, `retry` until something is tried again. */
  | State<{ status: "uploading"; progress: UploadProgress | undefined; retry: UploadRetry | undefined }>
  | State<{ status: "stored"; grant: UploadGrant }>
  | State<{ status: "failed"; error: UploadError }>
  /** The URL may be used up, and the file may have arrived. */
  | State<{ status: "aborted" }>;

/** Every field is in every state, so that a component can take them apart before it looks at the status. */
type State<Fields> = Readonly<Fields & { [Name in Exclude<keyof AllFields, keyof Fields>]?: undefined }>;
interface AllFields {
  progress: unknown;
  retry: unknown;
  grant: unknown;
  error: unknown;
}

/** What a component can do. The functions are the same at every render. */
export interface UploadActions {
  /**
   * Uploads a file. Aborts an earlier upload that is not finished; its outcome is shown no more.
   *
   * @returns the grant once the file is stored, else undefined. Never rejects: `status` and `error` say what went wrong
   */
  readonly upload: (file: Blob) => Promise<UploadGrant | undefined>;
  /** Stops the upload, if there is one; the status becomes `aborted`. */
  readonly abort: () => void;
  /** Stops the upload, if there is one, and forgets its outcome: the status becomes `idle`. */
  readonly reset: () => void;
}

const IDLE: UploadState = { status: "idle" };

/**
 * Uploads files from a React component, one at a time, each with a URL that works once.
 *
 * The upload is aborted when the component is removed; after that nothing is uploaded and no state is set.
 *
 * @param options  read when `upload` is called, so a token may change from render to render
 * @example
 * const { status, progress, error, upload } = useUpload({ endpoint: "/url" });
 */
export function useUpload(options: UseUploadOptions): UploadState & UploadActions {
  const [state, setState] = useState<UploadState>(IDLE);
  const latest = useRef(options);
  const running = useRef<AbortController | undefined>(undefined);
  const isGone = useRef(false);
  // Insertion effects are undone when the component is removed and only then. StrictMode and a hidden <Activity> undo the
  // other effects as well, and would abort an upload whose component lives on.
  useInsertionEffect(() => void (latest.current = options));
  useInsertionEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      stop(running);
    };
  }, []);
  const [actions] = useState<UploadActions>(() => ({
    async upload(file) {
      stop(running);
      if (isGone.current) return undefined;
      const own = new AbortController();
      running.current = own;
      const show = (next: UploadState): void => {
        if (running.current === own) setState(next);
      };
      let progress: UploadProgress | undefined;
      let retry: UploadRetry | undefined;
      const moved = (): void => show({ status: "uploading", progress, retry });
      moved();
      try {
        const grant = await send(file, {
          ...latest.current,
          signal: own.signal,
          onProgress: (latestProgress) => ((progress = latestProgress), moved()),
          onRetry: (latestRetry) => ((retry = latestRetry), moved()),
        });
        show({ status: "stored", grant });
        return grant;
      } catch (caught) {
        const error = caught as UploadError; // no code of the caller runs in there
        show(error.code === "Aborted" ? { status: "aborted" } : { status: "failed", error });
        return undefined;
      }
    },
    abort: () => running.current?.abort(),
    reset() {
      stop(running);
      if (!isGone.current) setState(IDLE);
    },
  }));
  return { ...state, ...actions };
}

/** Aborts what runs; what becomes of it is shown no more. */
function stop(running: { current: AbortController | undefined }): void {
  running.current?.abort();
  running.current = undefined;
}
