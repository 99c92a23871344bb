// A relay of nothing but the package `ws`: client n reaches client n ^ 1.
import { createRequire } from "node:module";
const { WebSocketServer } = createRequire(process.cwd() + "/")("ws");
const clients = new Map();
new WebSocketServer({ host: "127.0.0.1", port: +process.argv[2] }).on("connection", (socket, request) => {
  const me = +request.url.slice(1);
  clients.set(me, socket);
  socket.on("message", (data, binary) => clients.get(me ^ 1)?.send(data, { binary }));
  socket.on("close", () => clients.delete(me));
});
