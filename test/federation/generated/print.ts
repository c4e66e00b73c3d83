import { type Argument, type Field, type Model, named } from './model.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@interfaceObject"])';

const argument = ({ name, type, fallback }: Argument): string =>
  `${name}: ${type}${fallback === undefined ? '' : ` = ${fallback}`}`;

const call = ({ args }: Field): string => (args.length === 0 ? '' : `(${args.map(argument).join(', ')})`);

const block = (head: string, lines: readonly string[]): string => `${head} {\n  ${lines.join('\n  ')}\n}`;

const implementing = (names: Iterable<string>): string => {
  const all = [...names].sort();
  return all.length === 0 ? '' : ` implements ${all.join(' & ')}`;
};

/** Scalars, enums and inputs that definitions name, and the inputs' own. */
const leaves = (model: Model, fields: readonly Field[], subgraph?: string): string[] => {
  const used = new Set<string>();
  const use = (type: string): void => {
    const name = named(type);
    if (used.has(name)) return;
    used.add(name);
    for (const inner of model.inputs.get(name) ?? []) use(inner.type);
  };
  for (const { type, args } of fields) {
    use(type);
    for (const arg of args) use(arg.type);
  }
  const extra = (name: string): string[] => {
    const own = model.extras.get(name);
    if (own === undefined) return [];
    const isEnum = model.enums.has(name);
    if (subgraph !== undefined) return own.has(subgraph) ? [own.get(subgraph) ?? ''] : [];
    return isEnum ? [...own.values()] : []; // an enum of answers is a union, an input an intersection
  };
  return [...used].sort().flatMap((name) => {
    if (model.scalars.includes(name)) return [`scalar ${name}`];
    const values = model.enums.get(name);
    if (values !== undefined) return [block(`enum ${name}`, [...values, ...extra(name)])];
    const inputs = model.inputs.get(name);
    return inputs === undefined ? [] : [block(`input ${name}`, [...inputs.map(argument), ...extra(name)])];
  });
};

/** The whole graph as one schema: as clients see it, or with all that is inaccessible. */
export const printMonolith = (model: Model, hidden: boolean): string => {
  const shown: Field[] = [];
  const line = (field: Field): string => {
    shown.push(field);
    return `${field.name}${call(field)}: ${field.type}`;
  };
  const visible = (field: Field): boolean => hidden || field.hidden !== true;
  const types = [...model.objects.values()].flatMap((type) => {
    const fields = [...type.fields.values()].filter(visible);
    if (fields.length === 0 || type.at.size === 0) return [];
    const interfaces = new Set([...type.implements.values()].flatMap((names) => [...names]));
    return [block(`type ${type.name}${implementing(interfaces)}`, fields.map(line))];
  });
  const interfaces = [...model.interfaces.values()].flatMap((type) => {
    const declared = new Set([...type.declared.values()].flatMap((names) => [...names]));
    const fields = [...type.fields.values()].filter((field) => declared.has(field.name));
    if (fields.length === 0) return [];
    return [block(`interface ${type.name}${implementing(type.parent ? [type.parent] : [])}`, fields.map(line))];
  });
  const unions = [...model.unions.values()].flatMap(({ name, at }) => {
    const members = new Set([...at.values()].flat());
    return members.size === 0 ? [] : [`union ${name} = ${[...members].join(' | ')}`];
  });
  return [...types, ...interfaces, ...unions, ...leaves(model, shown)].join('\n\n');
};

/** One subgraph's part, as Federation 2 SDL. */
export const printSubgraph = (model: Model, subgraph: string): string => {
  const shown: Field[] = [];
  const line = (field: Field): string => {
    const place = field.at.get(subgraph);
    shown.push(field);
    const external = place?.directives.includes('@external') === true;
    const directives = [...(place?.directives ?? []), ...(field.hidden === true && !external ? ['@inaccessible'] : [])];
    if (place?.provides !== undefined) directives.push(`@provides(fields: ${JSON.stringify(place.provides)})`);
    if (field.requires !== undefined && !external)
      directives.push(`@requires(fields: ${JSON.stringify(field.requires)})`);
    return [`${field.name}${call(field)}: ${place?.type ?? field.type}`, ...directives].join(' ');
  };
  const here = (fields: Iterable<Field>): Field[] => [...fields].filter(({ at }) => at.has(subgraph));
  const keyed = (keys: readonly { fields: string; resolvable: boolean }[]): string =>
    keys
      .map(({ fields, resolvable }) => ` @key(fields: "${fields}"${resolvable ? '' : ', resolvable: false'})`)
      .join('');

  const types = [...model.objects.values()].flatMap((type) => {
    const keys = type.at.get(subgraph);
    if (keys === undefined) return [];
    const fields = here(type.fields.values());
    if (fields.length === 0) return [];
    const shareable = type.kind === 'value' ? ' @shareable' : '';
    const head = `type ${type.name}${implementing(type.implements.get(subgraph) ?? [])}${keyed(keys)}${shareable}`;
    return [block(head, fields.map(line))];
  });
  const interfaces = [...model.interfaces.values()].flatMap((type) => {
    const how = type.at.get(subgraph);
    if (how === undefined) return [];
    if (how === 'object' || how === 'stub') {
      const head = `type ${type.name} @interfaceObject${keyed([{ fields: 'id', resolvable: how === 'object' }])}`;
      return [block(head, here(type.fields.values()).map(line))];
    }
    const names = type.declared.get(subgraph) ?? new Set();
    const fields = [...type.fields.values()].filter(({ name }) => names.has(name));
    shown.push(...fields);
    const parent =
      type.parent !== undefined && model.interfaces.get(type.parent)?.at.has(subgraph) ? [type.parent] : [];
    const head = `interface ${type.name}${implementing(parent)}${how === 'keyed' ? ' @key(fields: "id")' : ''}`;
    return [
      block(
        head,
        fields.map((field) => `${field.name}${call(field)}: ${field.type}`),
      ),
    ];
  });
  const unions = [...model.unions.values()].flatMap(({ name, at }) =>
    at.has(subgraph) ? [`union ${name} = ${at.get(subgraph)?.join(' | ')}`] : [],
  );
  return [LINK, ...types, ...interfaces, ...unions, ...leaves(model, shown, subgraph)].join('\n\n');
};
