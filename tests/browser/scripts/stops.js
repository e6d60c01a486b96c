// Everything on the page that takes part in moving with Tab, in the order of the document;
// remembers how each looks without focus, and begins a trail of where the focus goes.
() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const can = (each) =>
    each.checkVisibility() && !each.disabled && each.tabIndex >= 0 && !leftOut(each);
  const leftOut = (each) => {
    if (each.type !== "radio") return false; // of a group, Tab stops once
    const group = [...document.getElementsByName(each.name)];
    return each !== (group.find((one) => one.checked) ?? group[0]);
  };
  window.ctLook = (each) =>
    [null, "::before", "::after"].map((part) => {
      const s = getComputedStyle(each, part);
      return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join();
    }).join("|");
  // Begin at the top, also where the page, or an earlier look at it, put the focus somewhere.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
  window.ctStops = [...document.querySelectorAll(wanted)].filter(can);
  window.ctLooks = window.ctStops.map(window.ctLook);
  // Which stop has the focus (-1: none of them), whether it looks different, and is not covered.
  window.ctFocus = () => {
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
  };
  // A key is pressed when all that the one before it did is done.
  if (!window.ctTrail) {
    document.addEventListener("keydown", () => window.ctTrail.push(window.ctFocus()), true);
  }
  window.ctTrail = [];
  return window.ctStops.map((each) => each.outerHTML.slice(0, 160));
}
