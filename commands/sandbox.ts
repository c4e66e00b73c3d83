import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { LoadError, SANDBOX_PORTS, type SandboxConfig, startSandbox, type Vendor } from '../sandbox/index.ts';
import { PROFILES } from '../sandbox/population/profiles.ts';
import { configOf, type Place } from '../sandbox/sources.ts';
import { optionsOf, print, refuse, refusing, stopOnSignal } from './line.ts';

const USAGE = `Usage: practicegraph sandbox [--data DIR ...] [--write-config FILE]

  --data DIR            a folder of FHIR NDJSON to load instead of generated people; may be repeated
  --write-config FILE   writes the configuration of the simulators' sources

It runs the vendors' simulators alone, on ports ${Object.values(SANDBOX_PORTS).join(', ')}, for subgraphs in processes of their own.
`;

const OPTIONS = {
  data: { type: 'string', multiple: true },
  'write-config': { type: 'string' },
  help: { type: 'boolean' },
} as const;

const placeOf = (vendor: Vendor): Place => {
  const profile = PROFILES.find((one) => one.vendor === vendor);
  if (profile === undefined) throw new RangeError('no such practice');
  return { url: `http://127.0.0.1:${SANDBOX_PORTS[vendor]}`, name: profile.name, timeZone: profile.timeZone };
};

/**
 * The configuration of a sandbox of generated people that runs on this machine, on its own ports. It names no store:
 * processes that share it cannot keep one in their memories.
 */
export const fixedConfig = (): Omit<SandboxConfig, 'store'> => {
  const { store: _inOneProcess, ...config } = configOf({
    unity: placeOf('unity'),
    athenanet: placeOf('athenanet'),
    fhir: placeOf('fhir'),
  });
  return config;
};

const write = async (file: string, config: SandboxConfig): Promise<void> => {
  try {
    await writeFile(file, stringify(config));
  } catch {
    refuse('The file of --write-config cannot be written.');
  }
};

/** The command `sandbox`: the vendors' simulators alone. @throws Refusal when one of their ports is taken */
export const runSandbox = (args: readonly string[]): Promise<void> =>
  refusing([LoadError], async () => {
    const { data, help, 'write-config': file } = optionsOf(args, { options: OPTIONS }, USAGE).values;
    if (help === true) return print(USAGE);
    const sandbox = await startSandbox({ ...(data === undefined ? {} : { data }), fixedPorts: true });
    for (const [vendor, { url }] of Object.entries(sandbox.simulators))
      if (!url.endsWith(`:${SANDBOX_PORTS[vendor as Vendor]}`))
        refuse(`Port ${SANDBOX_PORTS[vendor as Vendor]}, where the sandbox is looked for, is taken.`);
    if (file !== undefined) await write(file, sandbox.config);
    if (sandbox.report !== undefined) print(sandbox.report.text);
    print('The sandbox of three vendors is running.\n');
    for (const { name, url } of Object.values(sandbox.simulators)) print(`  ${name.padEnd(12)}${url}`);
    stopOnSignal(() => sandbox.close());
  });
