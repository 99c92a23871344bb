// The PeerJS server; by default it takes 5,000 people, and lets go who sends no heartbeat for a minute.
import { createRequire } from "node:module";
const { PeerServer } = createRequire(process.cwd() + "/")("peer");
PeerServer({ host: "127.0.0.1", port: +process.argv[2], concurrent_limit: 20000, alive_timeout: 600000 });
