import { bucketProperties } from "./bucket-properties.ts";
import { distributionProperties } from "./distribution-properties.ts";
import { functionProperties } from "./function-properties.ts";
import { optionalProperties } from "./optional-properties.ts";
import type { Property } from "./property.ts";
import { roleProperties } from "./role-properties.ts";

/** What the stack is to be, whatever becomes of its code. */
export const properties: readonly Property[] = [
  ...bucketProperties,
  ...functionProperties,
  ...roleProperties,
  ...distributionProperties,
  ...optionalProperties,
];
