import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What WCAG 2.2 asks for text of usual size, level AA. */
const LEAST = 4.5;

/** Expects every text that is seen to stand out from what is behind it. */
export async function expectReadable(page: Page): Promise<void> {
  const faint = await page.evaluate<string[]>(`(${findFaint})(${LEAST})`);
  expect(faint).toEqual([]);
}

/** Runs in the page. */
const findFaint = `(least) => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (color.startsWith("rgb(")) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent } = walker.currentNode;
    if (textContent.trim() === "" || !element.checkVisibility({ visibilityProperty: true })) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(background(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least) faint.push(textContent.trim() + ": " + ratio.toFixed(2));
  }
  return faint;
}`;
