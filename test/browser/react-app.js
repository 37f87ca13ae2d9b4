// A page with the hook, for react.browser.ts: everything that a test wants to know is a global.
import { useUpload } from "@presign-once/client/react";
import { createElement, StrictMode, useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";

/** What was rendered, without what is the same each time. */
globalThis.rendered = [];

function Uploader({ options, onMount }) {
  const { status, progress, retry, grant, error, ...actions } = useUpload(options);
  globalThis.rendered.push({ status, sentBytes: progress?.sentBytes, key: grant?.key, code: error?.code, retry });
  globalThis.uploader = actions;
  const isFirst = useRef(true);
  useEffect(() => {
    if (onMount === "always" || (onMount === "once" && isFirst.current)) void actions.upload(new Blob(["at mount"]));
    isFirst.current = false;
  }, []);
  return createElement("output", null, status);
}

const root = createRoot(document.body.appendChild(document.createElement("main")));

/** Renders the component with properties, or takes it away. */
globalThis.show = (properties) =>
  root.render(createElement(StrictMode, null, properties && createElement(Uploader, properties)));
