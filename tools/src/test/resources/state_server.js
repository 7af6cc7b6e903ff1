// An HTTP server with state in its memory, for tests: state_server.js FOLDER PORT. Follows the workload contract as far as
// the start: writes FOLDER/ready-for-snapshot when it listens. Each answer is a counter and a check sum of its memory.
const crypto = require('crypto');
const fs = require('fs');
const [folder, port] = process.argv.slice(2);
const memory = Buffer.alloc(16 << 20);
for (let i = 0; i < memory.length; i++) memory[i] = (i * i) >> 7;
let count = 0;
require('http')
  .createServer((request, response) => {
    response.shouldKeepAlive = false;
    response.end(`${++count} ${crypto.createHash('sha256').update(memory).digest('hex')}`);
  })
  .listen(port, '127.0.0.1', () => {
    fs.writeFileSync(`${folder}/ready.tmp`, String(process.pid));
    fs.renameSync(`${folder}/ready.tmp`, `${folder}/ready-for-snapshot`);
  });
