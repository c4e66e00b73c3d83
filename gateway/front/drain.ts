import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { LIMITS } from '../limits.ts';

/**
 * Closes what Node's server leaves open when it stops: it takes a connection that has never said anything, as browsers
 * open them ahead, for one that is about to ask, and waits a minute for it. Call the answer when the server stops: it
 * gives connections that have begun to ask as long as an operation may take.
 */
export const closerOf = (server: Server): (() => void) => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, LIMITS.operationMs + 2_000).unref();
  };
};
