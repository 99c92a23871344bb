// Keeps the page for when there is no network. `cargo xtask dist` writes the two lists; a version that
// is still open somewhere keeps its files until it is closed.
const VERSION = 'VERSION', FILES = ['FILES'];
const here = (file) => new URL(file, registration.scope).href;
const kept = new Set(FILES.map(here));
addEventListener('install', (event) => event.waitUntil(
  caches.open(VERSION).then((cache) => cache.addAll(['./', ...FILES].map(here)))));
addEventListener('activate', (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((it) => it !== VERSION && it.startsWith('duologue-'))
    .map((it) => caches.delete(it))))
  .then(() => clients.claim())));
addEventListener('fetch', (event) => {
  const { request } = event, url = request.url.split(/[?#]/)[0];
  // The page itself is asked for anew, so that nobody stays with an old one; what it names by a hash
  // never changes.
  if (request.mode === 'navigate' && url === here('./')) {
    event.respondWith(fetch(request).catch(() => caches.match(url)));
  } else if (request.method === 'GET' && kept.has(url)) {
    event.respondWith(caches.match(url).then((found) => found ?? fetch(request)));
  }
});
