/** Loaded before the product, in its process: tells the bench what it uses when asked, and changes nothing else. */
export interface Usage {
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  /** Milliseconds of processor time since the process began, of all its threads. */
  readonly cpuMs: number;
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const usage: Usage = { rss, heapUsed, cpuMs: (user + system) / 1_000 };
  process.send?.(usage);
});
process.on('disconnect', () => process.exit(0));
