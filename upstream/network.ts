import { BlockList, isIP } from 'node:net';
import { buildConnector } from 'undici';
import { GraphError } from '../schema/errors.ts';

/** Addresses that a vendor on the internet cannot have: a source's URL must not reach into our own network. */
const PRIVATE = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  PRIVATE.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(address, bits, 'ipv6');

export const isPrivateAddress = (address: string): boolean =>
  PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A connector with TLS 1.2 or later that drops connections to private addresses unless they are allowed. */
export const guardedConnector = (allowPrivateNetwork: boolean): buildConnector.connector => {
  const connect = buildConnector({ minVersion: 'TLSv1.2' });
  if (allowPrivateNetwork) return connect;
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      if (socket.remoteAddress !== undefined && !isPrivateAddress(socket.remoteAddress)) return callback(null, socket);
      socket.destroy();
      callback(
        new GraphError('SOURCE_UNAVAILABLE', { message: 'The source’s address is in a private network.' }),
        null,
      );
    });
};
