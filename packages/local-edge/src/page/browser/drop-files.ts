/** Takes files that are dropped anywhere on the page, and marks the body while some are dragged over it. */
export function acceptDrops(take: (files: readonly File[]) => void): void {
  const mark = (isDragging: boolean): void => void document.body.classList.toggle("dragging", isDragging);
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && mark(false));
  document.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    mark(false);
    take(files);
  });
}
