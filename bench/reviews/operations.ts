import type { Operation } from '../workload.ts';

const FRAGMENTS = `
fragment User on User {
  id
  username
  name
}

fragment Review on Review {
  id
  body
}

fragment Product on Product {
  inStock
  name
  price
  shippingEstimate
  upc
  weight
}
`;

const REVIEWED = `reviews {
      ...Review
      author {
        ...User
        reviews {
          ...Review
          product {
            ...Product
          }
        }
      }
    }`;

/** Users and products, their reviews, these reviews' products and authors, and so on: lists three levels deep. */
export const reviewsOperation: Operation = {
  query: `query Reviews {
  users {
    ...User
    reviews {
      ...Review
      product {
        ...Product
        ${REVIEWED}
      }
    }
  }
  topProducts {
    ...Product
    ${REVIEWED}
  }
}
${FRAGMENTS}`,
  variables: {},
};

/** Aliases, fragments that overlap, directives, `@requires` without what it requires, and `@provides`. */
export const reviewsChecks: readonly Operation[] = [
  { query: '{ topProducts { shippingEstimate } }', variables: {} },
  { query: '{ topProducts(first: 2) { cost: price again: price shipping: shippingEstimate } }', variables: {} },
  { query: '{ users { reviews { author { username } } } }', variables: {} },
  {
    query: '{ one: user(id: "u1") { id } other: user(id: "u2") { id name } nobody: user(id: "u0") { id } }',
    variables: {},
  },
  {
    query: `{
      me { ...A ...B }
    }
    fragment A on User { reviews { id product { upc name } } }
    fragment B on User { reviews { body product { upc inStock reviews { id } } } }`,
    variables: {},
  },
  {
    query: `query($with: Boolean!, $without: Boolean!) {
      topProducts(first: 3) {
        upc
        reviews @include(if: $with) { id author @skip(if: $without) { name } }
        mine: reviews { text: body author { handle: username } }
      }
    }`,
    variables: { with: true, without: false },
  },
  {
    query: '{ first: topProducts(first: 1) { upc } all: topProducts(first: 9) { upc shippingEstimate inStock } }',
    variables: {},
  },
];
