import type { lookup as systemLookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import { createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownCall } from './call.ts';
import { sourceAt } from './fixture/server.ts';
import { guardedConnector, isPrivateAddress, publicLookup } from './network.ts';
import { Upstream } from './upstream.ts';

const IN_OUR_NETWORK: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.255.255.255', '::1'],
  unspecified: ['0.0.0.0', '0.255.255.255', '::'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  'unique local': ['fc00::1', 'fd00::1', 'fdff:ffff::1'],
  'link-local': ['169.254.0.1', '169.254.255.255', 'fe80::1', 'febf::1', 'fe80::1%eth0', 'fec0::1'],
  'of cloud metadata': ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254'],
  shared: ['100.64.0.0', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  reserved: ['240.0.0.1', '255.255.255.255', '192.0.0.1', '198.18.0.1', '198.19.255.255', '100::1', '4000::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  'IPv4 in IPv6, mapped': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:c0a8:0101'],
  'IPv4 in IPv6, compatible or translated': ['::127.0.0.1', '::8.8.8.8', '::ffff:0:127.0.0.1'],
  'IPv4 in IPv6, NAT64': ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b::192.168.1.1', '64:ff9b:1::8.8.8.8'],
  'IPv4 in IPv6, 6to4': ['2002:7f00:1::', '2002:a00:1::1', '2002:c0a8:101::', '2002:a9fe:a9fe::', '2002:6440::1'],
  'IPv4 in IPv6, Teredo': ['2001:0:7f00:1::1', '2001::1'],
  'no address': ['', 'localhost', '127.1', '10.0.0', 'fe80::zz', '256.1.1.1'],
};

const PUBLIC = [
  ...['1.0.0.0', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0'],
  ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255'],
  ...['2606:4700::1111', '2a00:1450::1', '2001:200::1', '2001:4860:4860::8888', '3ffe::1'],
  ...['::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1', '2002:ab0f::1'],
];

describe('an address', () => {
  it.each(Object.entries(IN_OUR_NETWORK).flatMap(([kind, all]) => all.map((one) => [kind, one])))(
    'that is %s is refused: %s',
    (_kind, address) => expect(isPrivateAddress(address)).toBe(true),
  );

  it.each(PUBLIC)('of the internet is not refused: %s', (address) => expect(isPrivateAddress(address)).toBe(false));
});

/** A resolver whose answers the test writes, one list per question. */
const resolver = (...answers: readonly (readonly string[])[]): typeof systemLookup => {
  let asked = 0;
  const lookup = (_hostname: string, _options: object, callback: (error: null, found: object[]) => void) => {
    const found = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return lookup as unknown as typeof systemLookup;
};

describe('a look-up', () => {
  const all = (lookup: typeof systemLookup) =>
    new Promise((resolve, reject) => {
      publicLookup(lookup)('vendor.example', { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
    });
  const one = (lookup: typeof systemLookup) =>
    new Promise((resolve, reject) => {
      publicLookup(lookup)('vendor.example', {}, (error, found) => (error ? reject(error) : resolve(found)));
    });

  it('gives the public addresses of a name', async () => {
    const lookup = resolver(['10.0.0.1', '8.8.8.8', '::1', '2606:4700::1111']);
    expect(await all(lookup)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(await one(lookup)).toBe('8.8.8.8');
  });

  it.each([[['127.0.0.1']], [['10.0.0.1', 'fd00::1']], [[]]])('refuses a name that has only %j', async (addresses) => {
    for (const ask of [all, one])
      await expect(ask(resolver(addresses))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

/** A listener on this machine that counts who comes. */
const listener = async (server: Server): Promise<{ port: number; connections: () => number }> => {
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, connections: () => connections };
};

/** Asks with a connector, and gives the failure or the status. */
const ask = async (connect: ReturnType<typeof guardedConnector>, url: string): Promise<unknown> => {
  const agent = new Agent({ connect });
  try {
    return (await agent.request({ origin: url, path: '/', method: 'GET' })).statusCode;
  } catch (thrown) {
    return thrown;
  } finally {
    await agent.destroy();
  }
};

const plain = () => createTcpServer((socket) => socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'));

describe('a connection into our own network', () => {
  const forms = (port: number) => [
    `http://127.0.0.1:${port}`,
    `http://2130706433:${port}`,
    `http://0x7f.1:${port}`,
    `http://[::ffff:127.0.0.1]:${port}`,
    `http://localhost:${port}`,
  ];

  it('is not even opened, however the address is written', async () => {
    const { port, connections } = await listener(plain());
    for (const url of forms(port))
      expect(await ask(guardedConnector(false), url), url).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(connections()).toBe(0);
  });

  it('is opened where a source is allowed to', async () => {
    const { port, connections } = await listener(plain());
    for (const url of forms(port)) expect(await ask(guardedConnector(true), url), url).toBe(204);
    expect(connections()).toBe(forms(port).length);
  });

  it('is not opened for a name that turns to a private address after it was looked up', async () => {
    const { port, connections } = await listener(plain());
    // what it was first does not count: each connection goes where its own look-up said
    const connect = guardedConnector(false, resolver(['127.0.0.1']));
    expect(await ask(connect, `http://rebound.example:${port}`)).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(connections()).toBe(0);
  });
});

describe('TLS', () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, 'fixture', name));
  const certificate = { key: read('self-signed.key.pem'), cert: read('self-signed.pem') };
  const serve = (options: TlsOptions) =>
    listener(
      createTlsServer({ ...certificate, ...options }, (socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n')),
    );
  const thrownBy = async (options: TlsOptions): Promise<unknown> => {
    const { port } = await serve(options);
    return ask(guardedConnector(true), `https://localhost:${port}`);
  };

  it('of a server that knows 1.1 at most is refused', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await thrownBy(old)).toMatchObject({ code: expect.stringMatching(/PROTOCOL/) });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s with a certificate that nobody vouches for is refused',
    async (version) => {
      expect(await thrownBy({ minVersion: version, maxVersion: version })).toMatchObject({
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
    },
  );

  it('that fails is a source that cannot be reached', async () => {
    const { port } = await serve({});
    const upstream = new Upstream(sourceAt(`https://localhost:${port}`, { timeoutMs: 5000 }), Date.now);
    onTestFinished(() => upstream.close());
    const request = { method: 'GET', url: '/', name: 'GET', retry: 'never' } as const;
    await expect(upstream.send(request, ownCall(30_000, Date.now))).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
  });

  it('is checked also when the environment says not to', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await thrownBy({})).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });
});
