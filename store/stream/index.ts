/**
 * The stream of changes: see `../changes.ts` for what it promises. `append` puts changes into their order, `reading`
 * follows it, `elsewhere` tells what other processes append, `inbox` keeps what vendors hand in, `leases` say who polls,
 * `wakes` tell this process, `upkeep` forgets.
 */

export { ChangeLog } from './log.ts';
export { streamMigration } from './migration.ts';
export { STREAM_TABLES, type StreamTables } from './tables.ts';
export { purgeStream, voidHolds } from './upkeep.ts';
export { Wakes } from './wakes.ts';
