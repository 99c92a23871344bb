// Which functions of a watched module (see crates/halves) this life of the page has run. Kept where a
// page that closes leaves it. What waits for the rest of the page waits for ever here.
const ran = new Set(), ranAt = `ran-${performance.timeOrigin}-${Math.random()}`;
globalThis.fetchRest = () => new Promise(() => {});
function hasRun(number) {
  if (ran.has(number)) return;
  ran.add(number);
  localStorage[ranAt] = [...ran].join(' ');
}
