import { upload } from "@presign-once/client";
import { Dropzone, type DropzoneFile } from "dropzone";

const endpoint = "http://127.0.0.1:8080/url";

/** Dropzone, which sends each file with `upload`: each upload and each retry gets another URL, bound to this file. */
class OnceDropzone extends Dropzone {
  override uploadFiles(files: DropzoneFile[]): void {
    for (const file of files) void this.#send(file);
  }

  async #send(file: DropzoneFile): Promise<void> {
    const stop = new AbortController();
    const cancel = (canceled: DropzoneFile) => canceled === file && stop.abort();
    this.on("canceled", cancel);
    try {
      const { key } = await upload(file, {
        endpoint,
        signal: stop.signal,
        onProgress: ({ sentBytes, totalBytes }) => {
          Object.assign(file.upload, { bytesSent: sentBytes, progress: (100 * sentBytes) / totalBytes });
          this.emit("uploadprogress", file, file.upload.progress, sentBytes);
        },
      });
      this._finished([file], key, undefined);
    } catch (error) {
      if (!stop.signal.aborted) this._errorProcessing([file], (error as Error).message);
    } finally {
      this.off("canceled", cancel);
    }
  }
}

// Dropzone requires a URL, and does not use it here.
const dropzone = new OnceDropzone(".dropzone", { url: endpoint, addRemoveLinks: true });
const output = document.querySelector("output")!;

dropzone.on("success", (_, key) => (output.value = `stored as ${key}`));
dropzone.on("error", (file, message) => {
  output.value = message;
  const { previewElement } = file;
  const retry = () => {
    previewElement?.classList.remove("dz-error", "dz-complete");
    dropzone.processFile(file);
  };
  if (file.status === Dropzone.ERROR) previewElement?.addEventListener("click", retry, { once: true });
});
