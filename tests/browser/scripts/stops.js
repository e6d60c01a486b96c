// Everything on the page that takes part in moving with Tab, in the order of the document;
// remembers how each looks without focus.
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
  return window.ctStops.map((each) => each.outerHTML.slice(0, 160));
}
