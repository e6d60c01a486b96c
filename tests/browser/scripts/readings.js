// Which computed styles each rule of axe reads on this page: rule → their names.
async (tags) => {
  const real = window.getComputedStyle;
  let names;
  const read = (style, name, part = "") => {
    names.add(part + name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    return style.getPropertyValue(name) || style[name];
  };
  window.getComputedStyle = (element, part) =>
    new Proxy(real(element, part), {
      get: (style, key) =>
        key === "getPropertyValue" ? (name) => read(style, name, part) : read(style, key, part),
    });
  const found = {};
  for (const { ruleId, tags: marks } of axe.getRules(tags)) {
    if (marks.includes("experimental") || marks.includes("deprecated")) continue;
    names = new Set();
    await axe.run({ preload: false, runOnly: { type: "rule", values: [ruleId] } });
    found[ruleId] = [...names].sort();
  }
  window.getComputedStyle = real;
  return found;
}
