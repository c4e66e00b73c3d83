import { type Spec, table } from './dataset.ts';
import type { Action } from './magic.ts';
import type { Product } from './world.ts';

interface Entry {
  readonly code: string;
  readonly name: string;
  readonly mnemonic: string;
}

const entry = (code: string, name: string, mnemonic: string): Entry => ({ code, name, mnemonic });

/** The dictionaries whose names are public; their entries are this sandbox's own. */
const DICTIONARIES: Readonly<Record<string, readonly Entry[]>> = {
  Document_Type_DE: [
    entry('sEKG', 'EKG', 'EKG'),
    entry('sLETTER', 'Letter', 'LTR'),
    entry('sLAB', 'Lab Report', 'LAB'),
  ],
  Encounter_Type_DE: [entry('APPT', 'Appointment', 'APPT'), entry('NONAPPT', 'Non-Appointment', 'NONAPPT')],
  Security_Code_DE: [
    entry('PHYS', 'Physician', 'PHYS'),
    entry('NURSE', 'Nurse', 'NURSE'),
    entry('STAFF', 'Staff', 'STAFF'),
  ],
};

/** How a product names the kinds of documents: TouchWorks by their code, Professional EHR by their number. */
export const documentTypes = (product: Product): readonly string[] =>
  (DICTIONARIES.Document_Type_DE ?? []).map(({ code }, index) =>
    product === 'professional' ? String(index + 1) : code,
  );

const NAMES: Spec<string> = { TableName: (name) => name };

const SPEC: Spec<Entry & { readonly id: number }> = {
  ID: ({ id }) => String(id),
  EntryCode: ({ code }) => code,
  EntryName: ({ name }) => name,
  EntryMnemonic: ({ mnemonic }) => mnemonic,
  IsInactiveFLAG: () => 'N',
};

export const DICTIONARY_ACTIONS: readonly Action[] = [
  {
    name: 'GetListOfDictionaries',
    run: ({ world }) => [table(world, NAMES, Object.keys(DICTIONARIES))],
  },
  {
    name: 'GetDictionary',
    run: ({ world, parameter }) => {
      const wanted = parameter(1).toLowerCase();
      const found = Object.entries(DICTIONARIES).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? [];
      return [
        table(
          world,
          SPEC,
          found.map((one, index) => ({ ...one, id: index + 1 })),
        ),
      ];
    },
  },
];
