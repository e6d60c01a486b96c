// What axe finds. Where only colours set the page apart from the last look at it, the rules that
// read colours are asked, and no others.
async ({ tags, colours, reads, without }) => {
  for (const each of document.getAnimations()) {
    each.finish();
  }
  const shape = [document.documentElement.outerHTML];
  for (const each of document.querySelectorAll("html, body, body *")) {
    const style = getComputedStyle(each);
    for (const name of reads) shape.push(style.getPropertyValue(name));
    for (const box of each.getClientRects()) shape.push(box.x, box.y, box.width, box.height);
    shape.push(each.scrollWidth, each.scrollHeight);
  }
  const before = window.ctShape;
  window.ctShape = shape.join();
  const values =
    before === window.ctShape
      ? colours
      : axe
          .getRules(tags)
          .filter((rule) => !rule.tags.some((tag) => /^(experimental|deprecated)$/.test(tag)))
          .map((rule) => rule.ruleId);
  const found = await axe.run({
    runOnly: { type: "rule", values: values.filter((rule) => !without.includes(rule)) },
    preload: false,
    selectors: false,
    resultTypes: ["violations"],
  });
  return found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`),
  );
}
