export { createD1Index, type D1Binding } from "./d1.ts";
export {
  createDurableObjectIndex,
  type DurableObjectBinding,
  type DurableObjectContext,
  SignatureIndexObject,
} from "./durable-object.ts";
export { createR2Index, type R2Binding } from "./r2.ts";
export { sqliteCleanup as d1Cleanup, sqliteSchema as d1Schema } from "../sqlite-statements.ts";
