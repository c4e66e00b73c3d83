import { sql } from 'kysely';
import type { Ground } from '../ground.ts';

/** Takes a lease that nobody has, or that ran out, or keeps the holder's own. */
export const lease = async ({ db, clock }: Ground, name: string, holder: string, ms: number): Promise<boolean> => {
  const row = await db
    .insertInto('leases')
    .values({ name, holder, until: sql<number>`${clock} + ${Math.ceil(ms)}::bigint` })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((eb) => ({ holder: eb.ref('excluded.holder'), until: eb.ref('excluded.until') }))
        .where((eb) => eb.or([eb('leases.holder', '=', holder), eb('leases.until', '<=', clock)])),
    )
    .returning('leases.holder')
    .executeTakeFirst();
  return row !== undefined;
};

export const release = async ({ db }: Ground, name: string, holder: string): Promise<void> => {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
};
