import { upload } from "@presign-once/client";
import * as FilePond from "filepond";

const endpoint = "http://127.0.0.1:8080/url";

const output = document.querySelector("output")!;

FilePond.create(document.querySelector("input")!, {
  server: {
    // Called for each upload and each retry: each gets another URL, bound to this file.
    process(_name, file, _metadata, load, error, progress, abort) {
      const stop = new AbortController();
      const onProgress = ({ sentBytes = 0, totalBytes = 0 }) => progress(true, sentBytes, totalBytes);
      upload(file, { endpoint, onProgress, signal: stop.signal }).then(
        ({ key }) => load(key),
        ({ message }: Error) => error(message),
      );
      return {
        abort() {
          stop.abort();
          abort();
        },
      };
    },
    revert: null, // what is stored stays: the page has no right to delete it
  },
  onprocessfile: (error, file) => (output.value = error === null ? `stored as ${file.serverId}` : error.body),
});
