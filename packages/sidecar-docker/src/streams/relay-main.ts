/**
 * The relay: `node relay-main.ts <port>`, started inside a pod's network. It connects standard input and output to the port on
 * localhost, says so on standard error, and ends with the connection. It imports nothing but Node.
 */
import { connect } from 'node:net';

const socket = connect({ host: 'localhost', port: Number(process.argv[2]), allowHalfOpen: true });
socket.once('connect', () => {
  process.stderr.write('connected\n');
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
});
socket.on('error', (error) => {
  process.stderr.write(`${error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message}\n`);
  process.exitCode = 1;
  process.stdin.destroy();
});
