import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { GraphError } from '../schema/errors.ts';

/** IPv4 ranges that no host of the internet has (IANA special-purpose registry, and multicast). */
const SPECIAL_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** The only IPv6 addresses that can be public: global unicast, and IPv4 in the forms of dual stacks and of NAT64. */
const POSSIBLE_V6 = new BlockList();
for (const [address, bits] of [
  ['2000::', 3],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
] as const)
  POSSIBLE_V6.addSubnet(address, bits, 'ipv6');

/** Ranges inside those that are not: Teredo and other protocol assignments, documentation. */
const SPECIAL_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
] as const;

const SPECIAL = new BlockList();
for (const [address, bits] of SPECIAL_V6) SPECIAL.addSubnet(address, bits, 'ipv6');
for (const [address, bits] of SPECIAL_V4) {
  // the list finds these in their IPv4-mapped form (::ffff:0:0/96) too
  SPECIAL.addSubnet(address, bits, 'ipv4');
  const [a, b, c, d] = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  SPECIAL.addSubnet(`64:ff9b::${a}${b}:${c}${d}`, 96 + bits, 'ipv6'); // NAT64, RFC 6052
  SPECIAL.addSubnet(`2002:${a}${b}:${c}${d}::`, 16 + bits, 'ipv6'); // 6to4, RFC 3056
}

/**
 * Can a vendor on the internet not have this address? Loopback, link-local, private, shared, multicast, reserved, and
 * all of these inside IPv6 forms of IPv4. What is no address counts as private.
 */
export const isPrivateAddress = (address: string): boolean => {
  if (isIPv4(address)) return SPECIAL.check(address, 'ipv4');
  const [bare = ''] = address.split('%');
  return isIP(bare) !== 6 || !POSSIBLE_V6.check(bare, 'ipv6') || SPECIAL.check(bare, 'ipv6');
};

const refused = (): GraphError =>
  new GraphError('SOURCE_UNAVAILABLE', { message: 'The source’s address is in a private network.' });

/**
 * A DNS look-up that gives public addresses only. What it gives is what is connected to, so a name that resolves
 * differently the next time gains nothing.
 */
export const publicLookup =
  (lookup: typeof systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const open = found.filter(({ address }) => !isPrivateAddress(address));
      const [first] = open;
      if (first === undefined) return callback(refused(), '', 0);
      if (options.all === true) return callback(null, open);
      return callback(null, first.address, first.family);
    });
  };

/**
 * A connector that demands TLS 1.2 and a valid certificate where TLS is spoken, and refuses private addresses unless
 * they are allowed: written as an address before anything is sent, by name before it connects, and on the socket itself.
 * One request at a time holds a connection, so that HTTP/2, where one reset fails many calls, is not offered.
 */
export const guardedConnector = (
  allowPrivateNetwork: boolean,
  lookup: typeof systemLookup = systemLookup,
): buildConnector.connector => {
  // said although they are defaults: the environment of the process can change those
  const tls = { minVersion: 'TLSv1.2', rejectUnauthorized: true, allowH2: false } as const;
  if (allowPrivateNetwork) return buildConnector(tls);
  const connect = buildConnector({ ...tls, lookup: publicLookup(lookup) });
  return (options, callback) => {
    if (isIP(options.hostname) !== 0 && isPrivateAddress(options.hostname)) return callback(refused(), null);
    return connect(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      if (socket.remoteAddress !== undefined && !isPrivateAddress(socket.remoteAddress)) return callback(null, socket);
      socket.destroy();
      callback(refused(), null);
    });
  };
};
