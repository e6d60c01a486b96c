// Adds a rule to the page's styles that holds where the reader chose dark.
(rule) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@media (prefers-color-scheme: dark) { ${rule} }`);
  document.adoptedStyleSheets = [sheet];
}
