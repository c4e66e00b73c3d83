import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { Access, home } from './access.ts';
import { readSupergraph } from './model.ts';

const SUPERGRAPH = parse(`
  schema { query: Root }
  enum join__Graph { A @join__graph(name: "a", url: "") B @join__graph(name: "b-2", url: "") C @join__graph(name: "c", url: "") }
  type Root @join__type(graph: A) @join__type(graph: B) {
    films: [Film!] @join__field(graph: A, provides: "title maker { name }")
    media: [Media!] @join__field(graph: A, provides: "... on Film { title }")
    found: [Found] @join__field(graph: B)
  }
  interface Media @join__type(graph: A) @join__type(graph: B, key: "id") @join__type(graph: C, key: "id", isInterfaceObject: true) {
    id: ID!
    title: String
    score: Int @join__field(graph: C)
    rank: Int @join__field(graph: C, requires: "title")
  }
  type Film implements Media @join__implements(graph: A, interface: "Media") @join__implements(graph: B, interface: "Media")
    @join__type(graph: A, key: "id", resolvable: false) @join__type(graph: B, key: "id") @join__type(graph: B, key: "ean") {
    id: ID!
    ean: String @join__field(graph: B)
    title: String @join__field(graph: A, external: true) @join__field(graph: B, type: "String!")
    maker: Maker @join__field(graph: A)
    moved: Int @join__field(graph: A, usedOverridden: true) @join__field(graph: B, override: "a")
    moving: Int @join__field(graph: A) @join__field(graph: B, override: "a", overrideLabel: "percent(30)")
    labelled: Int @join__field(graph: A) @join__field(graph: B, override: "a", overrideLabel: "beta")
    score: Int @join__field
    rank: Int @join__field
  }
  type Book implements Media @join__implements(graph: B, interface: "Media") @join__type(graph: B, key: "id") {
    id: ID! title: String score: Int @join__field rank: Int @join__field
  }
  type Maker @join__type(graph: A) { name: String @join__field(graph: A, external: true) born: Int }
  union Found @join__type(graph: A) @join__type(graph: B) @join__unionMember(graph: A, member: "Film")
    @join__unionMember(graph: B, member: "Film") @join__unionMember(graph: B, member: "Book") = Film | Book`);

const supergraph = readSupergraph(SUPERGRAPH);
const access = (labels: readonly string[] = [], percentage = 99, lenient = false): Access =>
  new Access(supergraph, { labels: new Set(labels), percentage }, lenient);

it('knows subgraphs by their own names', () => {
  expect([...supergraph.subgraphs]).toEqual([
    ['A', 'a'],
    ['B', 'b-2'],
    ['C', 'c'],
  ]);
  expect(supergraph.roots.get('query' as never)).toBe('Root');
});

it('refuses a document that is no supergraph', () => {
  expect(() => readSupergraph(parse('type Query { a: Int }'))).toThrow('The document is not a supergraph.');
});

it('takes only keys that can be resolved', () => {
  expect(supergraph.types.get('Film')?.graphs.get('A')?.keys).toEqual([]);
  expect(supergraph.types.get('Film')?.graphs.get('B')?.keys).toHaveLength(2);
});

it.each([
  ['Media', 'A', ['Film']],
  ['Media', 'B', ['Film', 'Book']],
  ['Media', 'C', ['Film', 'Book']],
  ['Found', 'A', ['Film']],
  ['Found', 'B', ['Film', 'Book']],
  ['Film', 'A', ['Film']],
])('knows which object types %s can be in %s', (type, graph, objects) => {
  expect([...access().possible(home(graph, type))]).toEqual(objects);
});

it.each([
  ['a field of every subgraph', 'A', 'Film', 'id', true],
  ['a field of another subgraph', 'A', 'Film', 'ean', false],
  ['an external field', 'A', 'Film', 'title', false],
  ['an interface’s field that is external in one of its objects', 'A', 'Media', 'title', false],
  ['an interface’s field that all objects have', 'B', 'Media', 'title', true],
  ['an interface’s field that the subgraph’s interface has not', 'B', 'Media', 'score', false],
  ['an @interfaceObject’s field', 'C', 'Media', 'score', true],
  ['a field that requires others', 'C', 'Media', 'rank', false],
  ['what an @interfaceObject requires, though composition does not call it external', 'C', 'Media', 'title', false],
  ['an object’s field that its @interfaceObject adds', 'B', 'Film', 'score', false],
  ['an overridden field', 'A', 'Film', 'moved', false],
  ['an overriding field', 'B', 'Film', 'moved', true],
])('tells of %s whether it can be asked for', (_, graph, type, field, can) => {
  expect(access().read(home(graph, type), field) !== undefined).toBe(can);
});

it.each([
  ['moving', [], 29.9, 'B'],
  ['moving', [], 30, 'A'],
  ['labelled', [], 0, 'A'],
  ['labelled', ['beta'], 0, 'B'],
])('asks for %s with the labels %j at %d percent in %s alone', (field, labels, percentage, graph) => {
  for (const one of ['A', 'B'])
    expect(access(labels, percentage).read(home(one, 'Film'), field) !== undefined).toBe(one === graph);
});

it('follows what is provided, path by path and type by type', () => {
  const films = access().read(home('A', 'Root'), 'films');
  const media = access().read(home('A', 'Root'), 'media');
  if (films === undefined || media === undefined) throw new Error('There is no way.');
  expect(access().read(films, 'title')).toBeDefined();
  const maker = access().read(films, 'maker');
  expect(maker && access().read(maker, 'name')).toBeDefined();
  const film = access().narrow(media, 'Film');
  expect(film && access().read(film, 'title')).toBeDefined();
  const unprovided = film && access().read(film, 'maker');
  expect(unprovided && access().read(unprovided, 'name')).toBeUndefined();
});
