// socket.io as its documentation shows it: each client in a room of its own name.
import { createRequire } from "node:module";
const { Server } = createRequire(process.cwd() + "/")("socket.io");
// Longer than a run: our clients answer no pings of its kind.
const io = new Server(+process.argv[2], { transports: ["websocket"], pingInterval: 600000 });
io.on("connection", (socket) => {
  socket.join(socket.handshake.auth.me);
  socket.on("to", (whom, body) => io.to(whom).emit("from", socket.handshake.auth.me, body));
});
