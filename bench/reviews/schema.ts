const link = (imports: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [${imports}])\n`;

/** The four subgraphs of the public benchmarks of gateways: entities that all of them extend, and one of each directive. */
export const REVIEWS_SUBGRAPHS = [
  {
    name: 'users',
    typeDefs: `${link('"@key"')}
type Query {
  me: User
  user(id: ID!): User
  users: [User!]!
}

type User @key(fields: "id") {
  id: ID!
  name: String
  username: String
  birthday: Int
}
`,
  },
  {
    name: 'products',
    typeDefs: `${link('"@key"')}
type Query {
  topProducts(first: Int = 5): [Product!]!
}

type Product @key(fields: "upc") {
  upc: String!
  name: String
  price: Int
  weight: Int
}
`,
  },
  {
    name: 'reviews',
    typeDefs: `${link('"@key", "@external", "@provides"')}
type Review @key(fields: "id") {
  id: ID!
  body: String
  author: User @provides(fields: "username")
  product: Product
}

type User @key(fields: "id") {
  id: ID!
  username: String @external
  reviews: [Review!]
}

type Product @key(fields: "upc") {
  upc: String!
  reviews: [Review!]
}
`,
  },
  {
    name: 'inventory',
    typeDefs: `${link('"@key", "@external", "@requires"')}
type Product @key(fields: "upc") {
  upc: String!
  price: Int @external
  weight: Int @external
  inStock: Boolean
  shippingEstimate: Int @requires(fields: "price weight")
}
`,
  },
] as const;
