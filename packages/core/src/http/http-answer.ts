import type { HeaderField } from "../ports/header-field.ts";

/** An HTTP answer without a body or with a short one, before an adapter gives it the shape of its platform. */
export interface HttpAnswer {
  readonly status: number;
  /** Names as on the wire, each once. */
  readonly headers: readonly HeaderField[];
  readonly body: string;
}
