import { createRelayClaimer, RELAY_METHODS } from "@presign-once/core";
import {
  describeDecision,
  describeFault,
  errorAnswer,
  errorForm,
  type HttpAnswer,
  refusalAnswer,
  storedAnswer,
  wireError,
  type WireError,
} from "@presign-once/core/http";

import type { FetchHandler } from "./fetch-handler.ts";
import { headerFields, toResponse } from "./http-shapes.ts";
import { wireErrorOfFailure } from "./relay-answers.ts";
import { readRelayOptions, type RelayOptions } from "./relay-options.ts";
import { storeUpload } from "./store-upload.ts";
import { createUploadPlaces, type UploadNotAdmitted } from "./upload-places.ts";

/**
 * Creates a handler that takes one upload for each URL and streams it into the sink.
 *
 * A PUT or POST to `<path><token>` is claimed once; what can be refused is refused before, without reading the body and
 * without using the URL up. From then on the URL is used up, whatever becomes of the body: one that breaks off or is not
 * what was granted leaves no object. Every request is a line in the log, and every upload another when it ends.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the option and the form expected
 * @example
 * const handler = createRelayHandler({ index, keys, sink });
 */
export function createRelayHandler(options: RelayOptions): FetchHandler {
  const relay = readRelayOptions(options);
  const { path, cors, writeLine, requestIdOf, hooks } = relay;
  const claimer = createRelayClaimer({ ...relay, limits: relay.sink });
  const placeOf = createUploadPlaces(relay.maxConcurrentUploads);

  return async (request, context) => {
    const requestId = requestIdOf(request);
    const headers = headerFields(request);
    const { method, signal } = request;
    if (method === "OPTIONS") return toResponse(cors.preflight(headers, requestId, RELAY_METHODS));
    const allowed = cors.headers(headers);
    const form = errorForm(headers);
    const refuse = (error: WireError): HttpAnswer => errorAnswer(error, requestId, allowed, form);

    const place = placeOf(request);
    let decision;
    try {
      const token = tokenOf(request, path);
      decision = await claimer.claim<UploadNotAdmitted>({ method, token, headers }, place.admit);
    } catch (fault) {
      place.dismiss();
      writeLine(describeFault("relay", requestId, fault), { requestId, cause: fault });
      return toResponse(refuse(wireError("undecided")));
    }
    const cause = "cause" in decision ? decision.cause : undefined;
    writeLine(describeDecision(decision, requestId, "relay"));
    if (decision.status !== "accepted") {
      place.dismiss();
      hooks.notStored({ requestId, reason: decision.reason, hash: decision.hash, id: undefined, cause });
    }
    if (decision.status === "not-admitted") return toResponse(refuse(wireError(decision.reason)));
    if (decision.status === "refused")
      return toResponse(refusalAnswer(decision, requestId, allowed, { form, methods: RELAY_METHODS }));

    const storing = storeUpload(relay, { place, signal, requestId }, decision);
    context?.waitUntil?.(storing);
    const end = await storing;
    return toResponse(
      end.failure === undefined ? storedAnswer(end.etag, allowed) : refuse(wireErrorOfFailure(end.failure, decision)),
    );
  };
}

/** What stands after the path of the relay; nothing where the path is another one. */
function tokenOf(request: Request, path: string): string {
  const { href, origin } = new URL(request.url); // with the ? of an empty query, which `search` leaves out
  const target = href.slice(origin.length);
  return target.startsWith(path) ? target.slice(path.length) : "";
}
