async (tags) => {
  for (const each of document.getAnimations()) {
    each.finish();
  }
  const found = await axe.run({
    runOnly: { type: "tag", values: tags },
    preload: false,
    selectors: false,
    resultTypes: ["violations"],
  });
  return found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`),
  );
}
