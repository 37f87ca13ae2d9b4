import { statSync } from "node:fs";
import { resolve } from "node:path";

import type { Form } from "./argument-forms.ts";

/** Whether a value is left out, is to be known later, or is a text of a form. */
export function isOne(value: unknown, form: Form): boolean {
  return value === undefined || isGiven(value, form);
}

/** Whether a value is to be known later, or is a text of a form. */
export function isGiven(value: unknown, form: Form): boolean {
  return typeof value === "string" ? form.is(value) : isObject(value);
}

/** Whether a value is left out, or a boolean. */
export function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

/** Whether a value is a list, of whatever. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Whether a value is an object and no list. */
export function isRecord<Value>(value: Value): value is Value & object {
  return isObject(value) && !isList(value);
}

/** Whether a value is an object, a list included: what Pulumi will know later is one. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether a value names a file, and no folder, from the folder `root`. */
export function isFile(root: unknown, value: unknown): boolean {
  if (typeof root !== "string" || typeof value !== "string") return false;
  return statSync(resolve(root, value), { throwIfNoEntry: false })?.isFile() === true;
}
