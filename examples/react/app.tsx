import { useUpload } from "@presign-once/client/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";

const endpoint = "http://127.0.0.1:8080/url";

function UploadField() {
  const [file, setFile] = useState<File>();
  const { status, progress, grant, error, upload, abort } = useUpload({ endpoint });
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    if (chosen) void upload(chosen);
  };
  return (
    <>
      <input type="file" onChange={({ target }) => choose(target.files?.[0])} />
      {status === "uploading" && <progress value={progress && progress.sentBytes / progress.totalBytes} />}
      {status === "uploading" && <button onClick={abort}>Cancel</button>}
      {(status === "failed" || status === "aborted") && file && (
        <button onClick={() => void upload(file)}>Try again</button>
      )}
      <output>
        {status === "stored" && `stored as ${grant.key}`}
        {status === "failed" && error.message}
      </output>
    </>
  );
}

createRoot(document.body).render(<UploadField />);
