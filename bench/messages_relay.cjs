// The relay of messages_relay.py as Node does it: Socket.IO with its adapter for Redis, one row.
const { createServer } = require("http");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const { Redis } = require("ioredis");

const INSERT =
  "INSERT INTO bench_messages (sender_id, client_msg_id, sent_us, text) VALUES (?, ?, ?, ?)";
const { PORT, REDIS_STATE_URL, SQLITE, MARIADB } = process.env;

function redis() {
  const socket = /^unix:\/\/([^?]+)/.exec(REDIS_STATE_URL);
  return socket ? new Redis(decodeURIComponent(socket[1])) : new Redis(REDIS_STATE_URL);
}

function opened() {
  if (SQLITE) {
    const database = new (require("better-sqlite3"))(SQLITE, { timeout: 5000 });
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    const insert = database.prepare(INSERT);
    return async (row) => insert.run(...row);
  }
  const pool = require("mysql2/promise").createPool(JSON.parse(MARIADB));
  return (row) => pool.execute(INSERT, row);
}

const store = opened();
const http = createServer((_request, answer) => answer.end("ok"));
const io = new Server(http, { transports: ["websocket"], adapter: createAdapter(redis(), redis()) });
let number = 0;

io.on("connection", (socket) => {
  const sender = String(socket.handshake.auth.token);
  socket.join(`user:${sender}`);
  socket.on("chat.send", async (said, acknowledge) => {
    const now = Date.now() * 1000;
    await store([sender, said.client_msg_id, now, said.text]);
    const message = { ...said, id: String(++number), sender, sent_at: now };
    io.to([`user:${said.to}`, `user:${sender}`]).emit("chat.message", message);
    acknowledge({ ok: true, message });
  });
});

http.listen(Number(PORT), "127.0.0.1");
