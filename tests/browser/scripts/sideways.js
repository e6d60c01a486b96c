// What stands beyond the edge of the window; nothing where the page does not scroll sideways.
() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const beyond = [...document.querySelectorAll("body *")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width && (box.right > root.clientWidth + 0.5 || box.left < -0.5);
  });
  return [`${root.scrollWidth} px`, ...beyond.slice(0, 5).map((each) => each.outerHTML.slice(0, 200))];
}
