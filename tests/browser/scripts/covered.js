// Words that a button of ours stands upon.
() => {
  // Meant for screen readers only.
  const heard = (each) => {
    for (; each; each = each.parentElement) if (getComputedStyle(each).clipPath !== "none") return true;
    return false;
  };
  const ours = document.querySelector(".ct");
  if (!ours) return [];
  const words = [];
  const walker = document.createTreeWalker(ours, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const around = text.parentElement;
    if (!text.data.trim() || !around.checkVisibility() || around.closest("svg, select")) continue;
    if (heard(around)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    words.push([text, [...range.getClientRects()]]);
  }
  const apart = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) < 2 ||
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) < 2;
  const covered = [];
  for (const button of document.querySelectorAll(".ct .ct-btn:not(.ct-btn--text)")) {
    if (!button.checkVisibility() || heard(button)) continue;
    const box = button.getBoundingClientRect();
    for (const [text, lines] of words)
      if (!button.contains(text) && !lines.every((line) => apart(box, line)))
        covered.push(`${button.textContent.trim()} covers ${text.data.trim().slice(0, 80)}`);
  }
  return covered;
}
