// The rest of the page's wasm and style (see crates/halves): fetched when there is time, or, when something
// in it is wanted sooner, at once. A browser may run callbacks meanwhile; they are held until it is over.
const restAt = new URL('REST', import.meta.url), href = new URL('STYLE', import.meta.url);
let restThere = false, restComing, dressed, asking = false, held = [];
const restImports = () => ({ ...__wbg_get_imports(), first: wasm });
const dress = () => dressed ??= new Promise((onload) => document.head.append(Object.assign(
  document.createElement('link'), { rel: 'stylesheet', href, onload, onerror: onload })));
function askRest() {
  if (restThere) return;
  asking = true;
  try {
    dress();
    const request = new XMLHttpRequest();
    request.open('GET', restAt, false);
    request.overrideMimeType('text/plain; charset=x-user-defined');
    request.send();
    if (request.status >= 400) throw new Error(`${restAt.pathname}: ${request.status}`);
    const bytes = Uint8Array.from(request.responseText, (it) => it.charCodeAt(0));
    new WebAssembly.Instance(new WebAssembly.Module(bytes), restImports());
    restThere = true;
  } finally { asking = false; held.splice(0).forEach(queueMicrotask); }
}
async function fetchRest() {
  const bytes = await (await fetch(restAt)).arrayBuffer();
  await Promise.all([WebAssembly.instantiate(bytes, restImports()), dress()]);
  restThere = true;
}
globalThis.fetchRest = async () => restThere
  || await (restComing ??= fetchRest().finally(() => { restComing = undefined; }));
