// WCAG 1.4.12: the spacing that a reader may set, then the boxes whose text does not fit.
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-block-end: 2em !important; }
  `);
  document.adoptedStyleSheets = [sheet];
  const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY);
  const own = (each) => [...each.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  // Meant for screen readers only.
  const heard = (each) => {
    for (; each; each = each.parentElement) if (getComputedStyle(each).clipPath !== "none") return true;
    return false;
  };
  const told = (each, why) => `${why}: ${each.outerHTML.slice(0, 160)}`;
  const cut = [];
  const boxes = new Set();
  for (const text of document.querySelectorAll(".ct *")) {
    if (!own(text) || !text.checkVisibility() || text.closest("svg, select") || heard(text)) continue;
    const style = getComputedStyle(text);
    if (style.display !== "inline" && !scrolls(style) && text.scrollWidth > text.clientWidth + 1)
      cut.push(told(text, `${text.scrollWidth} in ${text.clientWidth} px`));
    for (let box = text; box && !box.matches(".ct") && !boxes.has(box); box = box.parentElement) {
      boxes.add(box);
      const hides = /hidden|clip/.test(getComputedStyle(box).overflow);
      const over = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      if (hides && over) cut.push(told(box, "clipped"));
    }
  }
  return [...new Set(cut)];
}
