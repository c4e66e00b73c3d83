import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PEERS = join(import.meta.dirname, 'peers');
/** A copy of the lock file that the peers were installed by. */
const INSTALLED = join(PEERS, 'node_modules', '.installed-by');

/** Installs the peers by their own lock file, unless that has been done. @throws when npm fails. */
export const installPeers = async (tell: (line: string) => void): Promise<void> => {
  const lock = await readFile(join(PEERS, 'package-lock.json'), 'utf8');
  if ((await readFile(INSTALLED, 'utf8').catch(() => '')) === lock) return;
  tell('Installing the peers into bench/peers, once: this takes a minute or two.');
  // nothing of theirs has to be built, so none of their scripts has to run
  const parameters = ['ci', '--ignore-scripts'];
  const npm = process.env.npm_execpath;
  const child =
    npm === undefined
      ? spawn('npm', parameters, { cwd: PEERS, stdio: 'inherit' })
      : spawn(process.execPath, [npm, ...parameters], { cwd: PEERS, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('The peers could not be installed; see what npm says above.');
  await writeFile(INSTALLED, lock);
};

/** Which versions of the peers were measured. */
export const peerVersions = async (): Promise<Readonly<Record<string, string>>> => {
  const { dependencies } = JSON.parse(await readFile(join(PEERS, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return dependencies;
};
