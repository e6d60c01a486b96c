// Where the focus was after each key since the last look, and where it is now.
() => {
  const trail = [...window.ctTrail, window.ctFocus()];
  window.ctTrail = [];
  return trail;
}
