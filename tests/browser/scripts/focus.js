// Which stop has the focus (-1: none of them), whether it looks different, and is not covered.
() => {
  const each = document.activeElement;
  const at = window.ctStops.indexOf(each);
  if (at < 0) return { at, html: each ? each.outerHTML.slice(0, 160) : "" };
  const box = each.getClientRects()[0] ?? each.getBoundingClientRect();
  // Of a text box the browser shows the line with the caret, not the whole of it.
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
  const top = document.elementFromPoint(
    middle(box.left, box.right, window.innerWidth),
    middle(box.top, box.bottom, window.innerHeight),
  );
  const label = each.labels && [...each.labels].some((one) => one.contains(top));
  return {
    at,
    html: each.outerHTML.slice(0, 160),
    seen: window.ctLook(each) !== window.ctLooks[at],
    open: Boolean(top && (each.contains(top) || top.contains(each) || label)),
  };
}
